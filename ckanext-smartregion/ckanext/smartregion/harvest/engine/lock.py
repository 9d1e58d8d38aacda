"""One run per source at a time, held by PostgreSQL: a lock that dies with its process."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from ckan import model as ckan_model


@contextmanager
def alone(source_id: str) -> Iterator[bool]:
    """Whether this process is the only one to run the source; the lock lasts as long as the block."""
    digest = hashlib.sha256(f"smartregion/{source_id}".encode()).digest()
    key = int.from_bytes(digest[:8], "big", signed=True)
    with ckan_model.ensure_engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        mine = bool(connection.execute(sa.select(sa.func.pg_try_advisory_lock(key))).scalar())
        try:
            yield mine
        finally:
            if mine:
                with suppress(DBAPIError):  # a connection that is lost holds no lock any more
                    connection.execute(sa.select(sa.func.pg_advisory_unlock(key)))
