"""The scheduler's tick: start what is due, once, however many schedulers run; take up what has died or was lost."""

from __future__ import annotations

import datetime as dt
import logging

from ckan import model as ckan_model

from ckanext.smartregion import config
from ckanext.smartregion.harvest import model, schedule
from ckanext.smartregion.harvest.engine import closing, queueing
from ckanext.smartregion.harvest.engine.lock import alone, wrest
from ckanext.smartregion.harvest.engine.signals import ticked

log = logging.getLogger(__name__)

# A living run says so every few seconds, and holds the lock of its source.
SILENCE = dt.timedelta(minutes=2)
LOST = dt.timedelta(minutes=5)
# A process that holds the lock and says nothing for so long hangs: no page and no dataset takes that long.
STUCK = dt.timedelta(minutes=9)
# A run that dies again and again at the same place is left for a person.
MOST_RESUMPTIONS = 3


def tick() -> list[str]:
    """Queue a run for every source that is due; gives their names."""
    started = []
    for source in model.due(model.now()):
        name = source.name
        following = next_run(source)
        mine = model.claim(source, following)
        run = None
        if mine and source.approved and not model.live_run(source.id):
            run = new_run(source, "schedule", None)
        # The turn of the schedule is taken and the run is there, or neither.
        ckan_model.Session.commit()
        if run:
            queueing.enqueue(run)
            started.append(name)
    _hand_over_again()
    _bury()
    ticked.send(None)
    return started


def next_run(source: model.Source) -> dt.datetime | None:
    """When a source is due next; never while it is switched off."""
    if not source.enabled or not source.schedule:
        return None
    times = schedule.following(source.schedule, source.name, model.now(), config.harvest_jitter(), zone=source.zone)
    return times[0]


def make_run(
    source: model.Source, trigger: str, author: str | None, *, confirmed: bool = False, why: str | None = None
) -> model.Run:
    """A run that waits to be executed."""
    run = new_run(source, trigger, author, confirmed=confirmed, why=why)
    ckan_model.Session.commit()
    return run


def new_run(
    source: model.Source, trigger: str, author: str | None, *, confirmed: bool = False, why: str | None = None
) -> model.Run:
    """The same, for the caller to commit."""
    by = author if confirmed else None
    run = model.Run(
        source_id=source.id,
        trigger=trigger,
        author=author,
        confirmed=confirmed,
        confirmed_by=by,
        confirmed_why=why,
        counts={},
        notes=[],
        tally={},
    )
    ckan_model.Session.add(run)
    return run


def _hand_over_again() -> None:
    """Runs that were put off and whose moment has come, and runs whose job got lost on the way to a worker."""
    waiting = queueing.waiting_runs()
    if waiting is None:
        return
    for run in model.queued_before(model.now()):
        late = run.queued < model.now() - LOST and run.id not in waiting
        if run.not_before or late:
            run.not_before, run.queued = None, model.now()
            ckan_model.Session.commit()
            queueing.enqueue(run)


def _bury() -> None:
    """Close runs that have shown no sign of life, and let new ones take up what they had staged."""
    for run in model.silent(model.now() - SILENCE):
        stuck = run.heartbeat is not None and run.heartbeat < model.now() - STUCK
        if stuck:
            wrest(run.source_id, run.id)
        with alone(run.source_id) as dead:
            ckan_model.Session.refresh(run)
            if not dead or run.status != "running":  # it lives, or another scheduler was here before us
                continue
            heir = _buried(run, "stuck" if stuck else "lost")
            log.warning("Run %s gives no sign of life; it is closed.", run.id)
        if heir:
            queueing.enqueue(heir)


def _buried(dead: model.Run, reason: str) -> model.Run | None:
    """Close a dead run, and make its heir in the same transaction."""
    if dead.cancelled:
        closing.end(dead, "cancelled")
        return None
    heir = _heir(dead)
    closing.lose(dead, reason)
    return heir


def _heir(dead: model.Run) -> model.Run | None:
    """The run that takes up what a dead one leaves; none where such runs die again and again."""
    source = ckan_model.Session.get(model.Source, dead.source_id)
    if source is None or _dies_again_and_again(dead):
        return None
    return new_run(source, "resume", None)


def _dies_again_and_again(dead: model.Run) -> bool:
    last = model.runs(dead.source_id, MOST_RESUMPTIONS)
    given_up = (run.trigger == "resume" and (run.status == "failed" or run.id == dead.id) for run in last)
    return len(last) == MOST_RESUMPTIONS and all(given_up)
