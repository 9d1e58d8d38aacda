"""Load published tables into the datastore, with the column types of their contract, by COPY."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

from psycopg2 import sql

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan import model as ckan_model
from ckan.lib.jobs import DEFAULT_QUEUE_NAME
from ckan.types import Context

from ckanext.smartregion.quality import bounds, engine, files, model
from ckanext.smartregion.quality.columns import columns
from ckanext.smartregion.quality.policy import Verdict
from ckanext.smartregion.schemas import TableContract, table_contract

CONTEXT_KEY = "smartregion_table"  # the gate itself writes the table of a file that passed


def schedule(package: Any) -> None:
    """Have every table of a published dataset loaded whose bytes the datastore does not hold yet."""
    if not isinstance(package, dict) or not p.plugin_loaded("datastore"):
        return
    for resource in package.get("resources", []):
        if resource.get("schema") and files.store().has(resource.get("hash")) and not _is_loaded(resource):
            tk.enqueue_job(load, [resource["id"]], title=f"Load table {resource['id']}", queue=DEFAULT_QUEUE_NAME)


def schedule_of(package_id: str) -> None:
    """The same for a stored dataset."""
    context = cast(Context, {"ignore_auth": True, "use_cache": False})  # the index may lag behind a deferred write
    schedule(tk.get_action("package_show")(context, {"id": package_id}))


def catch_up(package_id: str) -> None:
    """The same for a dataset that may not be published, or not there any more."""
    package = ckan_model.Package.get(package_id)
    if package is not None and package.state == "active":
        schedule_of(package_id)


def _is_loaded(resource: dict[str, Any]) -> bool:
    loaded = ckan_model.Session.get(model.LoadedTable, resource["id"])
    return bool(loaded and loaded.sha256 == resource["hash"] and loaded.contract == _contract(resource).id)


def _contract(resource: dict[str, Any]) -> TableContract:
    return table_contract(resource["schema"])


def load(resource_id: str) -> int:
    """Load one table and return its number of rows; 0 where it does not pass its contract or is loaded already."""
    context: Context = {
        "ignore_auth": True,
        "user": tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"],
    }
    try:
        resource = tk.get_action("resource_show")(tk.fresh_context(context), {"id": resource_id})
    except tk.ObjectNotFound:
        return 0
    if _is_loaded(resource):
        return 0
    contract = _contract(resource)
    with tempfile.TemporaryDirectory() as folder:
        typed = Path(folder) / "typed.csv"
        path, how = files.store().path(resource["hash"]), {"limits": bounds.limits(), "excused": _is_excused(resource)}
        report = engine.check(path, contract, typed=typed, **how)
        if not typed.exists():
            return 0
        _ensure_table(context, resource, contract)
        _copy(resource_id, [name for name, _ in columns(contract)], typed)
    _remember(resource, contract, report.counts["rows"])
    _show(context, resource)
    return report.counts["rows"]


def _is_excused(resource: dict[str, Any]) -> bool:
    """Whether these bytes are online by a signed exception."""
    online = model.latest(resource["package_id"], public=True)
    rows = online.reports if online else []
    passed = [row for row in rows if row["sha256"] == resource["hash"] and row["verdict"] != Verdict.HOLD]
    return any(row.get("waived") for row in passed)


def _ensure_table(context: Context, resource: dict[str, Any], contract: TableContract) -> None:
    """An empty table with the contract's columns; one with other columns is made again."""
    wanted = columns(contract)
    if resource.get("datastore_active"):
        info = tk.get_action("datastore_info")(tk.fresh_context(context), {"id": resource["id"]})
        if [(field["id"], field["type"]) for field in info["fields"]] == wanted:
            return
        tk.get_action("datastore_delete")(
            tk.fresh_context(context, **{CONTEXT_KEY: True}), {"resource_id": resource["id"], "force": True}
        )
    texts = {field["name"]: field for field in contract.fields}
    fields = [{"id": name, "type": kind, "info": _info(texts[name])} for name, kind in wanted]
    tk.get_action("datastore_create")(
        tk.fresh_context(context, **{CONTEXT_KEY: True}),
        {"resource_id": resource["id"], "fields": fields, "force": True, "calculate_record_count": False},
    )


def _info(field: dict[str, Any]) -> dict[str, str]:
    language = tk.config["ckan.locale_default"]
    return {"label": _text(field.get("title"), language), "notes": _text(field.get("description"), language)}


def _text(value: Any, language: str) -> str:
    return (value.get(language) or "") if isinstance(value, dict) else (value or "")


def _copy(resource_id: str, names: Iterable[str], typed: Path) -> None:
    """Replace the rows in one transaction: readers see the old table or the new one, never half of one."""
    from ckanext.datastore.backend.postgres import get_write_engine

    connection: Any = get_write_engine().raw_connection()
    table = sql.Identifier(resource_id)
    listed = sql.SQL(", ").join(map(sql.Identifier, names))
    try:
        with connection.cursor() as cursor, typed.open("rb") as file:
            cursor.execute("SET LOCAL TIME ZONE 'Europe/Brussels'")
            cursor.execute(sql.SQL("DELETE FROM {}").format(table))
            cursor.copy_expert(
                sql.SQL("COPY {} ({}) FROM STDIN WITH (FORMAT csv, HEADER, NULL '')").format(table, listed), file
            )
        connection.commit()
    finally:
        connection.close()


def _remember(resource: dict[str, Any], contract: TableContract, rows: int) -> None:
    row = model.LoadedTable(resource_id=resource["id"], sha256=resource["hash"], contract=contract.id, rows=rows)
    ckan_model.Session.merge(row)
    ckan_model.Session.commit()


def _show(context: Context, resource: dict[str, Any]) -> None:
    """Give the resource its table view, once."""
    if tk.get_action("resource_view_list")(tk.fresh_context(context), {"id": resource["id"]}):
        return
    package = tk.get_action("package_show")(tk.fresh_context(context), {"id": resource["package_id"]})
    fresh = tk.get_action("resource_show")(tk.fresh_context(context), {"id": resource["id"]})
    tk.get_action("resource_create_default_resource_views")(
        tk.fresh_context(context), {"resource": fresh, "package": package, "create_datastore_views": True}
    )
