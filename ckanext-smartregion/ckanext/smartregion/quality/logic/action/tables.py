"""Writes to the datastore around the gate: the table of a file with a contract holds what passed, nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model
from ckan.types import Context


def _judged(up: Callable[..., Any], action: str, context: Context, data_dict: dict[str, Any]) -> Any:
    """Let a write through unless it goes to a table that is loaded from a file with a contract."""
    reference = data_dict.get("resource_id") or data_dict.get("id")
    resource = ckan_model.Resource.get(str(reference)) if reference else None
    if resource and resource.extras.get("schema"):
        tk.check_access(action, tk.fresh_context(context), {**data_dict, "resource_id": resource.id})
        sentence = tk._("This table follows a table contract: send a new file, which is checked, and its rows follow.")
        raise tk.ValidationError({"resource_id": [sentence]})
    return up(context, data_dict)


@tk.chained_action
def datastore_create(up: Callable[..., Any], context: Context, data_dict: dict[str, Any]) -> Any:
    """Make or fill a table as CKAN does; the table of a file with a contract is loaded by the gate alone."""
    return _judged(up, "datastore_create", context, data_dict)


@tk.chained_action
def datastore_upsert(up: Callable[..., Any], context: Context, data_dict: dict[str, Any]) -> Any:
    """Write rows as CKAN does, not into the table of a file with a contract."""
    return _judged(up, "datastore_upsert", context, data_dict)


@tk.chained_action
def datastore_delete(up: Callable[..., Any], context: Context, data_dict: dict[str, Any]) -> Any:
    """Delete a table or rows as CKAN does, not those of a file with a contract."""
    return _judged(up, "datastore_delete", context, data_dict)


@tk.chained_action
def datastore_records_delete(up: Callable[..., Any], context: Context, data_dict: dict[str, Any]) -> Any:
    """Delete rows as CKAN does, not those of a file with a contract."""
    return _judged(up, "datastore_records_delete", context, data_dict)


@tk.chained_action
def datastore_run_triggers(up: Callable[..., Any], context: Context, data_dict: dict[str, Any]) -> Any:
    """Run a table's triggers as CKAN does, not on that of a file with a contract."""
    return _judged(up, "datastore_run_triggers", context, data_dict)
