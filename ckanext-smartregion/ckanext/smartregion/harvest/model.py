"""What harvesting remembers: sources, their runs, what each remote item became, and what each run did to it."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.smartregion.harvest.plan import Known

LIVE = ("queued", "running")


def now() -> dt.datetime:
    """This moment, in UTC."""
    return dt.datetime.now(dt.UTC)


def _id() -> str:
    return str(uuid.uuid4())


def _moment(**options: Any) -> Any:
    return mapped_column(sa.DateTime(timezone=True), **options)


class Source(tk.BaseModel):
    """Where a harvester pulls from; `any_organization` lets it publish for every publisher it names."""

    __tablename__ = "smartregion_source"

    id: Mapped[str] = mapped_column(primary_key=True, default=_id)
    name: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str] = mapped_column(default="")
    kind: Mapped[str]
    url: Mapped[str]
    organization_id: Mapped[str] = mapped_column(sa.ForeignKey("group.id", ondelete="CASCADE"), index=True)
    schedule: Mapped[str] = mapped_column(default="")
    options: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    enabled: Mapped[bool] = mapped_column(default=False)
    any_organization: Mapped[bool] = mapped_column(default=False)
    author: Mapped[str | None]
    created: Mapped[dt.datetime] = _moment(default=now)
    next_run: Mapped[dt.datetime | None] = _moment(index=True)


class Run(tk.BaseModel):
    """One execution of a source: queued, running, then done, incomplete (the listing broke off) or failed."""

    __tablename__ = "smartregion_run"

    id: Mapped[str] = mapped_column(primary_key=True, default=_id)
    source_id: Mapped[str] = mapped_column(sa.ForeignKey("smartregion_source.id", ondelete="CASCADE"), index=True)
    status: Mapped[str] = mapped_column(default="queued")
    trigger: Mapped[str]
    author: Mapped[str | None]
    confirmed: Mapped[bool] = mapped_column(default=False)
    queued: Mapped[dt.datetime] = _moment(default=now, index=True)
    started: Mapped[dt.datetime | None] = _moment()
    heartbeat: Mapped[dt.datetime | None] = _moment()
    finished: Mapped[dt.datetime | None] = _moment()
    counts: Mapped[dict[str, int]] = mapped_column(JSONB, default=dict)
    notes: Mapped[list[dict[str, str]]] = mapped_column(JSONB, default=list)
    error: Mapped[dict[str, str] | None] = mapped_column(JSONB(none_as_null=True))


class Record(tk.BaseModel):
    """The mapping of one remote item to one dataset, with the rules that were applied to its present version."""

    __tablename__ = "smartregion_record"
    __table_args__ = (sa.UniqueConstraint("source_id", "key"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=_id)
    source_id: Mapped[str] = mapped_column(sa.ForeignKey("smartregion_source.id", ondelete="CASCADE"))
    key: Mapped[str]
    remote_id: Mapped[str]
    address: Mapped[str] = mapped_column(default="")
    package_id: Mapped[str] = mapped_column(sa.ForeignKey("package.id", ondelete="CASCADE"), index=True)
    hash: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="published")
    first_seen: Mapped[dt.datetime] = _moment(default=now)
    changed: Mapped[dt.datetime] = _moment(default=now)
    run_id: Mapped[str | None]
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)


class Outcome(tk.BaseModel):
    """What one run did to one remote item; unchanged items leave no row."""

    __tablename__ = "smartregion_outcome"

    id: Mapped[str] = mapped_column(primary_key=True, default=_id)
    run_id: Mapped[str] = mapped_column(sa.ForeignKey("smartregion_run.id", ondelete="CASCADE"), index=True)
    outcome: Mapped[str]
    remote_id: Mapped[str]
    address: Mapped[str] = mapped_column(default="")
    title: Mapped[str] = mapped_column(default="")
    package_id: Mapped[str | None] = mapped_column(sa.ForeignKey("package.id", ondelete="SET NULL"), index=True)
    moment: Mapped[dt.datetime] = _moment(default=now)
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    problem: Mapped[dict[str, str] | None] = mapped_column(JSONB(none_as_null=True))


def find_source(name_or_id: str) -> Source | None:
    """The source of this name or id."""
    match = sa.or_(Source.name == name_or_id, Source.id == name_or_id)
    return model.Session.query(Source).filter(match).first()


def sources() -> list[Source]:
    """All sources by name."""
    return model.Session.query(Source).order_by(Source.name).all()


def runs(source_id: str, limit: int = 20) -> list[Run]:
    """The last runs of a source, newest first."""
    query = model.Session.query(Run).filter_by(source_id=source_id)
    return query.order_by(Run.queued.desc()).limit(limit).all()


def live_run(source_id: str) -> Run | None:
    """The run of a source that is queued or running, if there is one."""
    query = model.Session.query(Run).filter(Run.source_id == source_id, Run.status.in_(LIVE))
    return query.order_by(Run.queued).first()


def known(source_id: str) -> dict[str, Known]:
    """Every remote item of a source that is remembered, by its key."""
    rows = model.Session.query(Record).filter_by(source_id=source_id).all()
    return {row.key: Known(row.remote_id, row.package_id, row.hash, row.state) for row in rows}


def record(source_id: str, key: str) -> Record | None:
    """The mapping of one remote item."""
    return model.Session.query(Record).filter_by(source_id=source_id, key=key).first()


def due(moment: dt.datetime) -> list[Source]:
    """The enabled sources whose time has come."""
    query = model.Session.query(Source).filter(Source.enabled, Source.next_run <= moment)
    return query.order_by(Source.next_run).all()


def claim(source: Source, following: dt.datetime | None) -> bool:
    """Move a source to its next time; true for exactly one of several schedulers that try."""
    match = (Source.id == source.id, Source.next_run == source.next_run)
    return model.Session.query(Source).filter(*match).update({"next_run": following}) == 1


def silent(since: dt.datetime) -> list[Run]:
    """Runs that say they are running and have shown no sign of life since."""
    query = model.Session.query(Run).filter(Run.status == "running", Run.heartbeat < since)
    return query.all()


def queued_before(moment: dt.datetime) -> list[Run]:
    """Runs that no worker took up."""
    return model.Session.query(Run).filter(Run.status == "queued", Run.queued < moment).all()


def count_by_state(source_id: str) -> dict[str, int]:
    """How many records of a source are published, held and withdrawn."""
    query = model.Session.query(Record.state, sa.func.count()).filter_by(source_id=source_id).group_by(Record.state)
    return {"published": 0, "held": 0, "withdrawn": 0} | dict(row._tuple() for row in query.all())


def records(source_id: str, state: str | None, *, everything: bool) -> list[Any]:
    """Records with their datasets; without `everything` only what the public sees."""
    query = model.Session.query(Record, model.Package).join(model.Package, model.Package.id == Record.package_id)
    query = query.filter(Record.source_id == source_id)
    if state:
        query = query.filter(Record.state == state)
    return _visible(query, everything=everything).order_by(model.Package.title).all()


def outcomes(run_id: str, *, everything: bool) -> list[Any]:
    """Outcomes of a run with their datasets; without `everything` only those of published ones."""
    query = model.Session.query(Outcome, model.Package)
    query = query.outerjoin(model.Package, model.Package.id == Outcome.package_id).filter(Outcome.run_id == run_id)
    return _visible(query, everything=everything).order_by(Outcome.outcome, Outcome.title).all()


def _visible(query: Any, *, everything: bool) -> Any:
    public = sa.and_(model.Package.state == "active", model.Package.private.is_(False))
    return query if everything else query.filter(public)
