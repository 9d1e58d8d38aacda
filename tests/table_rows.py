"""The rows of the tests' database: all taken away, read, or put back as they were."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterable, Mapping

from ckan import model


def emptying(tables: Iterable[str]) -> str:
    """One batch that empties all tables; with few rows it is quicker than TRUNCATE, which makes new files for each.

    Nothing watches over what it does, nor what is done after it in the same transaction: no trigger, no reference.
    """
    every = (f'DELETE FROM "{name}"' for name in tables)  # noqa: S608 - names from the database
    return "; ".join(["SET LOCAL session_replication_role = replica", *every])


def read_rows(tables: Iterable[str]) -> dict[str, str]:
    """All rows of the database, by table, in PostgreSQL's own text."""
    rows = {}
    with contextlib.closing(model.meta.engine.raw_connection()) as connection, connection.cursor() as cursor:
        for name in tables:
            text = io.StringIO()
            cursor.copy_expert(f'COPY "{name}" TO STDOUT', text)
            rows[name] = text.getvalue()
    return rows


def write_rows(tables: Iterable[str], rows: Mapping[str, str]) -> None:
    """Put these rows, and no others, into the database."""
    model.Session.remove()
    with contextlib.closing(model.meta.engine.raw_connection()) as connection, connection.cursor() as cursor:
        cursor.execute(emptying(tables))
        for name in filter(rows.get, tables):
            cursor.copy_expert(f'COPY "{name}" FROM STDIN', io.StringIO(rows[name]))
        connection.commit()
