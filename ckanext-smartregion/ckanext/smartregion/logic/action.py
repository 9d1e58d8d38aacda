"""Actions of the core: the territory."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context

from ckanext.smartregion import loading


def smartregion_territory_load(context: Context, data_dict: dict[str, Any]) -> dict[str, int]:
    """Make the organisations of the territory, idempotently.

    The Region, its provinces, municipalities and agencies, as a hierarchy. What exists and is as it should be is
    not written.

    :returns: ``{"created": n, "updated": n, "unchanged": n}``
    """
    tk.check_access("smartregion_territory_load", context, data_dict)
    return loading.load_territory(context)
