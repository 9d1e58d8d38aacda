"""Who may do what with sources: everybody reads, an organisation's officers run theirs, the Region opens the others."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz
from ckan.types import AuthResult, Context

from ckanext.smartregion.harvest import model

REGION = "wallonie"


def _publishes_for(context: Context, organization: str | None) -> AuthResult:
    """Whether the user may publish for an organisation."""
    allowed = authz.has_user_permission_for_group_or_org(organization, context.get("user"), "create_dataset")
    return {"success": bool(organization) and allowed}


def _steward(context: Context) -> bool:
    """The steward is who may publish for the Region itself."""
    return authz.has_user_permission_for_group_or_org(REGION, context.get("user"), "create_dataset")


def _of_source(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    source = model.find_source(str(data_dict.get("id") or data_dict.get("source") or ""))
    if _steward(context):
        return {"success": True}
    return _publishes_for(context, source.organization_id if source else None)


def smartregion_source_create(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may publish for the organisation of the source, and the steward."""
    if _steward(context):
        return {"success": True}
    return _publishes_for(context, data_dict.get("organization"))


def smartregion_source_update(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may publish for its organisation, and for the new one when it moves."""
    moved = data_dict.get("organization")
    allowed = _of_source(context, data_dict)
    if not allowed.get("success") or not moved or _steward(context):
        return allowed
    return _publishes_for(context, moved)


def smartregion_source_speak_for_others(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Only the Region's steward lets a source publish for organisations that are not its own."""
    return {"success": _steward(context)}


def smartregion_source_delete(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may publish for the organisation of the source, and the steward."""
    return _of_source(context, data_dict)


smartregion_source_enable = smartregion_source_disable = smartregion_source_delete
smartregion_source_preview = smartregion_source_run = smartregion_source_delete
smartregion_source_inspect = smartregion_source_delete


@tk.auth_allow_anonymous_access
def smartregion_source_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Everybody: where public data come from is public."""
    return {"success": True}


smartregion_source_list = smartregion_run_show = smartregion_run_list = smartregion_source_show
smartregion_record_list = smartregion_source_show
