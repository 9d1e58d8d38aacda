"""Put a table into the datastore in the place of the one that is there, in one transaction.

The new table is made, filled and indexed beside the old one, which answers until the names are swapped at the very end.
Before the commit nobody sees anything of it, so that a crash at any point leaves the old table or the new one, and
nothing to clear away. Tables are made as CKAN's own loader makes them: `_id`, `_full_text` with its trigger, words of
the data dictionary.
"""

from __future__ import annotations

import logging
import time
import uuid
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, OperationalError

import ckan.plugins.toolkit as tk

from ckanext.datastore.backend import postgres
from ckanext.smartregion.quality.columns import columns, described, indexes
from ckanext.smartregion.schemas import TableContract

log = logging.getLogger(__name__)

LOADING = 15  # minutes that one statement of a load may take
# Whoever reads after a swap began to wait stands behind it: it waits for a reader this long, then lets all pass.
WAITING = 1  # seconds
PAUSES = (1, 2, 4, 8, 16)  # seconds between one try and the next
BUSY, TOO_LONG = "55P03", "54000"  # PostgreSQL: lock not available, program limit exceeded


class TableBusy(RuntimeError):  # noqa: N818 - what happened
    """Somebody read the old table as long as the swap could wait: nothing was changed."""


def replace(resource_id: str, contract: TableContract, typed: Path) -> int:
    """Make a clean typed CSV the table of a resource; gives its number of rows.

    Raises TableBusy where the old table is never free; with any exception the old table stays as it was.
    """
    fresh = f"_{uuid.uuid4().hex}"
    with postgres.get_write_engine().begin() as connection:
        connection.execute(sa.text(f"SET LOCAL statement_timeout = '{LOADING}min'"))
        connection.execute(sa.text("SET LOCAL TIME ZONE 'Europe/Brussels'"))
        rows = _fill(connection, fresh, contract, typed)
        _index(connection, fresh, contract)
        connection.execute(sa.text(f"ANALYZE {postgres.identifier(fresh)}"))
        _swap_when_free(connection, fresh, resource_id, rows)
    return rows


def _fill(connection: sa.Connection, table: str, contract: TableContract, typed: Path) -> int:
    """Make a table and copy the rows into it."""
    fields = described(contract, tk.config["ckan.locale_default"])
    postgres.create_table({"connection": connection}, {"resource_id": table, "fields": fields}, {})  # type: ignore[arg-type]
    postgres._create_fulltext_trigger(connection, table)
    names = ", ".join(postgres.identifier(name) for name, _ in columns(contract))
    cursor: Any = connection.connection.cursor()
    with cursor, typed.open("rb") as file:
        copy = f"COPY {postgres.identifier(table)} ({names}) FROM STDIN WITH (FORMAT csv, HEADER, NULL '')"
        cursor.copy_expert(copy, file)
        return cursor.rowcount


def _index(connection: sa.Connection, table: str, contract: TableContract) -> None:
    postgres.create_indexes({"connection": connection}, {"resource_id": table})  # type: ignore[arg-type]
    if contract.key and not _is_indexed(connection, table, contract.key, "UNIQUE"):
        _is_indexed(
            connection, table, contract.key
        )  # keys that are double by a signed exception are found all the same
    for names in indexes(contract):
        _is_indexed(connection, table, names)


def _is_indexed(connection: sa.Connection, table: str, names: list[str], unique: str = "") -> bool:
    """Index some columns, where their values allow it: an index too many is no reason to load nothing."""
    listed = ", ".join(map(postgres.identifier, names))
    try:
        with connection.begin_nested():
            connection.execute(sa.text(f"CREATE {unique} INDEX ON {postgres.identifier(table)} ({listed})"))
    except IntegrityError:
        return False
    except OperationalError as error:
        if _code(error) != TOO_LONG:
            raise
        log.warning("The columns %s hold values too long for an index", listed)
    return True


def _code(error: OperationalError) -> str | None:
    return getattr(error.orig, "pgcode", None)


def _swap_when_free(connection: sa.Connection, fresh: str, resource_id: str, rows: int) -> None:
    for pause in (*PAUSES, None):
        try:
            with connection.begin_nested():
                _swap(connection, fresh, resource_id, rows)
        except OperationalError as error:
            if _code(error) != BUSY:
                raise
            if pause is None:
                raise TableBusy(resource_id) from error
            time.sleep(pause)
        else:
            return


def _swap(connection: sa.Connection, fresh: str, resource_id: str, rows: int) -> None:
    """Give the new table the old one's name, and the names that were given to the old one besides (CKAN's aliases)."""
    table, named = postgres.identifier(resource_id), {"id": resource_id}
    aliases: list[Any] = []
    if connection.scalar(sa.text("SELECT to_regclass(quote_ident(:id))"), named):
        connection.execute(sa.text(f"SET LOCAL lock_timeout = '{WAITING}s'"))
        connection.execute(sa.text(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"))
        wanted = sa.text('SELECT name FROM "_table_metadata" WHERE alias_of = :id')
        aliases = list(connection.scalars(wanted, named))
        connection.execute(sa.text(f"DROP TABLE {table} CASCADE"))
    connection.execute(sa.text(f"ALTER TABLE {postgres.identifier(fresh)} RENAME TO {table}"))
    for alias in aliases:
        connection.execute(sa.text(f"CREATE VIEW {postgres.identifier(alias)} AS TABLE {table}"))
    counted = sa.text(
        """INSERT INTO "_table_stats" VALUES (:id, jsonb_build_object('rows', CAST(:rows AS bigint)))
        ON CONFLICT (resource_id) DO UPDATE SET stats = excluded.stats"""
    )
    connection.execute(counted, named | {"rows": rows})
