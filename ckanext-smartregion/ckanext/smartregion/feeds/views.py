"""Addresses of the feeds beside those that ckanext-dcat serves."""

from __future__ import annotations

from flask import Blueprint, redirect
from werkzeug.wrappers import Response

import ckan.plugins.toolkit as tk

from ckanext.smartregion.feeds.profile import current_portal

smartregion_feeds = Blueprint("smartregion_feeds", __name__)


@smartregion_feeds.route("/service/<name>")
def service(name: str) -> Response:
    """A data service is no document: its address leads to the page that explains it."""
    portal = current_portal()
    if name not in {about["name"] for about in portal.services}:
        return tk.abort(404, tk._("The portal offers no service of this name."))
    return redirect(portal.documentation, 303)
