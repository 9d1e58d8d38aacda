"""What the home page shows: the themes, the newest datasets, the municipalities and the gate's state."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.logic import NotFound

THEMES = ("mobility", "energy", "governance")
NEWEST = 6


def catalogue() -> dict[str, Any]:
    """The newest published datasets and how many there are by theme and by organisation, in one search."""
    found = tk.get_action("package_search")(
        {},
        {
            "sort": "metadata_created desc",
            "rows": NEWEST,
            "facet.field": ["dataset_type", "organization"],
            "facet.limit": -1,
        },
    )
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
