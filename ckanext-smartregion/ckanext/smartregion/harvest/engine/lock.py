"""One run per source at a time, held by PostgreSQL: a lock that dies with its process."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from ckan import model as ckan_model

from ckanext.smartregion.harvest.model import Run


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
            _ask(self.connection, sa.select(1))
        except DBAPIError as error:
            raise LostLockError from error


WRESTED = """
    SELECT pg_terminate_backend(pid, 5000) FROM (
        SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND granted
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            AND (classid::bigint << 32) | objid::bigint = :key
        UNION
        SELECT pid FROM pg_locks WHERE locktype = 'transactionid' AND mode = 'ExclusiveLock' AND granted
            AND transactionid IN (
                SELECT xmax FROM smartregion_step WHERE run_id = :run AND xmax <> 0
                UNION ALL SELECT xmax FROM smartregion_run WHERE id = :run AND xmax <> 0)
    ) holders WHERE pid <> pg_backend_pid()
"""


def wrest(source_id: str, run_id: str) -> None:
    """Take a source, its run and the steps of it from whoever holds them and does not move any more.

    A process that hangs keeps its connections: PostgreSQL ends them. Should it wake up, it finds that they are gone.
    """
    with ckan_model.ensure_engine().begin() as connection:
        connection.execute(sa.text(WRESTED), {"key": _key(source_id), "run": run_id})


def _key(source_id: str) -> int:
    digest = hashlib.sha256(f"smartregion/{source_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def still_ours(run: Run) -> None:
    """Raise LostLockError where a run was closed as lost meanwhile; until this transaction ends nobody closes it."""
    ckan_model.Session.flush()  # what is about to be kept of the run must not be read over
    ckan_model.Session.refresh(run, with_for_update=True)
    if run.status != "running":
        raise LostLockError


@contextmanager
def alone(source_id: str) -> Iterator[Lock]:
    """Whether this process is the only one to run the source; the lock lasts as long as the block."""
    key = _key(source_id)
    with ckan_model.ensure_engine().connect() as connection:
        mine = bool(_ask(connection, sa.select(sa.func.pg_try_advisory_lock(key))))
        try:
            yield Lock(mine, connection)
        finally:
            if mine:
                with suppress(SQLAlchemyError):  # a connection that is lost holds no lock any more
                    connection.rollback()  # a question that failed would let this one fail, too, and keep the lock
                    _ask(connection, sa.select(sa.func.pg_advisory_unlock(key)))


def _ask(connection: sa.Connection, question: sa.Select[Any]) -> Any:
    """The answer; no transaction stays open, in which PostgreSQL would keep what others have replaced meanwhile."""
    answer = connection.execute(question).scalar()
    connection.commit()
    return answer
