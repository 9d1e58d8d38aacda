"""Pages of the walk and datasets by themselves, by extension or by what the `Accept` header prefers."""

from __future__ import annotations

from flask import redirect, request
from werkzeug.wrappers import Response

import ckan.plugins.toolkit as tk

from ckanext.smartregion.feeds import http
from ckanext.smartregion.feeds.forms import asked_form
from ckanext.smartregion.feeds.logic import asking
from ckanext.smartregion.feeds.logic.alone import open_dataset
from ckanext.smartregion.feeds.logic.portal import current_portal
from ckanext.smartregion.feeds.logic.walk import open_page
from ckanext.smartregion.feeds.problems import Problem
from ckanext.smartregion.feeds.views.blueprint import refused
from ckanext.smartregion.schemas import dataset_contracts

PAGES_OF_DATASETS = frozenset({"dataset.read", *(f"{kind}.read" for kind in dataset_contracts())})


def catalogue(extension: str) -> Response:
    """A page of the walk."""
    reading = open_page(asking.read(extension, _given()))
    response = http.as_file(
        request,
        reading.body,
        media_type=reading.asked.form.media_type,
        tag=reading.tag,
        modified=reading.modified,
        headers={"Link": reading.page.header()},
    )
    response.call_on_close(reading.keep)
    return response


def negotiated() -> Response:
    """The walk in the format that the reader prefers; people are led to the page that explains the feeds."""
    extension = asked_form(request.headers.get("Accept", ""), page=True)
    response = catalogue(extension) if extension else redirect("/feeds", 303)
    response.vary.add("Accept")
    return response


def dataset(id: str, extension: str) -> Response:
    """One dataset by itself."""
    given = _given()
    asking.refuse_others(given, ("profile",))
    asked = asking.read(extension, given)
    alone = open_dataset(id, asked.form, asked.profile)
    return http.as_file(
        request, alone.text, media_type=asked.form.media_type, tag=alone.tag, modified=alone.version.published
    )


def service(name: str) -> Response:
    """A data service is no document: its address leads to the page that explains it."""
    portal = current_portal()
    if name not in {about["name"] for about in portal.services}:
        return tk.abort(404, tk._("The portal offers no service of this name."))
    return redirect(portal.documentation, 303)


def instead_of_a_page() -> Response | None:
    """The addresses of the catalogue and of datasets answer in RDF to a reader that prefers it to a page."""
    is_catalogue = request.endpoint == "home.index"
    if request.method not in ("GET", "HEAD") or not (is_catalogue or request.endpoint in PAGES_OF_DATASETS):
        return None
    extension = asked_form(request.headers.get("Accept", ""), page=True)
    if extension is None:
        return None
    try:
        response = catalogue(extension) if is_catalogue else dataset((request.view_args or {})["id"], extension)
    except Problem as problem:
        response = refused(problem, extension)
    response.vary.add("Accept")
    return response


def _given() -> dict[str, str]:
    return {**request.args.to_dict(), **_profile()}


def _profile() -> dict[str, str]:
    """The profile that an `Accept-Profile` header names, where the address names none."""
    asked = request.headers.get("Accept-Profile")
    if not asked or "profile" in request.args:
        return {}
    known = asking.named_by(asked)
    return {"profile": known} if known else {}
