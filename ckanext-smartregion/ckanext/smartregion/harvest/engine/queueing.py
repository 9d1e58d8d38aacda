"""Runs and the workers' queue: who goes on now, who gives way, who comes to help."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from typing import Any

from redis import RedisError

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model
from ckan.lib import jobs as ckan_jobs
from ckan.lib.redis import connect_to_redis

from ckanext.smartregion import config
from ckanext.smartregion.harvest import model

log = logging.getLogger(__name__)

QUEUE = "harvest"


def enqueue(run: model.Run) -> None:
    """Hand a run to the workers; a run that is handed over twice is done once.

    Where Redis is away the run stays queued in the database: the scheduler hands it over again.
    """
    from ckanext.smartregion.harvest.jobs import execute

    try:
        tk.enqueue_job(execute, [run.id], title=f"harvest {run.id}", queue=QUEUE)
    except RedisError as error:
        log.warning("Run %s waits for Redis to come back: %s", run.id, error)


def others_wait() -> bool:
    """Whether a job waits in the queue of harvesting; where Redis is away nobody does."""
    return _asked(lambda: ckan_jobs.get_queue(QUEUE).count, 0) > 0


def waiting_runs() -> set[str] | None:
    """The runs whose jobs wait in the queue; None where Redis is away."""
    return _asked(lambda: {str(job.args[0]) for job in ckan_jobs.get_queue(QUEUE).jobs if job.args}, None)


def _asked(question: Callable[[], Any], otherwise: Any) -> Any:
    try:
        return question()
    except RedisError as error:
        log.warning("Redis does not answer: %s", error)
        return otherwise


def give_way(run: model.Run) -> None:
    """Queue a run again behind those that wait; it goes on where it stands."""
    _queue_again(run, None)
    enqueue(run)


def put_off(run: model.Run, until: dt.datetime) -> None:
    """Let a run wait for a moment; the scheduler hands it to the workers then."""
    ckan_model.Session.rollback()
    _queue_again(run, until)


def _queue_again(run: model.Run, until: dt.datetime | None) -> None:
    run.status, run.queued, run.not_before = "queued", model.now(), until
    ckan_model.Session.commit()


def call_for_help(run: model.Run) -> None:
    """Ask other workers to apply the plan of a run as well, as far as they have nothing else to do."""
    if others_wait():
        return
    queue = ckan_jobs.get_queue(QUEUE)
    workers = _asked(lambda: len(ckan_jobs.Worker.all(connection=connect_to_redis(), queue=queue)), 0)
    for _ in range(min(workers - 1, config.harvest_helpers())):
        enqueue(run)
