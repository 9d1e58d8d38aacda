"""The facts about sources from which their condition follows: a few statements, however many sources there are."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ckan import model

from ckanext.smartregion.harvest.condition import FAILURES, LATELY, Closed, Facts, Memory
from ckanext.smartregion.harvest.model.notices import Told
from ckanext.smartregion.harvest.model.tables import Record, Run, Source, now

ENDED = ("done", "incomplete", "asking", "failed")


def facts(sources: Iterable[Source]) -> dict[str, Facts]:
    """Source id -> what is known of it."""
    rows = list(sources)
    ids = [row.id for row in rows]
    closed, waiting, records = _closed(ids), _waiting(ids), _records(ids)
    names = ("name", "enabled", "paused", "schedule", "zone", "next_run", "listed")
    return {
        row.id: Facts(
            **{name: getattr(row, name) for name in names},
            approved=row.approved is not None,
            waits_since=waiting.get(row.id),
            closed=tuple(closed[row.id]),
            **records.get(row.id, {}),
        )
        for row in rows
    }


def _closed(ids: list[str]) -> dict[str, list[Closed]]:
    """The last runs that ended, newest first; found by their index, source by source, in one statement."""
    last = sa.select(Run.id, Run.status, Run.queued, Run.started, Run.finished, Run.error)
    last = last.where(Run.source_id == Source.id, Run.status.in_(ENDED)).order_by(Run.queued.desc()).limit(FAILURES)
    each = last.lateral()
    query = sa.select(Source.id, each).join(each, sa.true()).where(Source.id.in_(ids)).order_by(each.c.queued.desc())
    found: dict[str, list[Closed]] = defaultdict(list)
    for source_id, run_id, status, queued, started, finished, error in model.Session.execute(query):
        seconds = (finished - started).total_seconds() if started and finished else None
        found[source_id].append(Closed(run_id, status, queued, finished, seconds, error))
    return found


def _waiting(ids: list[str]) -> dict[str, dt.datetime]:
    """Since when a run waits for a worker; one that was put off waits for its moment instead."""
    query = sa.select(Run.source_id, sa.func.min(Run.queued)).where(Run.status == "queued", Run.not_before.is_(None))
    query = query.where(Run.source_id.in_(ids)).group_by(Run.source_id)
    return dict(row._tuple() for row in model.Session.execute(query))


def _records(ids: list[str]) -> dict[str, dict[str, Any]]:
    lately = sa.and_(Record.state == "held", Record.changed > now() - LATELY)
    query = sa.select(
        Record.source_id,
        sa.func.count().filter(Record.state == "published"),
        sa.func.count().filter(Record.state == "held"),
        sa.func.count().filter(lately),
    )
    query = query.where(Record.source_id.in_(ids)).group_by(Record.source_id)
    names = ("published", "held", "held_lately")
    return {source_id: dict(zip(names, counts, strict=True)) for source_id, *counts in model.Session.execute(query)}


# -- what was told


def memories(ids: Iterable[str]) -> dict[str, Memory]:
    """Source id -> what was told of it last; a source of which nothing was told yet is missing."""
    query = model.Session.query(Told).filter(Told.source_id.in_(list(ids))).populate_existing()
    return {row.source_id: _memory(row) for row in query.all()}


def _memory(row: Told) -> Memory:
    return Memory(row.state, row.cause, row.held, row.published, row.asked)


def remember(source_id: str, before: Memory | None, after: Memory) -> bool:
    """Replace what was told of a source; false where somebody else has told something in the meantime."""
    if before is None:
        model.Session.execute(insert(Told).values(source_id=source_id).on_conflict_do_nothing())
    row = model.Session.get(Told, source_id, with_for_update=True, populate_existing=True)
    if row is None or _memory(row) != (before or Memory()):
        return False
    if (row.state, row.cause) != (after.state, after.cause):
        row.since = now()
    row.state, row.cause, row.held = after.state, after.cause, after.held
    row.published, row.asked = after.published, after.asked
    return True


# -- what is measured


def runs_by_status() -> list[tuple[Any, ...]]:
    """Name of the source, status, how many runs of it are kept."""
    query = sa.select(Source.name, Run.status, sa.func.count()).join(Run, Run.source_id == Source.id)
    return [row._tuple() for row in model.Session.execute(query.group_by(Source.name, Run.status))]


def records_by_state() -> list[tuple[Any, ...]]:
    """Name of the source, state, how many records, how many of them missing, how many findings they have."""
    missing = sa.func.count().filter(Record.missing_since.isnot(None))
    findings = sa.func.sum(sa.func.jsonb_array_length(Record.findings))
    query = sa.select(Source.name, Record.state, sa.func.count(), missing, findings)
    query = query.join(Record, Record.source_id == Source.id).group_by(Source.name, Record.state)
    return [row._tuple() for row in model.Session.execute(query)]
