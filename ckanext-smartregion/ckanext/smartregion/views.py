"""Pages of the core."""

from __future__ import annotations

from flask import Blueprint, Response, request

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.smartregion import directory, home, region_map
from ckanext.smartregion.interface import language

DAY = 24 * 60 * 60

smartregion = Blueprint("smartregion", __name__)


def region_svg() -> Response:
    """The outline of the region as a picture, the same for every page that shows where a municipality lies."""
    drawing = tk.render("snippets/region.svg", {"view_box": region_map.view_box(), "path": region_map.region()})
    answer = Response(drawing, mimetype="image/svg+xml")
    answer.cache_control.max_age = DAY
    return answer


def organizations() -> str:
    """All organisations, or those whose names or descriptions hold a text; CKAN's own list has twenty a page."""
    query = request.args.get("q", "").strip()
    try:
        names = tk.get_action("organization_list")({}, {"q": query})
    except tk.NotAuthorized:
        return tk.abort(403)
    found = model.Session.query(model.Group.name, model.Group.title).filter(model.Group.name.in_(names))
    titles = ((name, title or name) for name, title in found)
    shelves = directory.shelves(titles, home.catalogue()["by_organization"], language())
    entries = [entry for shelf in shelves.values() for entry in shelf]
    facts = {
        "q": query,
        "shelves": [(_kinds()[kind], shelf) for kind, shelf in shelves.items()],
        "count": len(entries),
        "publishing": sum(bool(entry.package_count) for entry in entries),
    }
    return tk.render("organization/directory.html", facts)


def _kinds() -> dict[str, str]:
    return {
        "municipality": tk._("Municipalities"),
        "province": tk._("Provinces"),
        "agency": tk._("Intermunicipal agencies"),
        "region": tk._("The Region"),
        "operator": tk._("Operators and public bodies"),
        "research": tk._("Research centres"),
        directory.OTHER: tk._("Others"),
    }


smartregion.add_url_rule("/organization/", view_func=organizations, strict_slashes=False)
smartregion.add_url_rule("/smartregion/region.svg", view_func=region_svg)
