"""The tables of harvesting."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

import ckan.plugins.toolkit as tk

LIVE = ("queued", "running")


def now() -> dt.datetime:
    """This moment, in UTC."""
    return dt.datetime.now(dt.UTC)


def _id() -> str:
    return str(uuid.uuid4())


def _moment(**options: Any) -> Any:
    return mapped_column(sa.DateTime(timezone=True), **options)


def _json(**options: Any) -> Any:
    return mapped_column(JSONB(none_as_null=True), **options)


def _part_of(table: str, **options: Any) -> Any:
    return mapped_column(sa.ForeignKey(f"smartregion_{table}.id", ondelete="CASCADE"), **options)


class Source(tk.BaseModel):
    """Where a harvester pulls from; `any_organization` lets it publish for every publisher it names.

    `grace` is in days; of two sources that show the same dataset, the one with the lower `precedence` is nearer to its
    origin. `listed` and `fingerprint` tell when, and by which rules and options, the source was last listed to its end.
    """

    __tablename__ = "smartregion_source"

    id: Mapped[str] = mapped_column(primary_key=True, default=_id)
    name: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str] = mapped_column(default="")
    kind: Mapped[str]
    url: Mapped[str]
    organization_id: Mapped[str] = mapped_column(sa.ForeignKey("group.id", ondelete="CASCADE"), index=True)
    schedule: Mapped[str] = mapped_column(default="")
    zone: Mapped[str] = mapped_column(default="Europe/Brussels")
    options: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    enabled: Mapped[bool] = mapped_column(default=False)
    paused: Mapped[bool] = mapped_column(default=False)
    any_organization: Mapped[bool] = mapped_column(default=False)
    approved: Mapped[dt.datetime | None] = _moment()
    approved_by: Mapped[str | None]
    grace: Mapped[int] = mapped_column(default=7)
    precedence: Mapped[int] = mapped_column(default=50)
    credentials: Mapped[str | None]
    author: Mapped[str | None]
    created: Mapped[dt.datetime] = _moment(default=now)
    next_run: Mapped[dt.datetime | None] = _moment(index=True)
    listed: Mapped[dt.datetime | None] = _moment()
    fingerprint: Mapped[str] = mapped_column(default="")


class Run(tk.BaseModel):
    """One execution of a source.

    queued, running, then done, incomplete (the listing broke off), asking (many withdrawals wait for a person), failed
    or cancelled. `stage` and `cursor` say where it stands: listing, applying, closing; there it is taken up.
    """

    __tablename__ = "smartregion_run"

    id: Mapped[str] = mapped_column(primary_key=True, default=_id)
    source_id: Mapped[str] = _part_of("source", index=True)
    status: Mapped[str] = mapped_column(default="queued")
    stage: Mapped[str] = mapped_column(default="listing")
    trigger: Mapped[str]
    author: Mapped[str | None]
    confirmed: Mapped[bool] = mapped_column(default=False)
    confirmed_by: Mapped[str | None]
    confirmed_why: Mapped[str | None]
    cancelled: Mapped[bool] = mapped_column(default=False)
    queued: Mapped[dt.datetime] = _moment(default=now, index=True)
    not_before: Mapped[dt.datetime | None] = _moment()
    started: Mapped[dt.datetime | None] = _moment()
    heartbeat: Mapped[dt.datetime | None] = _moment()
    finished: Mapped[dt.datetime | None] = _moment()
    cursor: Mapped[dict[str, Any] | None] = _json()
    pages: Mapped[int] = mapped_column(default=0)
    listed: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    unchanged: Mapped[int] = mapped_column(default=0)
    fingerprint: Mapped[str] = mapped_column(default="")
    counts: Mapped[dict[str, int]] = mapped_column(JSONB, default=dict)
    tally: Mapped[dict[str, dict[str, int]]] = mapped_column(JSONB, default=dict)
    notes: Mapped[list[dict[str, str]]] = mapped_column(JSONB, default=list)
    error: Mapped[dict[str, str] | None] = _json()


class Record(tk.BaseModel):
    """The mapping of one remote item to one dataset, with the rules that were applied to its present version.

    `state` is published, held, withdrawn, or linked (a copy of a dataset that comes from nearer its origin). `hash` is
    that of the candidate, `raw_hash` that of what the far end sent. `sameness` holds what the same dataset from
    another source would share: see sameness.py.
    """

    __tablename__ = "smartregion_record"
    __table_args__ = (sa.UniqueConstraint("source_id", "key"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=_id)
    source_id: Mapped[str] = _part_of("source")
    key: Mapped[str]
    remote_id: Mapped[str]
    address: Mapped[str] = mapped_column(default="")
    package_id: Mapped[str] = mapped_column(sa.ForeignKey("package.id", ondelete="CASCADE"), index=True)
    hash: Mapped[str] = mapped_column(default="")
    raw_hash: Mapped[str] = mapped_column(default="")
    fingerprint: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="published")
    sameness: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), default=list)
    first_seen: Mapped[dt.datetime] = _moment(default=now)
    changed: Mapped[dt.datetime] = _moment(default=now)
    missing_since: Mapped[dt.datetime | None] = _moment()
    run_id: Mapped[str | None]
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)

    @classmethod
    def of(cls, source_id: str, key: str, remote_id: str, package_id: str) -> Record:
        """A new mapping, which has its id before it is stored."""
        return cls(id=_id(), source_id=source_id, key=key, remote_id=remote_id, package_id=package_id)


class Outcome(tk.BaseModel):
    """What one run did to one remote item, and the version it saw; unchanged items leave no row.

    `raw` is what the far end sent and `dataset` the candidate; both are kept for the last versions of a record only.
    """

    __tablename__ = "smartregion_outcome"

    id: Mapped[str] = mapped_column(primary_key=True, default=_id)
    run_id: Mapped[str] = _part_of("run", index=True)
    record_id: Mapped[str | None] = _part_of("record", index=True)
    outcome: Mapped[str]
    remote_id: Mapped[str]
    address: Mapped[str] = mapped_column(default="")
    title: Mapped[str] = mapped_column(default="")
    package_id: Mapped[str | None] = mapped_column(sa.ForeignKey("package.id", ondelete="SET NULL"), index=True)
    moment: Mapped[dt.datetime] = _moment(default=now)
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    problem: Mapped[dict[str, str] | None] = _json()
    raw: Mapped[dict[str, Any] | None] = _json()
    dataset: Mapped[dict[str, Any] | None] = _json()


class StagedPage(tk.BaseModel):
    """One page of a listing: of the run under way, and of the last complete one, which the next run remembers.

    `keys` names whom it named, as often as it did; `left_out` those of them whom the source's options leave out.
    """

    __tablename__ = "smartregion_page"

    run_id: Mapped[str] = _part_of("run", primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[str] = _part_of("source", index=True)
    place: Mapped[str]
    next: Mapped[dict[str, Any] | None] = _json()
    total: Mapped[int | None]
    keys: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    left_out: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), default=list, server_default="{}")
    said: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)


class StagedStep(tk.BaseModel):
    """One step of the plan of a run under way: todo, asked (of a person), written (not yet indexed), done, failed."""

    __tablename__ = "smartregion_step"
    __table_args__ = (sa.Index("smartregion_step_turn", "run_id", "state", "position"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=_id)
    run_id: Mapped[str] = _part_of("run")
    position: Mapped[int]
    state: Mapped[str] = mapped_column(default="todo")
    package_id: Mapped[str | None]
    step: Mapped[dict[str, Any]] = mapped_column(JSONB)


class Edit(tk.BaseModel):
    """A field of a harvested dataset that a person wrote: it stays theirs until they give it back."""

    __tablename__ = "smartregion_edit"

    package_id: Mapped[str] = mapped_column(sa.ForeignKey("package.id", ondelete="CASCADE"), primary_key=True)
    field: Mapped[str] = mapped_column(primary_key=True)
    author: Mapped[str | None]
    moment: Mapped[dt.datetime] = _moment(default=now)
