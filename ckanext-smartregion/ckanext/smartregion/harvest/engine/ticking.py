"""The scheduler's tick: start what is due, once, however many schedulers run; close what has died."""

from __future__ import annotations

import datetime as dt
import logging

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model

from ckanext.smartregion import config
from ckanext.smartregion.harvest import model, schedule
from ckanext.smartregion.harvest.engine.lock import alone
from ckanext.smartregion.harvest.jobs import execute
from ckanext.smartregion.harvest.sentences import say

log = logging.getLogger(__name__)

QUEUE = "harvest"
SILENCE = dt.timedelta(minutes=10)


def tick() -> list[str]:
    """Queue a run for every source that is due; gives their names."""
    started = []
    for source in model.due(model.now()):
        name = source.name
        following = next_run(source)
        mine = model.claim(source, following)
        ckan_model.Session.commit()
        if mine and not model.live_run(source.id):
            queue(source, "schedule")
            started.append(name)
    _bury()
    return started


def next_run(source: model.Source) -> dt.datetime | None:
    """When a source is due next; never while it is switched off."""
    if not source.enabled or not source.schedule:
        return None
    return schedule.following(source.schedule, source.name, model.now(), config.harvest_jitter())[0]


def queue(source: model.Source, trigger: str, author: str | None = None, *, confirmed: bool = False) -> model.Run:
    """Make a run and hand it to the workers."""
    run = make_run(source, trigger, author, confirmed=confirmed)
    tk.enqueue_job(execute, [run.id], title=f"harvest {source.name}", queue=QUEUE)
    return run


def make_run(source: model.Source, trigger: str, author: str | None, *, confirmed: bool) -> model.Run:
    """A run that waits to be executed."""
    run = model.Run(source_id=source.id, trigger=trigger, author=author, confirmed=confirmed, counts={}, notes=[])
    ckan_model.Session.add(run)
    ckan_model.Session.commit()
    return run


def _bury() -> None:
    """Close runs that have shown no sign of life for ten minutes, and runs that no worker took up in a day."""
    forgotten = model.queued_before(model.now() - dt.timedelta(days=1))
    for run in [*model.silent(model.now() - SILENCE), *forgotten]:
        with alone(run.source_id) as dead:
            if dead:
                run.status, run.error, run.finished = "failed", say("lost"), model.now()
                ckan_model.Session.commit()
                log.warning("Run %s gives no sign of life; it is closed.", run.id)
