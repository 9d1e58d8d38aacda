"""The scheduler's tick: start what is due, once, however many schedulers run; take up what has died or was lost."""

from __future__ import annotations

import datetime as dt
import logging

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model

from ckanext.smartregion import config
from ckanext.smartregion.harvest import model, schedule
from ckanext.smartregion.harvest.engine import closing, queueing
from ckanext.smartregion.harvest.engine.lock import alone
from ckanext.smartregion.harvest.engine.signals import ticked

log = logging.getLogger(__name__)

# A living run says so every few seconds, and holds the lock of its source.
SILENCE = dt.timedelta(minutes=2)
LOST = dt.timedelta(minutes=5)
# A run that dies again and again at the same place is left for a person.
MOST_RESUMPTIONS = 3


def tick() -> list[str]:
    """Queue a run for every source that is due; gives their names."""
    started = []
    for source in model.due(model.now()):
        name = source.name
        following = next_run(source)
        mine = model.claim(source, following)
        ckan_model.Session.commit()
        if mine and source.approved and not model.live_run(source.id):
            queue(source, "schedule")
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


def queue(source: model.Source, trigger: str, author: str | None = None, *, confirmed: bool = False) -> model.Run:
    """Make a run and hand it to the workers."""
    run = make_run(source, trigger, author, confirmed=confirmed)
    queueing.enqueue(run)
    return run


def make_run(
    source: model.Source, trigger: str, author: str | None, *, confirmed: bool = False, why: str | None = None
) -> model.Run:
    """A run that waits to be executed."""
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
    ckan_model.Session.commit()
    return run


def _hand_over_again() -> None:
    """Runs that were put off and whose moment has come, and runs whose job got lost on the way to a worker."""
    for run in model.queued_before(model.now()):
        late = run.queued < model.now() - LOST and not tk.asbool(queueing.others_wait())
        if run.not_before or late:
            run.not_before, run.queued = None, model.now()
            ckan_model.Session.commit()
            queueing.enqueue(run)


def _bury() -> None:
    """Close runs that have shown no sign of life, and let new ones take up what they had staged."""
    for run in model.silent(model.now() - SILENCE):
        with alone(run.source_id) as dead:
            if not dead:
                continue
            closing.lose(run)
            log.warning("Run %s gives no sign of life; it is closed.", run.id)
        source = ckan_model.Session.get(model.Source, run.source_id)
        if source and not _dies_again_and_again(source):
            queue(source, "resume")


def _dies_again_and_again(source: model.Source) -> bool:
    last = model.runs(source.id, MOST_RESUMPTIONS)
    return len(last) == MOST_RESUMPTIONS and all(run.status == "failed" and run.trigger == "resume" for run in last)
