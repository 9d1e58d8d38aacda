"""What the home page shows: the themes, the newest datasets, the municipalities and the gate's state."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib.search import SearchError
from ckan.logic import NotFound

THEMES = ("mobility", "energy", "governance")
SEARCH = {
    "sort": "metadata_created desc",
    "rows": 6,
    "facet.field": ["dataset_type", "organization"],
    "facet.limit": -1,
}


def catalogue() -> dict[str, Any]:
    """The newest published datasets and how many there are by theme and by organisation, in one search."""
    try:
        found = tk.get_action("package_search")({}, SEARCH.copy())
    except SearchError:  # the page stands without its numbers while the search engine is away
        return {"count": 0, "newest": [], "by_type": {}, "by_organization": {}}
    return {
        "count": found["count"],
        "newest": found["results"],
        "by_type": found["facets"]["dataset_type"],
        "by_organization": found["facets"]["organization"],
    }


def gate_state() -> dict[str, int] | None:
    """How many datasets are published, held and waiting; nothing when the gate is switched off."""
    try:
        overview = tk.get_action("smartregion_quality_overview")
    except (KeyError, NotFound):
        return None
    return overview({}, {})
