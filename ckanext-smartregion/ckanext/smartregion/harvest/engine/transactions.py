"""Writes as parts of their caller's transaction: each in a savepoint of its own, or many in one go."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan import model as ckan_model

from ckanext.smartregion.harvest.engine.held import Held, held


class Interrupted(Exception):  # noqa: N818 - what happened
    """Somebody below ended the caller's transaction: what it held since its last commit has to be written again."""


_batch: ContextVar[Held | None] = ContextVar("smartregion_batch", default=None)


@contextmanager
def in_one_go() -> Iterator[None]:
    """Deferred writes without savepoints: one that fails when it has begun to write takes all others along.

    It raises Interrupted then, or what the database says; the caller rolls back and writes one by one. What is refused
    before anything was written harms nobody.
    """
    session = ckan_model.Session()
    with held(session) as batch:
        token = _batch.set(batch)
        try:
            yield
        finally:
            _batch.reset(token)
    _spare_observers(session)


def _spare_observers(session: Any) -> None:
    """Before a commit CKAN asks for the dataset of each row, to tell plugins of it; where none listens, in vain."""
    if not [*p.PluginImplementations(p.IDomainObjectModification), *p.PluginImplementations(p.IResourceUrlChange)]:
        vars(session).pop("_object_cache", None)  # what CKAN's `modification.py` goes through


def is_in_one_go() -> bool:
    """Whether writes have no savepoints of their own at the moment."""
    return _batch.get() is not None


def part() -> AbstractContextManager[None]:
    """A write as a part of its caller's transaction: in a savepoint, or in one go with others."""
    batch = _batch.get()
    return _unguarded(batch) if batch else savepoint()


@contextmanager
def _unguarded(batch: Held) -> Iterator[None]:
    """A write in one go with others: it is whole, or nothing of it was written, or all of them fail."""
    session = ckan_model.Session()
    transaction = session.get_transaction()
    before = batch.flushes, len(session.new), len(session.dirty)
    try:
        yield
    except tk.ValidationError as error:
        _still_in(transaction, error)
        if "verdict" not in error.error_dict and (batch.flushes, len(session.new), len(session.dirty)) != before:
            raise Interrupted(str(error)) from error
        raise
    _still_in(transaction)


@contextmanager
def savepoint() -> Iterator[None]:
    """All of a write or nothing of it, inside the caller's transaction; what the gate keeps of a refusal is kept."""
    savepoint = ckan_model.Session.begin_nested()
    transaction = ckan_model.Session().get_transaction()
    try:
        yield
    except BaseException as error:
        _still_in(transaction, error)
        kept = isinstance(error, tk.ValidationError) and "verdict" in error.error_dict
        savepoint.commit() if kept else savepoint.rollback()
        raise
    _still_in(transaction)
    savepoint.commit()


def _still_in(transaction: Any, error: BaseException | None = None) -> None:
    if ckan_model.Session().get_transaction() is not transaction:
        raise Interrupted(str(error or "committed from below")) from error
