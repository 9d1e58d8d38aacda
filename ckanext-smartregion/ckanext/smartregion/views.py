"""Pages of the core."""

from __future__ import annotations

from flask import Blueprint, Response

import ckan.plugins.toolkit as tk

from ckanext.smartregion import region_map

DAY = 24 * 60 * 60

smartregion = Blueprint("smartregion", __name__)


def region_svg() -> Response:
    """The outline of the region as a picture, the same for every page that shows where a municipality lies."""
    drawing = tk.render("snippets/region.svg", {"view_box": region_map.view_box(), "path": region_map.region()})
    answer = Response(drawing, mimetype="image/svg+xml")
    answer.cache_control.max_age = DAY
    return answer


smartregion.add_url_rule("/smartregion/region.svg", view_func=region_svg)
