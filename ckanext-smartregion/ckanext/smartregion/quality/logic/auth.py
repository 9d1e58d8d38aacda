"""Who may do what at the gate."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz
from ckan import model as ckan_model
from ckan.types import AuthResult, Context

from ckanext.smartregion.quality import model
from ckanext.smartregion.steward import is_steward, publishes


@tk.auth_allow_anonymous_access
def smartregion_quality_report_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Who may see the dataset may see its report; drafts are seen by those who may change them."""
    return authz.is_authorized("package_show", context, data_dict)


def smartregion_quality_recheck(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Who may change the dataset."""
    return authz.is_authorized("package_update", context, data_dict)


def smartregion_check(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may publish somewhere; checking costs work, so anonymous visitors may not."""
    return authz.is_authorized("package_create", context, {})


smartregion_publication_lacks = smartregion_check


def smartregion_repair(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may check a file; for the file of a dataset, who may change the dataset."""
    if dataset := data_dict.get("dataset"):
        return authz.is_authorized("package_update", context, {"id": dataset})
    return smartregion_check(context, data_dict)


@tk.auth_allow_anonymous_access
def smartregion_quality_overview(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Everybody: it is only numbers."""
    return {"success": True}


def smartregion_quality_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Every account; the list holds only what the account may change."""
    return {"success": bool(context.get("user"))}


def smartregion_quality_review(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """The Region's steward: it concerns everybody's data, though it withdraws none."""
    return {"success": is_steward(context)}


def smartregion_version_confirm(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Who may change the dataset: they know whether their own file is right."""
    return authz.is_authorized("package_update", context, {"id": data_dict.get("dataset") or data_dict.get("id")})


def smartregion_waiver_sign(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """The Region's steward, but nobody for a dataset that they publish themselves."""
    if not is_steward(context):
        return {"success": False, "msg": tk._("Only the Region's steward signs exceptions.")}
    package = ckan_model.Package.get(data_dict.get("dataset") or data_dict.get("id"))
    if package is not None and publishes(context, package):
        return {"success": False, "msg": tk._("You publish this dataset: somebody else must sign for it.")}
    return {"success": True}


def smartregion_waiver_revoke(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """The Region's steward: an exception that ends makes the gate stricter, for their own datasets as well."""
    return {"success": is_steward(context)}


@tk.auth_allow_anonymous_access
def smartregion_waiver_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Who may see the dataset may see what is excused on it."""
    row = ckan_model.Session.get(model.Waiver, str(data_dict.get("id")))
    return authz.is_authorized("package_show", context, {"id": row.package_id if row else data_dict.get("id")})


@tk.auth_allow_anonymous_access
def smartregion_waiver_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Everybody: the list holds the exceptions on datasets that the caller may see."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def smartregion_contract_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Everybody: whoever makes a table may know what it must look like."""
    return {"success": True}


smartregion_contract_show = smartregion_contract_list


@tk.auth_allow_anonymous_access
def smartregion_layer_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Everybody: a layer holds what is published."""
    return {"success": True}


smartregion_layer_show = smartregion_layer_list


def smartregion_layer_build(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """The Region's steward: the layers are the Region's."""
    if not is_steward(context):
        return {"success": False, "msg": tk._("Only the Region's steward builds layers.")}
    return {"success": True}
