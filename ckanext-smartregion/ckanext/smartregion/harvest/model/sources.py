"""Find sources."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from ckan import model

from ckanext.smartregion.harvest.model.tables import Source


def find_source(name_or_id: str) -> Source | None:
    """The source of this name or id."""
    match = sa.or_(Source.name == name_or_id, Source.id == name_or_id)
    return model.Session.query(Source).filter(match).first()


def sources() -> list[Source]:
    """All sources by name."""
    return model.Session.query(Source).order_by(Source.name).all()


def due(moment: dt.datetime) -> list[Source]:
    """The enabled sources whose time has come."""
    query = model.Session.query(Source).filter(Source.enabled, ~Source.paused, Source.next_run <= moment)
    return query.order_by(Source.next_run).all()


def claim(source: Source, following: dt.datetime | None) -> bool:
    """Move a source to its next time; true for exactly one of several schedulers that try."""
    match = (Source.id == source.id, Source.next_run == source.next_run)
    return model.Session.query(Source).filter(*match).update({"next_run": following}) == 1
