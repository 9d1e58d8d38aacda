"""Find records and outcomes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import defer

from ckan import model

from ckanext.smartregion.harvest.model.sources import says
from ckanext.smartregion.harvest.model.tables import Edit, Outcome, Record, Source

STATES = ("published", "held", "linked", "withdrawn", "missing")
KEPT_BACK = ("held", "failed")


def records_by_key(source_id: str, keys: Collection[str]) -> dict[str, Record]:
    """The mappings of some remote items, by key."""
    query = model.Session.query(Record).filter(Record.source_id == source_id, Record.key.in_(list(keys)))
    return {record.key: record for record in query}


def relatives(source_id: str, sameness: Collection[str]) -> list[Any]:
    """Records of other sources that share any of these marks, each with its source; see sameness.py."""
    marks = sa.cast(list(sameness), ARRAY(sa.Text))
    query = model.Session.query(Record, Source).join(Source, Source.id == Record.source_id)
    query = query.filter(Record.source_id != source_id, Record.state.in_(("published", "held")))
    return query.filter(Record.sameness.op("&&")(marks)).all()


def made_by(run_id: str, at_once: int) -> Iterator[Sequence[Any]]:
    """What tells twins of the records whose datasets a run has made, so many at a time."""
    query = sa.select(Record.id, Record.package_id, Record.sameness, Record.first_seen)
    query = query.join(Outcome, Outcome.record_id == Record.id)
    query = query.where(Outcome.run_id == run_id, Outcome.outcome.in_(("created", "held")))
    query = query.where(Record.state.in_(("published", "held"))).order_by(Record.id)
    return model.Session.execute(query, execution_options={"yield_per": at_once}).partitions()


def unchanged(source_id: str, run_id: str) -> list[tuple[Record, dict[str, Any]]]:
    """The records with a dataset of their own that a run left alone, each with what the far end sent of it last."""
    query = model.Session.query(Record, Outcome.raw).join(Outcome, Outcome.record_id == Record.id)
    query = query.filter(Record.source_id == source_id, Record.run_id != run_id, Outcome.raw.isnot(None))
    query = query.filter(Record.state.in_(("published", "held"))).order_by(Record.id, Outcome.moment.desc())
    return [(record, raw) for record, raw in query.distinct(Record.id) if raw is not None]


def count_by_state(source_ids: Collection[str]) -> dict[str, dict[str, int]]:
    """How many records of each source are published, held, linked, withdrawn; and how many of them are missing."""
    missing = sa.func.count(Record.missing_since)
    query = model.Session.query(Record.source_id, Record.state, sa.func.count(), missing)
    query = query.filter(Record.source_id.in_(source_ids)).group_by(Record.source_id, Record.state)
    found: dict[str, dict[str, int]] = {each: dict.fromkeys(STATES, 0) for each in source_ids}
    for source_id, state, count, gone in query.all():
        found[source_id][state] = count
        found[source_id]["missing"] += gone
    return found


def versions(record_id: str, *, everything: bool) -> list[Outcome]:
    """What the runs did to a record, the last first; without `everything` not what was held or has failed."""
    query = model.Session.query(Outcome).filter_by(record_id=record_id)
    if not everything:
        query = query.filter(Outcome.outcome.notin_(KEPT_BACK))
    return query.order_by(Outcome.moment.desc()).limit(100).all()


def edits(package_id: str) -> list[Edit]:
    """The fields of a dataset that people wrote."""
    return model.Session.query(Edit).filter_by(package_id=package_id).order_by(Edit.field).all()


def records(source_id: str, state: str | None = None, text: str | None = None, *, everything: bool) -> Any:
    """A query for records with their datasets, by title; without `everything` only for what the public sees."""
    query = model.Session.query(Record, model.Package).join(model.Package, model.Package.id == Record.package_id)
    query = query.filter(Record.source_id == source_id)
    if state == "missing":
        query = query.filter(Record.missing_since.isnot(None))
    elif state:
        query = query.filter(Record.state == state)
    if text:
        query = query.filter(says(text, model.Package.title, Record.remote_id))
    return _visible(query, everything=everything).order_by(model.Package.title, Record.id)


# The same for the same sentence, whatever it says.
_SENTENCE = sa.func.md5(sa.func.coalesce(sa.cast(Outcome.problem, sa.Text), ""))


def problems(run_id: str, *, groups: int, shown: int) -> list[Any]:
    """What was wrong with held and failed records of a run, the most frequent first, with the first records of each.

    Rows of outcome, key of the sentence, the sentence, how many records, and remote id, title and record id of one.
    """
    same = (Outcome.outcome, _SENTENCE)
    turn = sa.func.row_number().over(partition_by=same, order_by=(Outcome.title, Outcome.id)).label("turn")
    number = sa.func.count().over(partition_by=same).label("number")
    found = sa.select(
        Outcome.outcome,
        _SENTENCE.label("key"),
        Outcome.problem,
        number,
        Outcome.remote_id,
        Outcome.title,
        Outcome.record_id,
        turn,
    )
    rows = found.where(Outcome.run_id == run_id, Outcome.outcome.in_(KEPT_BACK)).subquery()
    query = sa.select(rows).where(rows.c.turn <= shown).order_by(rows.c.number.desc(), rows.c.key, rows.c.turn)
    return list(model.Session.execute(query.limit(groups * shown)))


def outcomes(
    run_id: str, *, everything: bool, outcome: str | None = None, problem: str | None = None, error: str | None = None
) -> Any:
    """A query for outcomes of a run with their datasets; `error` is the key of a sentence.

    Without `everything` only for those of published ones: what is held or has failed is for those who may mend it.
    """
    query = model.Session.query(Outcome, model.Package)
    query = query.options(defer(Outcome.raw), defer(Outcome.dataset))
    query = query.outerjoin(model.Package, model.Package.id == Outcome.package_id).filter(Outcome.run_id == run_id)
    if outcome:
        query = query.filter(Outcome.outcome == outcome)
    if not everything:
        query = query.filter(Outcome.outcome.notin_(KEPT_BACK))
    if error:
        query = query.filter(Outcome.outcome.in_(KEPT_BACK), _SENTENCE.in_([error]))
    if problem:
        query = query.filter(says(problem, sa.cast(Outcome.problem, sa.Text), Outcome.title, Outcome.remote_id))
    return _visible(query, everything=everything).order_by(Outcome.outcome, Outcome.title, Outcome.id)


def _visible(query: Any, *, everything: bool) -> Any:
    public = sa.and_(model.Package.state == "active", model.Package.private.is_(False))
    return query if everything else query.filter(public)
