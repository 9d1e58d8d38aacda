"""Find sources."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from ckan import model

from ckanext.smartregion.harvest.model.tables import Edit, Record, Source


def find_source(name_or_id: str) -> Source | None:
    """The source of this name or id."""
    match = sa.or_(Source.name == name_or_id, Source.id == name_or_id)
    return model.Session.query(Source).filter(match).first()


def sources(state: str | None = None, kind: str | None = None, text: str | None = None) -> list[Source]:
    """All sources by name, or those in a state (see STATES), of a kind, with a text in what people read."""
    query = model.Session.query(Source)
    if state:
        query = query.filter(_in_state(state))
    if kind:
        query = query.filter(Source.kind == kind)
    if text:
        owner = sa.select(model.Group.id).where(says(text, model.Group.title, model.Group.name))
        said = says(text, Source.name, Source.title, Source.url)
        query = query.filter(sa.or_(said, Source.organization_id.in_(owner)))
    return query.order_by(Source.name).all()


# Whether a source is pulled: it is on, rests, waits for the steward's approval, or is off.
STATES = ("on", "resting", "waits", "off")


def state_of(source: Source) -> str:
    """The one of the states that a source is in."""
    if not source.approved:
        return "waits"
    if not source.enabled:
        return "off"
    return "resting" if source.paused else "on"


def _in_state(state: str) -> Any:
    """The same as a condition of a query."""
    approved = Source.approved.isnot(None)
    return {
        "waits": ~approved,
        "off": sa.and_(approved, ~Source.enabled),
        "resting": sa.and_(approved, Source.enabled, Source.paused),
        "on": sa.and_(approved, Source.enabled, ~Source.paused),
    }.get(state, sa.false())


def says(text: str, *columns: Any) -> Any:
    """Whether one of the columns has a text in it, whatever the case."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return sa.or_(*(column.ilike(f"%{escaped}%") for column in columns))


def owners(sources: Iterable[Source]) -> dict[str, model.Group]:
    """The organisations of sources, by their id."""
    wanted = {source.organization_id for source in sources}
    return {group.id: group for group in model.Session.query(model.Group).filter(model.Group.id.in_(wanted))}


def provenance(package_id: str) -> Any:
    """Where a dataset comes from: its record, its source, and how many of its fields people wrote; None if nowhere."""
    written = sa.select(sa.func.count()).select_from(Edit).where(Edit.package_id == package_id).scalar_subquery()
    query = model.Session.query(Record, Source, written).join(Source, Source.id == Record.source_id)
    query = query.filter(Record.package_id == package_id, Record.state != "linked")
    return query.order_by(Record.state == "withdrawn", Record.first_seen).first()


def due(moment: dt.datetime) -> list[Source]:
    """The enabled sources whose time has come."""
    query = model.Session.query(Source).filter(Source.enabled, ~Source.paused, Source.next_run <= moment)
    return query.order_by(Source.next_run).all()


def claim(source: Source, following: dt.datetime | None) -> bool:
    """Move a source to its next time; true for exactly one of several schedulers that try."""
    match = (Source.id == source.id, Source.next_run == source.next_run)
    return model.Session.query(Source).filter(*match).update({"next_run": following}) == 1
