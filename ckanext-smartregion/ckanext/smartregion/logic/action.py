"""Actions of the core: the territory, and CKAN's own where they need a hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import logic, model
from ckan.types import Context

from ckanext.smartregion import deferred, loading, referents, territory


def smartregion_territory_load(context: Context, data_dict: dict[str, Any]) -> dict[str, int]:
    """Make the organisations of the territory, idempotently.

    The Region, its provinces, municipalities and agencies, as a hierarchy. What exists and is as it should be is
    not written.

    :returns: ``{"created": n, "updated": n, "unchanged": n}``
    """
    tk.check_access("smartregion_territory_load", context, data_dict)
    return loading.load_territory(context)


@tk.side_effect_free
def smartregion_territory_find(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Tell which municipality, province, agency or public body a text names.

    :param text: a messy name, a NIS code, a postal code or a CBE number
    :returns: ``{"status": "found"|"ambiguous"|"none", "owner": {...}|None, "candidates": [...], "text": ...}``
    """
    tk.check_access("smartregion_territory_find", context, data_dict)
    return territory.find(tk.get_or_bust(data_dict, "text")).as_dict()


@tk.chained_action
def organization_member_create(up: Callable[..., Any], context: Context, data_dict: dict[str, Any]) -> Any:
    """Add a member; a member of an agency becomes referent of the municipalities it covers."""
    member = up(context, data_dict)
    referents.extend(context, data_dict["id"], data_dict["username"], data_dict["role"])
    return member


@tk.chained_action
def organization_member_delete(up: Callable[..., Any], context: Context, data_dict: dict[str, Any]) -> Any:
    """Remove a member; who leaves an agency stops being referent of the municipalities it covers."""
    result = up(context, data_dict)
    user = data_dict.get("username") or data_dict.get("user_id")
    if user:
        referents.withdraw(context, data_dict["id"], user)
    return result


@tk.chained_action
def package_delete(up: Callable[..., Any], context: Context, data_dict: dict[str, Any]) -> None:
    """Delete a dataset; with `defer_commit` in the context commit and index are the caller's, as with other writes."""
    if deferred.is_deferred(context):
        deferred.delete(context, tk.get_or_bust(data_dict, "id"))
    else:
        up(context, data_dict)


@tk.chained_action
def dataset_purge(up: Callable[..., Any], context: Context, data_dict: dict[str, Any]) -> None:
    """Remove a dataset for good, from the search index as well.

    CKAN takes it out of the index before it is out of the database: a write that was under way, such as the load of its
    table, would put it back, and searches would find for ever what is not there.
    """
    package = model.Package.get(tk.get_or_bust(data_dict, "id"))
    package_id = package.id if package else None
    up(context, data_dict)
    if package_id:
        logic.index_remove_package(package_id)


@tk.side_effect_free
@tk.chained_action
def package_show(up: Callable[..., Any], context: Context, data_dict: dict[str, Any]) -> Any:
    """Show a dataset; one that was written a moment ago, with its commit deferred, is read from the database once."""
    return deferred.show(context, data_dict) or up(context, data_dict)


@tk.chained_action
def package_create_default_resource_views(
    up: Callable[..., Any], context: Context, data_dict: dict[str, Any]
) -> list[dict[str, Any]]:
    """Give the files of a dataset their views; a deferred write asks first whether any of them can have one."""
    loaded = data_dict.get("create_datastore_views")
    if deferred.is_deferred(context) and not loaded and not deferred.has_default_views(data_dict["package"]):
        tk.check_access("package_create_default_resource_views", context, data_dict)
        return []
    return up(context, data_dict)
