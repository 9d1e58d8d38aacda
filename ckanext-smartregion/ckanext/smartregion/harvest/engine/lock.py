"""One run per source at a time, held by PostgreSQL: a lock that dies with its process."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from ckan import model as ckan_model


class LostLockError(Exception):
    """The connection that held the lock is gone: another process may be at the source by now."""


@dataclass(frozen=True)
class Lock:
    """True where it is ours."""

    mine: bool
    connection: sa.Connection

    def __bool__(self) -> bool:
        return self.mine

    def check(self) -> None:
        """Raise LostLockError where it was ours and PostgreSQL has let it go since."""
        if not self.mine:
            return
        try:
            self.connection.execute(sa.select(1))
        except DBAPIError as error:
            raise LostLockError from error


@contextmanager
def alone(source_id: str) -> Iterator[Lock]:
    """Whether this process is the only one to run the source; the lock lasts as long as the block."""
    digest = hashlib.sha256(f"smartregion/{source_id}".encode()).digest()
    key = int.from_bytes(digest[:8], "big", signed=True)
    with ckan_model.ensure_engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        mine = bool(connection.execute(sa.select(sa.func.pg_try_advisory_lock(key))).scalar())
        try:
            yield Lock(mine, connection)
        finally:
            if mine:
                with suppress(DBAPIError):  # a connection that is lost holds no lock any more
                    connection.execute(sa.select(sa.func.pg_advisory_unlock(key)))
