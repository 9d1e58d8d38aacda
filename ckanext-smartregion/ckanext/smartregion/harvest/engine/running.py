"""One run from start to close."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import sqlalchemy as sa

from ckan import model as ckan_model

from ckanext.smartregion.harvest import model, plan
from ckanext.smartregion.harvest.engine import applying, listing, searching
from ckanext.smartregion.harvest.engine.lock import alone
from ckanext.smartregion.harvest.sentences import say
from ckanext.smartregion.outgoing import client

log = logging.getLogger(__name__)

OUTCOMES = ("created", "updated", "unchanged", "withdrawn", "held", "failed")
HEARTBEAT = 10
Told = Callable[[str, dict[str, int]], None]


class BusyError(Exception):
    """The source is being run by another process."""


def run(run_id: str, told: Told = lambda stage, counts: None) -> dict[str, Any]:
    """Execute a queued run; a second delivery of the same job finds it closed and does nothing."""
    row = ckan_model.Session.get(model.Run, run_id)
    source = ckan_model.Session.get(model.Source, row.source_id) if row else None
    if row is None or source is None or row.status not in model.LIVE:
        return {}
    with alone(source.id) as mine:
        if not mine:
            raise BusyError(source.name)
        _close_lost(source.id, run_id)
        row.status, row.started, row.heartbeat = "running", model.now(), model.now()
        ckan_model.Session.commit()
        try:
            _execute(source, row, told)
        except Exception as error:
            log.exception("Run %s of source %s stopped", run_id, source.name)
            ckan_model.Session.rollback()
            _close(row, "failed", say("stopped", reason=f"{type(error).__name__}: {error}"[:200]))
    return summary(row)


def summary(row: model.Run) -> dict[str, Any]:
    """The last line of a run: its id, its status and its counts."""
    return {"run": row.id, "status": row.status, **{name: row.counts.get(name, 0) for name in OUTCOMES}}


def _execute(source: model.Source, row: model.Run, told: Told) -> None:
    counts: Counter[str] = Counter(dict.fromkeys(OUTCOMES, 0))
    listed: Counter[str] = Counter(listed=0)
    beat = _heart(row.id)

    def progress(stage: str) -> None:
        listed[stage] += 1
        beat()
        told(stage, dict(listed))

    made, found = listing.make(source, client(), confirmed=row.confirmed, progress=progress)
    row.notes = list(made.notes)
    todo = [step for step in made.steps if step.act != "unchanged"]
    counts["unchanged"] = len(made.steps) - len(todo)
    with searching.committed_once() if todo else nullcontext():
        for step in todo:
            outcome = applying.apply(source, row, step)
            counts[outcome] += 1
            beat()
            told(outcome, dict(counts))
    row.counts = dict(counts)
    _close(row, _status(found, made), found.error)


def _status(found: listing.Listing, made: plan.Plan) -> str:
    if found.error is None:
        return "done"
    return "incomplete" if made.steps else "failed"


def _close(row: model.Run, status: str, error: dict[str, str] | None = None) -> None:
    row.status, row.error, row.finished = status, error, model.now()
    ckan_model.Session.commit()


def _close_lost(source_id: str, run_id: str) -> None:
    """We hold the lock, so any other run that says it is running has lost its process."""
    for row in model.runs(source_id):
        if row.status == "running" and row.id != run_id:
            _close(row, "failed", say("lost"))


def _heart(run_id: str) -> Callable[[], None]:
    """Say now and then that the run is alive, beside the transaction at hand."""
    last = time.monotonic()

    def beat() -> None:
        nonlocal last
        if time.monotonic() - last < HEARTBEAT:
            return
        last = time.monotonic()
        with ckan_model.ensure_engine().begin() as connection:
            connection.execute(sa.update(model.Run).where(model.Run.id == run_id).values(heartbeat=model.now()))

    return beat
