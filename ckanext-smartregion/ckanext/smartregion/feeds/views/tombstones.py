"""A dataset that was withdrawn: its page says so with 410, for whoever has no right to see it all the same.

CKAN answers first; only where it found nothing to show is the log asked whether something was there once.
"""

from __future__ import annotations

from flask import Response, g, request
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model

from ckanext.smartregion import interface
from ckanext.smartregion.feeds import model
from ckanext.smartregion.feeds.logic import publishing
from ckanext.smartregion.feeds.logic.alone import withdrawn
from ckanext.smartregion.feeds.model import Version
from ckanext.smartregion.feeds.problems import written
from ckanext.smartregion.feeds.views.catalogue import PAGES_OF_DATASETS

NOT_SHOWN = (403, 404)
MEDIA = ("text/html", "application/json", "application/problem+json")


def instead_of_not_found(response: Response) -> Response:
    """The tombstone of a dataset, in place of CKAN's word that there is none."""
    if response.status_code not in NOT_SHOWN or request.endpoint not in PAGES_OF_DATASETS:
        return response
    publishing.publish()
    gone = model.current((request.view_args or {})["id"])
    if gone is None or gone.kind != "Delete":
        return response
    accepted = parse_accept_header(request.headers.get("Accept") or "text/html", MIMEAccept)
    if accepted.best_match(MEDIA, "text/html") == "text/html":
        text, media_type = _page(gone), "text/html; charset=utf-8"
    else:
        text, media_type = written(withdrawn(gone), "", request.url, interface.language())
    tombstone = Response(text, 410, content_type=media_type)
    tombstone.vary.add("Accept")
    tombstone.headers["Access-Control-Allow-Origin"] = "*"
    return tombstone


def _page(gone: Version) -> str:
    """The page for people: what it was called, when it left, where to look next."""
    last = next((version.dataset for version in model.history(gone.package_id) if version.dataset), None)
    names = [facet.removeprefix("organization:") for facet in gone.facets if facet.startswith("organization:")]
    organisation = ckan_model.Group.get(names[0]) if names else None
    g.pop("_webassets", None)  # those of CKAN's page, which this one replaces, would count as sent already
    shown = organisation if organisation and organisation.state == "active" else None
    return tk.render("feeds/tombstone.html", {"gone": gone, "last": last, "organisation": shown})
