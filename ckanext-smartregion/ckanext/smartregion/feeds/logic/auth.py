"""Who may ask the feeds what."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context


@tk.auth_allow_anonymous_access
def smartregion_feed_quality_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Everybody: it judges only what everybody can read."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def smartregion_feed_quality_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Everybody: it judges only what everybody can read."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def smartregion_feed_dumps_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Everybody: the dumps are made to be read."""
    return {"success": True}
