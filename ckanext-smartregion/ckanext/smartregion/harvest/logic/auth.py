"""Who may do what with sources: everybody reads, an organisation's officers run theirs, the Region opens the others."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz
from ckan import model as ckan_model
from ckan.types import AuthResult, Context

from ckanext.smartregion.harvest import model
from ckanext.smartregion.harvest.model.notices import Notice
from ckanext.smartregion.harvest.notices import audience
from ckanext.smartregion.steward import is_steward


def _publishes_for(context: Context, organization: str | None) -> AuthResult:
    """Whether the user may publish for an organisation."""
    allowed = authz.has_user_permission_for_group_or_org(organization, context.get("user"), "create_dataset")
    return {"success": bool(organization) and allowed}


def _of_source(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    source = model.find_source(str(data_dict.get("id") or data_dict.get("source") or ""))
    if is_steward(context):
        return {"success": True}
    return _publishes_for(context, source.organization_id if source else None)


def smartregion_source_create(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may publish for the organisation of the source, and the steward."""
    if is_steward(context):
        return {"success": True}
    return _publishes_for(context, data_dict.get("organization"))


def smartregion_source_probe(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may make the source; as long as no organisation is named, whoever may publish for any."""
    if data_dict.get("organization"):
        return smartregion_source_create(context, data_dict)
    return {"success": authz.has_user_permission_for_some_org(context.get("user"), "create_dataset")}


def smartregion_source_update(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may publish for its organisation, and for the new one when it moves."""
    moved = data_dict.get("organization")
    allowed = _of_source(context, data_dict)
    if not allowed.get("success") or not moved or is_steward(context):
        return allowed
    return _publishes_for(context, moved)


def smartregion_source_speak_for_others(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Only the Region's steward lets a source publish for organisations that are not its own."""
    return {"success": is_steward(context)}


def smartregion_source_delete(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may publish for the organisation of the source, and the steward."""
    return _of_source(context, data_dict)


smartregion_source_enable = smartregion_source_disable = smartregion_source_delete
smartregion_source_preview = smartregion_source_run = smartregion_source_delete
smartregion_source_inspect = smartregion_source_pause = smartregion_source_resume = smartregion_source_delete


def smartregion_run_confirm(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may run its source."""
    run = ckan_model.Session.get(model.Run, str(data_dict.get("id")))
    return _of_source(context, {"id": run.source_id if run else None})


smartregion_run_cancel = smartregion_run_confirm


def smartregion_source_approve(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Only the Region's steward lets a new source write for the first time."""
    return {"success": is_steward(context)}


def smartregion_record_release(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may publish for the organisation of the dataset, and the steward."""
    if is_steward(context):
        return {"success": True}
    package = _dataset(data_dict)
    return _publishes_for(context, package.owner_org if package else None)


smartregion_record_give_back = smartregion_record_release


@tk.auth_allow_anonymous_access
def smartregion_record_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Everybody for a published dataset; for what is held or withdrawn those who may mend it."""
    package = _dataset(data_dict)
    if package and package.state == "active" and not package.private:
        return {"success": True}
    return smartregion_record_release(context, data_dict)


def _dataset(data_dict: dict[str, Any]) -> ckan_model.Package | None:
    record = ckan_model.Session.get(model.Record, str(data_dict.get("id")))
    return ckan_model.Package.get(record.package_id if record else data_dict.get("id"))


@tk.auth_allow_anonymous_access
def smartregion_source_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Everybody: where public data come from is public."""
    return {"success": True}


smartregion_source_list = smartregion_run_show = smartregion_run_list = smartregion_source_show
smartregion_record_list = smartregion_source_condition = smartregion_source_overview = smartregion_source_show


def smartregion_notice_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Everybody who is logged in: each sees what concerns their organisations, the steward sees all."""
    return {"success": True}


smartregion_digest_set = smartregion_notice_list


def smartregion_notice_read(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whom the notice concerns; without one, everybody who is logged in marks their own."""
    notice = ckan_model.Session.get(Notice, str(data_dict.get("id"))) if data_dict.get("id") else None
    if notice is None:
        return {"success": not data_dict.get("id")}
    return {"success": audience.scope(ckan_model.User.get(context.get("user"))).covers(notice.organization_id)}


def smartregion_metrics_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Only a system administrator; Prometheus shows its own secret instead."""
    return {"success": False}
