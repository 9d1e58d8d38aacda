"""Find runs."""

from __future__ import annotations

import datetime as dt

from ckan import model

from ckanext.smartregion.harvest.model.tables import LIVE, Run


def runs(source_id: str | None, limit: int = 20) -> list[Run]:
    """The last runs of a source, or of all sources, newest first."""
    query = model.Session.query(Run)
    if source_id is not None:
        query = query.filter_by(source_id=source_id)
    return query.order_by(Run.queued.desc()).limit(limit).all()


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
