"""Who may do what with feeds: everybody reads them, and who is signed in has webhooks of their own."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz
from ckan import model as ckan_model
from ckan.types import AuthResult, Context

from ckanext.smartregion.feeds.webhooks import model as webhooks


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


def smartregion_feed_forget(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """System administrators only: what is erased can't be brought back."""
    return {"success": False}


def smartregion_webhook_create(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever is signed in; for an organisation, whoever may publish for it."""
    return _publishes_for(context, data_dict["owner_org"]) if data_dict.get("owner_org") else {"success": True}


def smartregion_webhook_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever is signed in: each sees their own."""
    return {"success": True}


def smartregion_webhook_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whose it is: the person who made it, and whoever may publish for the organisation that it was made for."""
    webhook = webhooks.find(str(data_dict.get("id")))
    user = ckan_model.User.get(context.get("user"))
    if webhook is None or user is None:
        return {"success": False}
    if webhook.organization_id:
        return _publishes_for(context, webhook.organization_id)
    return {"success": webhook.user_id == user.id}


smartregion_webhook_delete = smartregion_webhook_pause = smartregion_webhook_show
smartregion_webhook_resume = smartregion_webhook_test = smartregion_webhook_show


def _publishes_for(context: Context, organization: str) -> AuthResult:
    return {"success": authz.has_user_permission_for_group_or_org(organization, context.get("user"), "create_dataset")}
