"""When a service of ours is away, or another worker in the way: nobody's fault, and no record fails for it."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.exc import DBAPIError, PendingRollbackError

# PostgreSQL's classes of codes for a connection that is lost, and for a server that ends or has just begun.
AWAY = ("08", "57P")
DEADLOCK = "40P01"


def in_each_others_way(error: DBAPIError) -> bool:
    """Whether PostgreSQL has ended this transaction because it and another one waited for each other."""
    return getattr(error.orig, "pgcode", None) == DEADLOCK


def database_is_away(error: BaseException) -> bool:
    """Whether an error, or what it came of, says that PostgreSQL is not there."""
    return any(_says_so(each) for each in _chain(error))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _says_so(error: BaseException) -> bool:
    if isinstance(error, PendingRollbackError):
        return error.code == "8s2b"  # the connection was lost, and what was under way on it with it
    if not isinstance(error, DBAPIError):
        return False
    code = getattr(error.orig, "pgcode", None)
    # A connection that can't be made has neither a code nor a cursor that it was about.
    return error.connection_invalidated or (code or "").startswith(AWAY) or (code is None and _is_about_none(error))


def _is_about_none(error: DBAPIError) -> bool:
    return error.statement is None and type(error.orig).__name__ == "OperationalError"
