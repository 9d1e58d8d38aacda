"""What CKAN asks the database again and again for the datasets of one chunk: each question is put to it once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, cast

from sqlalchemy import Table, event
from sqlalchemy.engine import FrozenResult, Result
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.sql import visitors

from ckan import model

from ckanext.smartregion.harvest.engine.inserted import Inserted

Data = Mapping[str, Any]

# What a question is about, by the tables that it reads. No write of a dataset changes anything settled; what a dataset
# has of the others is there when it is inserted, and not before.
SETTLED = frozenset({"user", "group", "tag"})
SUBJECTS = {
    frozenset({"package"}): "dataset",
    frozenset({"resource"}): "files",
    frozenset({"member"}): "memberships",
    frozenset({"member", "group"}): "groups",
    frozenset({"package_relationship"}): "relations",
}
ORGANIZATION = "organization"
WORDS = ("active", "deleted", "draft", "pending", ORGANIZATION)
NO_ORGANIZATIONS = "is_organization = false"
FREE = object()  # stands for any id or name that is free


@contextmanager
def asked_once(free: Collection[str] = ()) -> Iterator[None]:
    """Within one transaction, answer what was asked before about users, owners and keywords from what was found then.

    ``free`` are ids and names that nothing in the database bears when the transaction begins. Until a dataset gets one,
    all questions about it have the same answer, and so have those about its files, groups and relations until it gets
    some. Another transaction that takes one meanwhile is met when the dataset is inserted.
    """
    lookups = _Lookups({*free})
    session, token = model.Session(), _answers.set({})
    listeners = (("do_orm_execute", lookups.answer), ("before_flush", lookups.taken))
    for name, listener in listeners:
        event.listen(session, name, listener, insert=True)  # before what is new is held back
    try:
        yield
    finally:
        _answers.reset(token)
        for name, listener in listeners:
            event.remove(session, name, listener)


_answers: ContextVar[dict[Any, Any] | None] = ContextVar("smartregion_answers", default=None)


def once(question: Callable[[str], Any], about: str) -> Any:
    """The answer to a question of our own about what no write of a dataset changes; asked once in `asked_once`."""
    answers = _answers.get()
    if answers is None:
        return question(about)
    if (question, about) not in answers:
        answers[question, about] = question(about)
    return answers[question, about]


class _Lookups:
    def __init__(self, free: set[str]) -> None:
        self.without = {subject: set(free) for subject in SUBJECTS.values()}
        self.known: dict[Any, FrozenResult[Any]] = {}
        self.subjects: dict[Any, str | None] = {}
        self.inserted = Inserted()

    def answer(self, state: ORMExecuteState) -> Result[Any] | None:
        """The answer to a question that was asked before; None leaves it to the database."""
        if not state.is_select:
            self.inserted.forget_all()
            return None
        key = None if _must_be_fresh(state) else cast(Any, state.statement)._generate_cache_key()
        if key is None:  # it is by this key that SQLAlchemy itself tells statements apart
            return None
        values = [each.effective_value for each in key.bindparams] + [*cast(Data, state.parameters or {}).values()]
        question = self._question(key.key, values, state)
        if question is None:
            return self.inserted.answer(key.key, values, state.invoke_statement)
        if question not in self.known:
            answer = state.invoke_statement().freeze()
            if not answer.data and question[-1] is not FREE:
                return answer()  # it may be there the next time
            self.known[question] = answer
        return self.known[question]()

    def taken(self, session: Session, *_: object) -> None:
        """Datasets that are being inserted have their ids and names, and what is inserted with them."""
        self.inserted.forget([*session.dirty, *session.deleted])
        free = self.without["dataset"]
        self.inserted.add(
            [new.id for new in session.new if isinstance(new, model.Package) and new.id in free], session.new
        )
        for each in session.new:
            for subject, ids in _had(each):
                self.without[subject].difference_update(ids)

    def _question(self, key: Any, values: list[Any], state: ORMExecuteState) -> tuple[Any, ...] | None:
        """What tells a question from others; None where its answer may change."""
        if key not in self.subjects:
            self.subjects[key] = _subject(state.statement)
        subject = self.subjects[key]
        if subject == "settled":
            return (key, *map(repr, values))
        about = [value for value in values if isinstance(value, str) and value not in WORDS]
        return (key, FREE) if about and self.without.get(subject or "", set()).issuperset(about) else None


def _had(new: object) -> tuple[tuple[str, tuple[str | None, ...]], ...]:
    """What ids and names are no longer without, now that a row is inserted."""
    match new:
        case model.Package():
            return (("dataset", (new.id, new.name)),)
        case model.Resource():
            return (("files", (new.package_id,)),)
        case model.Member(capacity="organization"):
            return (("memberships", (new.table_id,)),)
        case model.Member():
            return (("memberships", (new.table_id,)), ("groups", (new.table_id,)))
        case model.PackageRelationship():
            return (("relations", (new.subject_package_id, new.object_package_id)),)
    return ()


def _subject(statement: Any) -> str | None:
    """What a statement asks about; None for what is not answered here."""
    tables = frozenset(each.name for each in visitors.iterate(statement) if isinstance(each, Table))
    if tables and tables <= SETTLED:
        return "settled"
    subject = SUBJECTS.get(tables)
    return subject if subject != "groups" or NO_ORGANIZATIONS in str(statement) else None


def _must_be_fresh(state: ORMExecuteState) -> bool:
    if not isinstance(state.parameters or {}, dict):
        return True
    if state.is_column_load or state.is_relationship_load or state.execution_options.get("populate_existing"):
        return True
    return getattr(state.statement, "_for_update_arg", None) is not None
