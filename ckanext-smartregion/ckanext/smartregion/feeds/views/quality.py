"""The report on a dataset's description, for programs: as JSON, or as DQV and SHACL in every notation of the feeds."""

from __future__ import annotations

import json

from flask import request
from werkzeug.wrappers import Response

import ckan.plugins.toolkit as tk

from ckanext.dcat.utils import catalog_uri
from ckanext.smartregion.feeds import emission, http
from ckanext.smartregion.feeds.conformance.reporting import Report, statements
from ckanext.smartregion.feeds.forms import FORMS, Form
from ckanext.smartregion.feeds.logic.alone import published
from ckanext.smartregion.feeds.logic.judging import report_of
from ckanext.smartregion.feeds.model import Version
from ckanext.smartregion.feeds.problems import Problem

JSON = "json"


def quality(id: str, extension: str) -> Response:
    """The report on one dataset; it only changes with the dataset, and with our code."""
    if unknown := sorted(request.args):
        message = tk._("There is no parameter %(given)s here. This address takes none.")
        raise Problem(400, message % {"given": unknown[0]}, unknown[0])
    form = FORMS.get(extension)
    if form is None and extension != JSON:
        message = tk._("There is no report in the format %(format)s. Ask for one of these: %(known)s.")
        raise Problem(404, message % {"format": extension, "known": ", ".join((JSON, *FORMS))}, "format")
    version = published(id)
    return http.as_file(
        request,
        lambda: _text(version, form),
        media_type=form.media_type if form else "application/json",
        tag=http.tag_of("quality", version.seq, version.made_by, extension),
        modified=version.published,
    )


def _text(version: Version, form: Form | None) -> str:
    found = report_of(version)
    if found is None:
        raise Problem(404, tk._("There is no published dataset of this name."))
    return _rdf(found, form) if form else json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def _rdf(found: Report, form: Form) -> str:
    below = f"{catalog_uri().rstrip('/')}/feeds/quality"
    described = emission.described(statements(found, f"{below}/{found['name']}", f"{below}/metrics"))
    return emission.document(form.form, [emission.piece(form.form, described)])
