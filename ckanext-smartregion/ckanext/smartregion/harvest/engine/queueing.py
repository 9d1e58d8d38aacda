"""Runs and the workers' queue: who goes on now, who gives way, who comes to help."""

from __future__ import annotations

import datetime as dt

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model
from ckan.lib import jobs as ckan_jobs
from ckan.lib.redis import connect_to_redis

from ckanext.smartregion import config
from ckanext.smartregion.harvest import model

QUEUE = "harvest"


def enqueue(run: model.Run) -> None:
    """Hand a run to the workers; a run that is handed over twice is done once."""
    from ckanext.smartregion.harvest.jobs import execute

    tk.enqueue_job(execute, [run.id], title=f"harvest {run.id}", queue=QUEUE)


def others_wait() -> bool:
    """Whether a job waits in the queue of harvesting."""
    return ckan_jobs.get_queue(QUEUE).count > 0


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
    workers = len(ckan_jobs.Worker.all(connection=connect_to_redis(), queue=ckan_jobs.get_queue(QUEUE)))
    for _ in range(min(workers - 1, config.harvest_helpers())):
        enqueue(run)
