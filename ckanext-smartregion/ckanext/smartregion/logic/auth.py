"""Who may call the core's actions."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context


def smartregion_territory_load(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Only system administrators make organisations."""
    return {"success": False}


@tk.auth_allow_anonymous_access
def smartregion_territory_find(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Everybody."""
    return {"success": True}
