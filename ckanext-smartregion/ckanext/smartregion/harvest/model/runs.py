"""Find runs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from ckan import model

from ckanext.smartregion.harvest.model.tables import LIVE, Outcome, Run, StagedStep


def runs(source_id: str | None, limit: int = 20) -> list[Run]:
    """The last runs of a source, or of all sources, newest first."""
    query = model.Session.query(Run)
    if source_id is not None:
        query = query.filter_by(source_id=source_id)
    return query.order_by(Run.queued.desc()).limit(limit).all()


def last_runs(source_ids: Collection[str], limit: int) -> dict[str, list[Run]]:
    """The last runs of each of these sources, newest first."""
    turn = sa.func.row_number().over(partition_by=Run.source_id, order_by=Run.queued.desc())
    ranked = sa.select(Run, turn.label("turn")).where(Run.source_id.in_(source_ids)).subquery()
    run = aliased(Run, ranked)
    found: dict[str, list[Run]] = {each: [] for each in source_ids}
    for each in model.Session.query(run).filter(ranked.c.turn <= limit).order_by(ranked.c.turn):
        found[each.source_id].append(each)
    return found


def progress(run_ids: Collection[str]) -> dict[str, tuple[dict[str, int], int]]:
    """How far these runs are: their outcomes so far by kind, and how many steps wait."""
    outcomes = model.Session.query(Outcome.run_id, Outcome.outcome, sa.func.count())
    outcomes = outcomes.filter(Outcome.run_id.in_(run_ids)).group_by(Outcome.run_id, Outcome.outcome).all()
    steps = model.Session.query(StagedStep.run_id, sa.func.count()).filter(StagedStep.run_id.in_(run_ids))
    waiting = dict(row._tuple() for row in steps.filter_by(state="todo").group_by(StagedStep.run_id).all())
    return {
        each: ({kind: count for run_id, kind, count in outcomes if run_id == each}, waiting.get(each, 0))
        for each in run_ids
    }


def asked(run_id: str, limit: int) -> list[Any]:
    """The datasets that a run asks about, with the remote id of each: they go when somebody confirms it."""
    remote_id = StagedStep.step["remote_id"].astext
    query = model.Session.query(remote_id, model.Package).join(model.Package, model.Package.id == StagedStep.package_id)
    query = query.filter(StagedStep.run_id == run_id, StagedStep.state == "asked")
    return query.order_by(model.Package.title).limit(limit).all()


def live_run(source_id: str) -> Run | None:
    """The run of a source that is queued or running, if there is one."""
    query = model.Session.query(Run).filter(Run.source_id == source_id, Run.status.in_(LIVE))
    return query.order_by(Run.queued).first()


def silent(since: dt.datetime) -> list[Run]:
    """Runs that say they are running and have shown no sign of life since."""
    return model.Session.query(Run).filter(Run.status == "running", Run.heartbeat < since).all()


def queued_before(moment: dt.datetime) -> list[Run]:
    """Runs that no worker took up, and that nobody put off."""
    query = model.Session.query(Run).filter(Run.status == "queued", Run.queued < moment)
    return [run for run in query.all() if run.not_before is None or run.not_before < moment]
