"""Addresses of the feeds beside those that ckanext-dcat serves."""

from __future__ import annotations

import gzip

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

import ckan.plugins.toolkit as tk

from ckanext.smartregion.feeds.profile import current_portal

smartregion_feeds = Blueprint("smartregion_feeds", __name__)
FEEDS = ("dcat.read_catalog", "dcat.read_dataset", "dcat.read_dataset_series")
WORTH_PACKING = 1024  # bytes


@smartregion_feeds.after_app_request
def as_a_file(response: Response) -> Response:
    """A feed is answered as a file would be: tagged by its bytes, packed, not sent again, readable from anywhere."""
    if request.endpoint not in FEEDS or response.status_code != 200:
        return response
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.vary.add("Accept-Encoding")
    response.add_etag()
    if request.accept_encodings["gzip"] and len(body := response.get_data()) > WORTH_PACKING:
        tag, _ = response.get_etag()
        response.set_data(gzip.compress(body, compresslevel=5, mtime=0))
        response.set_etag(f"{tag}-gzip")  # strong tags name bytes
        response.content_encoding = "gzip"
    return response.make_conditional(request)


@smartregion_feeds.route("/service/<name>")
def service(name: str) -> Response:
    """A data service is no document: its address leads to the page that explains it."""
    portal = current_portal()
    if name not in {about["name"] for about in portal.services}:
        return tk.abort(404, tk._("The portal offers no service of this name."))
    return redirect(portal.documentation, 303)
