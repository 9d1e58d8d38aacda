"""Load published tables into the datastore and into Parquet files, typed as their contract says, once per version."""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import logging
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan import model as ckan_model
from ckan.lib.jobs import DEFAULT_QUEUE_NAME
from ckan.types import Context

from ckanext.smartregion.quality import bounds, engine, files, model, swapping
from ckanext.smartregion.quality.policy import Verdict
from ckanext.smartregion.quality.store import FileStore
from ckanext.smartregion.schemas import TableContract, names_format, table_contract

log = logging.getLogger(__name__)
LATER = dt.timedelta(minutes=5)  # until a table that could not be swapped is tried again


def schedule(package: Any) -> None:
    """Have every table of a published dataset loaded whose bytes the datastore does not hold yet."""
    if not isinstance(package, dict) or not p.plugin_loaded("datastore"):
        return
    for resource in package.get("resources", []):
        if _is_table(resource) and files.store().has(resource.get("hash")) and not _is_loaded(resource):
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


def _is_table(resource: dict[str, Any]) -> bool:
    """Whether a file is a table by its contract: of a format nothing is loaded."""
    return bool(resource.get("schema")) and not names_format(resource["schema"])


def _is_loaded(resource: dict[str, Any]) -> bool:
    """Whether table and Parquet file are there, of these bytes, made by today's contract and engine."""
    row = ckan_model.Session.get(model.LoadedTable, resource["id"])
    if row is None or not resource.get("datastore_active") or not parquets().has(row.parquet):
        return False
    made_by = (row.sha256, row.contract, row.engine)
    return made_by == (resource["hash"], table_contract(resource["schema"]).id, engine.name(bounds.limits()))


def load(resource_id: str) -> int:
    """Load one table and return its number of rows; 0 where it does not pass its contract, is loaded or is gone.

    A table that somebody goes on reading is left as it is, and the load is tried again later.
    """
    context: Context = {
        "ignore_auth": True,
        "user": tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"],
    }
    with _alone(resource_id):
        try:
            resource = tk.get_action("resource_show")(tk.fresh_context(context), {"id": resource_id})
            return _load(context, resource) if _is_table(resource) and not _is_loaded(resource) else 0
        except tk.ObjectNotFound:  # it may be purged at any moment
            return 0
        except swapping.TableBusy:
            log.warning("The table of %s is being read: its new rows are loaded in %s", resource_id, LATER)
            tk.get_job_queue(DEFAULT_QUEUE_NAME).enqueue_in(LATER, load, resource_id)
            return 0


@contextlib.contextmanager
def _alone(what: str) -> Iterator[None]:
    """One after another, over all workers; what a worker that dies held is free at once."""
    with ckan_model.meta.engine.begin() as connection:  # type: ignore[union-attr]
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(f"smartregion table {what}"))))
        yield


def _load(context: Context, resource: dict[str, Any]) -> int:
    contract = table_contract(resource["schema"])
    with tempfile.TemporaryDirectory() as folder:
        typed, parquet = Path(folder) / "typed.csv", Path(folder) / "table.parquet"
        path, how = files.store().path(resource["hash"]), {"limits": bounds.limits(), "excused": _is_excused(resource)}
        # Keys of other tables were looked up at the gate: what has changed there since does not take these rows away.
        engine.check(path, contract, typed=typed, parquet=parquet, **how)
        if not typed.exists():
            return 0
        rows = swapping.replace(resource["id"], contract, typed)
        _remember(resource, contract, rows, parquet)
    if not resource.get("datastore_active"):
        patch = {"id": resource["id"], "datastore_active": True}
        tk.get_action("resource_patch")(tk.fresh_context(context), patch)
    _show(context, resource)
    return rows


def _is_excused(resource: dict[str, Any]) -> bool:
    """Whether these bytes are online by a signed exception."""
    online = model.latest(resource["package_id"], public=True)
    rows = online.reports if online else []
    passed = [row for row in rows if row["sha256"] == resource["hash"] and row["verdict"] != Verdict.HOLD]
    return any(row.get("waived") for row in passed)


def _remember(resource: dict[str, Any], contract: TableContract, rows: int, parquet: Path) -> None:
    """Keep the Parquet file, note what was loaded, and remove the Parquet files that no table has any more."""
    with _alone("parquet"):
        kept = parquets().put_written(functools.partial(shutil.copyfile, parquet))
        row = model.LoadedTable(
            resource_id=resource["id"],
            sha256=resource["hash"],
            contract=contract.id,
            engine=engine.name(bounds.limits()),
            parquet=kept.sha256,
            rows=rows,
            loaded=dt.datetime.now(dt.UTC),
        )
        ckan_model.Session.merge(row)
        ckan_model.Session.commit()
        parquets().keep_only(set(ckan_model.Session.scalars(sa.select(model.LoadedTable.parquet))))


def parquets() -> FileStore:
    """The Parquet files of loaded tables, apart from what people send: nobody else's file is among them."""
    return FileStore(files.store().folder.with_name("smartregion-parquet"))


def parquet(resource: dict[str, Any]) -> Path | None:
    """Where the Parquet file of a resource lies; None unless it is of the very bytes that the resource holds."""
    schema = resource.get("schema")
    row = ckan_model.Session.get(model.LoadedTable, resource["id"]) if schema else None
    if row is None or row.sha256 != resource.get("hash") or not parquets().has(row.parquet):
        return None
    return parquets().path(row.parquet) if schema in (row.contract, row.contract.partition("@")[0]) else None


def _show(context: Context, resource: dict[str, Any]) -> None:
    """Give the resource its table view, once."""
    if tk.get_action("resource_view_list")(tk.fresh_context(context), {"id": resource["id"]}):
        return
    package = tk.get_action("package_show")(tk.fresh_context(context), {"id": resource["package_id"]})
    fresh = tk.get_action("resource_show")(tk.fresh_context(context), {"id": resource["id"]})
    tk.get_action("resource_create_default_resource_views")(
        tk.fresh_context(context), {"resource": fresh, "package": package, "create_datastore_views": True}
    )
