"""The last stage of a run: the index is completed, the counts are made, what was staged is kept or forgotten."""

from __future__ import annotations

import datetime as dt
import time

import sqlalchemy as sa

from ckan import model as ckan_model

from ckanext.smartregion import config, deferred
from ckanext.smartregion.harvest import model
from ckanext.smartregion.harvest.engine import aging, doubles, indexing
from ckanext.smartregion.harvest.engine.listing import broken
from ckanext.smartregion.harvest.engine.lock import still_ours
from ckanext.smartregion.harvest.engine.pulse import Pulse
from ckanext.smartregion.harvest.engine.signals import run_closed
from ckanext.smartregion.harvest.model import staging
from ckanext.smartregion.harvest.sentences import say
from ckanext.smartregion.harvest.walking import identity

OUTCOMES = ("created", "updated", "unchanged", "withdrawn", "held", "failed", "linked", "missing")


def close(source: model.Source, run: model.Run, pulse: Pulse) -> None:
    """End a run whose steps are all taken; waits for those that another worker is at."""
    _wait_for_others(run, pulse)
    # Of an earlier run as well, which ended before it came to its index and was not taken up.
    ids = staging.written(source.id)
    if ids:
        indexing.index(ids)
        for package_id in ids:
            deferred.LEFT_BEHIND.send(package_id)
    if ids or staging.waiting(run.id, "done"):
        indexing.commit()
    staging.mark_written(source.id)
    status = _status(run)
    still_ours(run)
    _remember_listing(source, run)
    doubles.part(source, run)
    if broken(run) is None:
        aging.look(source, run)
    staging.trim_versions(run.id, config.harvest_versions())
    staging.trim_runs(source.id, model.now() - dt.timedelta(days=config.harvest_history()))
    end(run, status, broken(run))


def end(run: model.Run, status: str, error: dict[str, str] | None = None) -> None:
    """Close a run with its counts."""
    run.counts = counts(run)
    run.status, run.error, run.finished = status, error, model.now()
    if status not in ("failed", "cancelled"):
        run.stage = "closed"
    ckan_model.Session.commit()
    run_closed.send(run.source_id)


def counts(run: model.Run, found: dict[str, int] | None = None) -> dict[str, int]:
    """What a run has done so far, by outcome; `found` are its outcomes where they are counted already."""
    found = staging.counted(run.id) if found is None else found
    return {name: found.get(name, 0) + (run.unchanged if name == "unchanged" else 0) for name in OUTCOMES}


def _wait_for_others(run: model.Run, pulse: Pulse) -> None:
    while staging.waiting(run.id):
        ckan_model.Session.rollback()
        time.sleep(0.05)
        pulse.beat()
        if staging.claim_steps(run.id, 1):  # the other worker has died: its steps are free again
            ckan_model.Session.rollback()
            raise LeftOverError
    ckan_model.Session.rollback()


class LeftOverError(Exception):
    """Steps that another worker had taken are to be done after all."""


def _status(run: model.Run) -> str:
    if staging.waiting(run.id, "asked"):
        return "asking"
    if broken(run) is None:
        return "done"
    return "incomplete" if run.pages else "failed"


def _remember_listing(source: model.Source, run: model.Run) -> None:
    """After a complete listing its pages are what the next one is compared with; what failed is asked for again."""
    complete = broken(run) is None
    if complete:
        staging.drop_others(run)
        failed = [identity(remote_id) for remote_id in staging.failed_keys(run.id)]
        staging.doubt(run.id, failed)
        source.listed = run.started
        source.fingerprint = "" if failed else run.fingerprint
        former = sa.update(model.Run).where(model.Run.source_id == source.id, model.Run.status == "asking")
        ckan_model.Session.execute(former.where(model.Run.id != run.id).values(status="done"))
    staging.drop(run.id, keep_pages=complete)


def lose(run: model.Run, reason: str = "lost") -> None:
    """Close a run whose process is gone; what it had staged is kept for the run that takes it up."""
    end(run, "failed", say(reason))
