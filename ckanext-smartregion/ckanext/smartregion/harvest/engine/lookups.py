"""What CKAN asks the database again and again for the datasets of one chunk: each question is put to it once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

from sqlalchemy import event
from sqlalchemy.engine import FrozenResult, Result
from sqlalchemy.orm import ORMExecuteState, Session

from ckan import model

Data = Mapping[str, Any]

# No write of a dataset changes any of these.
SETTLED = (model.User, model.Group, model.Tag)
STATES = ("active", "deleted", "draft", "pending")
FREE = object()  # stands for any id or name that is free


@contextmanager
def asked_once(free: Collection[str] = ()) -> Iterator[None]:
    """Within one transaction, answer what was asked before about users, owners and keywords from what was found then.

    ``free`` are ids and names that no dataset had when the transaction began: until one gets them, all questions about
    them have the same answer. Another transaction that takes one meanwhile is met when the dataset is inserted.
    """
    lookups = _Lookups({*free})
    session = model.Session()
    listeners = (("do_orm_execute", lookups.answer), ("after_flush", lookups.taken))
    for name, listener in listeners:
        event.listen(session, name, listener)
    try:
        yield
    finally:
        for name, listener in listeners:
            event.remove(session, name, listener)


class _Lookups:
    def __init__(self, free: set[str]) -> None:
        self.free = free
        self.known: dict[Any, FrozenResult[Any]] = {}

    def answer(self, state: ORMExecuteState) -> Result[Any] | None:
        """The answer to a question that was asked before; None leaves it to the database."""
        question = self._question(state)
        if question is None:
            return None
        if question not in self.known:
            answer = state.invoke_statement().freeze()
            if not answer.data and question[-1] is not FREE:
                return answer()  # it may be there the next time
            self.known[question] = answer
        return self.known[question]()

    def taken(self, session: Session, _: object) -> None:
        """Datasets that were inserted have their ids and names."""
        for each in session.new:
            if isinstance(each, model.Package):
                self.free -= {each.id, each.name}

    def _question(self, state: ORMExecuteState) -> tuple[Any, ...] | None:
        """What tells a question from others; None where its answer may change."""
        asked = state.bind_mapper.class_ if state.is_select and state.bind_mapper else None
        if (asked is not model.Package and asked not in SETTLED) or _must_be_fresh(state):
            return None
        statement: Any = state.statement
        key = statement._generate_cache_key()  # by what SQLAlchemy itself tells statements apart
        if key is None or not isinstance(state.parameters or {}, Mapping):
            return None
        values = [each.effective_value for each in key.bindparams] + [*cast(Data, state.parameters or {}).values()]
        if asked is not model.Package:
            return (key.key, *map(repr, values))
        about = [value for value in values if isinstance(value, str) and value not in STATES]
        return (key.key, FREE) if about and self.free.issuperset(about) else None


def _must_be_fresh(state: ORMExecuteState) -> bool:
    if state.is_column_load or state.is_relationship_load or state.execution_options.get("populate_existing"):
        return True
    return getattr(state.statement, "_for_update_arg", None) is not None
