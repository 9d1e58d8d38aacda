"""Who may do what at the gate."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz
from ckan.types import AuthResult, Context


@tk.auth_allow_anonymous_access
def smartregion_quality_report_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Who may see the dataset may see its report; drafts are seen by those who may change them."""
    return authz.is_authorized("package_show", context, data_dict)


def smartregion_quality_recheck(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Who may change the dataset."""
    return authz.is_authorized("package_update", context, data_dict)


def smartregion_quality_check(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may publish somewhere; checking costs work, so anonymous visitors may not."""
    return authz.is_authorized("package_create", context, {})


smartregion_publication_lacks = smartregion_quality_check


@tk.auth_allow_anonymous_access
def smartregion_quality_overview(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Everybody: it is only numbers."""
    return {"success": True}


def smartregion_quality_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Every account; the list holds only what the account may change."""
    return {"success": bool(context.get("user"))}
