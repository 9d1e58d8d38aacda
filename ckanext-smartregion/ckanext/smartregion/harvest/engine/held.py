"""What a transaction inserts for new datasets waits, and goes to the database in one statement per table.

CKAN sends each dataset by itself, in four statements. Here they wait for those of the other datasets, at the latest
until anybody asks or tells the database anything: nobody can see that they were not there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Mapper, Session, attributes, interfaces, make_transient_to_detached

from ckan import model

# CKAN's own classes of which it is known that they refer to others by their own columns; other classes wait where they
# refer to nothing.
KNOWN = (model.Package, model.Resource, model.PackageTag, model.Member)
Row = dict[str, Any]


class Held:
    """The rows of a transaction that its session takes for inserted, and that were not sent yet."""

    def __init__(self, session: Session) -> None:
        self.session, self.connection = session, session.connection()
        self.transaction = session.get_transaction()
        self.rows: dict[sa.Table, dict[frozenset[str], list[Row]]] = {}
        self.objects: list[Any] = []
        self.flushes = 0  # so often the session took something for written

    def hold(self, session: Session, *_: object) -> None:
        """Before a flush: take what is new; where anything else is to be written, that comes after what is held."""
        self.flushes += 1
        new = [*session.new]
        if not (self._may_wait(session) and all(map(_can_wait, new))):
            self.release()
            return
        for each in new:
            table, row = _row(each)
            self.rows.setdefault(table, {}).setdefault(frozenset(row), []).append(row)
        for each in new:
            if each in session:  # it may have gone with what it belongs to
                session.expunge(each)
        for each in new:
            make_transient_to_detached(each)
        for each in new:
            if each not in session:
                session.add(each)
        self.objects += new

    def _may_wait(self, session: Session) -> bool:
        """Whether a flush has nothing to write but what is new, in our transaction, and nobody wants to see it done."""
        changed = any(session.is_modified(each, include_collections=False) for each in session.dirty)
        watched = session.dispatch.after_flush or session.dispatch.after_flush_postexec
        ours = session.get_transaction() is self.transaction and not session.in_nested_transaction()
        return ours and not (changed or session.deleted or watched)

    def release(self, *_: object) -> None:
        """Send what is held, each table after those that it refers to."""
        held, self.rows = self.rows, {}
        for table in sa.schema.sort_tables(held):
            for rows in held[table].values():
                self.connection.execute(table.insert(), rows)

    def drop(self, *_: object) -> None:
        """After a rollback the session must not take for there what never was; no savepoint takes any of it along."""
        if self.session.in_nested_transaction():
            return
        self.rows.clear()
        for each in self.objects:
            if each in self.session:
                self.session.expunge(each)


@contextmanager
def held(session: Session) -> Iterator[Held]:
    """Hold back what the session inserts, until the end of the block."""
    waiting = Held(session)
    listeners: tuple[tuple[Any, str, Any, bool], ...] = (
        (session, "before_flush", waiting.hold, False),
        (session, "before_commit", waiting.release, True),  # first: then CKAN tells its observers
        (session, "after_rollback", waiting.drop, False),
        (waiting.connection, "before_cursor_execute", waiting.release, False),
        (waiting.connection, "savepoint", waiting.release, False),
    )
    for target, name, listener, first in listeners:
        event.listen(target, name, listener, insert=first)
    try:
        yield waiting
        session.flush()
        waiting.release()
    except BaseException:
        waiting.drop()
        raise
    finally:
        for target, name, listener, _ in listeners:
            event.remove(target, name, listener)


def _can_wait(new: object) -> bool:
    state = cast(Any, sa.inspect(new))
    mapper = state.mapper
    if mapper.dispatch.before_insert or mapper.dispatch.after_insert:
        return False
    return _is_plain(mapper) and (isinstance(new, KNOWN) or not mapper.relationships.keys() & state.dict.keys())


@cache
def _is_plain(mapper: Mapper[Any]) -> bool:
    """Whether the rows of a class are known before they are inserted."""
    defaults = [column.default for column in mapper.local_table.c if column.default is not None]
    return (
        len(mapper.tables) == 1
        and mapper.version_id_col is None
        and all(default.is_scalar or default.is_callable for default in defaults)
        and not any(column.server_default for column in mapper.local_table.c)
    )


def _row(new: object) -> tuple[sa.Table, Row]:
    """An object as a row; it gets what inserting it would give it: the ids of what it refers to, and the defaults."""
    state = cast(Any, sa.inspect(new))
    values, row = state.dict, {}
    for relation, pairs in _references(state.mapper):
        if (other := values.get(relation)) is not None:
            for key, remote in pairs:
                attributes.set_committed_value(new, key, getattr(other, remote))
    for key, name, default, says_none in _columns(state.mapper):
        value = values.get(key)
        if value is not None:
            row[name] = value
            continue
        value = default() if default else None
        if value is not None or key in values or not says_none:  # JSON knows a `null` that is not nothing
            row[name] = value
        attributes.set_committed_value(new, key, value)
    return state.mapper.local_table, row


@cache
def _references(mapper: Mapper[Any]) -> list[tuple[str, list[tuple[str, str]]]]:
    """What a class refers to: the attribute, with the attributes that hold the ids on either side."""
    found = []
    for each in mapper.relationships:
        if each.direction is interfaces.MANYTOONE:
            key_of, other_key_of = mapper.get_property_by_column, each.mapper.get_property_by_column
            pairs = [(key_of(own).key, other_key_of(other).key) for own, other in each.local_remote_pairs or ()]
            found.append((each.key, pairs))
    return found


@cache
def _columns(mapper: Mapper[Any]) -> list[tuple[str, str, Callable[[], Any] | None, bool]]:
    """The columns of a class: attribute, name, default, and whether `None` is a value of its type."""
    found = ((each.key, cast(sa.Column[Any], each.columns[0])) for each in mapper.column_attrs)
    return [(key, column.name, _default(column), column.type.should_evaluate_none) for key, column in found]


def _default(column: sa.Column[Any]) -> Callable[[], Any] | None:
    default: Any = column.default
    if default is None:
        return None
    return partial(default.arg, None) if default.is_callable else lambda: default.arg
