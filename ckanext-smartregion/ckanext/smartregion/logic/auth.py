"""Who may call the core's actions."""

from __future__ import annotations

from typing import Any

from ckan.types import AuthResult, Context


def smartregion_territory_load(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Only system administrators make organisations."""
    return {"success": False}
