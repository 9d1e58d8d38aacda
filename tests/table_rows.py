"""The rows of the tests' database: all taken away, read, or put back as they were."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterable, Mapping, Sequence

from ckan import model

MARKS = "smartregion_stale"  # datasets that were changed and are not published yet


def emptying(tables: Iterable[str]) -> str:
    """One batch that empties all tables; with few rows it is quicker than TRUNCATE, which makes new files for each."""
    return "; ".join(f'DELETE FROM "{name}"' for name in tables)  # noqa: S608 - names from the database


def read_rows(tables: Iterable[str]) -> dict[str, str]:
    """All rows of the database, by table, in PostgreSQL's own text."""
    rows = {}
    with contextlib.closing(model.meta.engine.raw_connection()) as connection, connection.cursor() as cursor:
        for name in tables:
            text = io.StringIO()
            cursor.copy_expert(f'COPY "{name}" TO STDOUT', text)
            rows[name] = text.getvalue()
    return rows


def write_rows(tables: Sequence[str], rows: Mapping[str, str]) -> None:
    """Put these rows, and no others, into the database."""
    model.Session.remove()
    with contextlib.closing(model.meta.engine.raw_connection()) as connection, connection.cursor() as cursor:
        cursor.execute(emptying(tables))
        for name in filter(rows.get, reversed(tables)):
            if name != MARKS:
                cursor.copy_expert(f'COPY "{name}" FROM STDIN', io.StringIO(rows[name]))
        cursor.execute(emptying([MARKS]))  # what was written just now is not changed
        cursor.copy_expert(f'COPY "{MARKS}" FROM STDIN', io.StringIO(rows.get(MARKS, "")))
        connection.commit()
