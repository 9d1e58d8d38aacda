"""One dataset as programs that learn from data and search engines read it: Croissant and schema.org."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

import ckan.plugins.toolkit as tk

from ckanext.smartregion.feeds import http
from ckanext.smartregion.feeds.logic import publishing, structured
from ckanext.smartregion.feeds.logic.alone import published
from ckanext.smartregion.feeds.problems import Problem
from ckanext.smartregion.feeds.structured import croissant

MEDIA_TYPES = {"croissant": croissant.MEDIA_TYPE, "schemaorg": "application/ld+json"}


def dataset(id: str, form: str) -> Response:
    """The document, with its texts in the language of the portal."""
    if request.args:
        message = tk._("There is no parameter %(given)s here.") % {"given": next(iter(request.args))}
        raise Problem(400, message, next(iter(request.args)))
    version = published(id)
    return http.as_file(
        request,
        lambda: structured.text(version, form),
        media_type=MEDIA_TYPES[form],
        tag=http.tag_of(form, version.seq, publishing.made_by()),
        modified=version.published,
    )
