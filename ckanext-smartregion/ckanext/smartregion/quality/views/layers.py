"""Pages of regional layers: all of them, and who is in one."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Response

from ckanext.smartregion import region_map


def layers() -> str:
    """Every layer in short."""
    return tk.render("quality/layers.html", {"layers": tk.get_action("smartregion_layer_list")({}, {})})


def layer(name: str) -> Any:
    """One layer: files to fetch, the municipalities in it, what is left out and why."""
    try:
        shown = tk.get_action("smartregion_layer_show")({}, {"id": name})
    except tk.ObjectNotFound:
        return tk.abort(404, tk._("There is no table contract of this name."))
    facts = {"shown": shown, "map": _map(shown["coverage"]), "may_build": tk.h.check_access("smartregion_layer_build")}
    return tk.render("quality/layer.html", facts)


def _map(coverage: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The municipalities as shapes with their numbers of rows: who publishes, who is in by others, who is missing."""
    rows = {one["name"]: one["rows"] for one in coverage.values()}
    publishing = {one["name"] for one in coverage.values() if one["publishes"]}
    shapes = region_map.shapes(rows)
    return {
        "view_box": region_map.view_box(),
        "shapes": shapes,
        "publishing": [one for one in shapes if one.slug in publishing],
        "present": [one for one in shapes if one.count and one.slug not in publishing],
        "missing": [one for one in shapes if not one.count and one.slug not in publishing],
    }


def build(name: str) -> Response:
    """Have a layer built by a worker."""
    try:
        tk.get_action("smartregion_layer_build")({}, {"id": name, "background": True})
    except tk.ObjectNotFound:
        return tk.abort(404, tk._("There is no table contract of this name."))
    except tk.NotAuthorized as error:
        return tk.abort(403, error.message or tk._("Only the Region's steward builds layers."))
    tk.h.flash_success(tk._("The layer is being built: its page shows it in a few minutes."))
    return tk.redirect_to("smartregion_quality.layer", name=name)
