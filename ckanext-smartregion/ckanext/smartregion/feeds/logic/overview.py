"""What people are told of the feeds as a whole, and of one dataset in them; a statement or two each."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

import sqlalchemy as sa

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model

from ckanext.smartregion.feeds import model
from ckanext.smartregion.feeds.model import Piece, Quality, Version

COUNTED_IN = "nt"  # every profile has each serialisation: one is enough to count


def profile_counts() -> dict[str, int]:
    """How many datasets each profile holds now."""
    query = ckan_model.Session.query(Piece.profile, sa.func.count()).select_from(Version)
    return dict(model.with_text_of(query, COUNTED_IN).filter(Version.until.is_(None)).group_by(Piece.profile).all())


def valid_counts() -> dict[str, int]:
    """How many datasets of each profile were judged to hold no violation."""
    query = model.with_text_of(model.published_qualities().with_entities(Piece.profile, sa.func.count()), COUNTED_IN)
    return dict(query.filter(Quality.violations == 0).group_by(Piece.profile).all())


def owners() -> list[str]:
    """The names of the organisations that publish something now."""
    query = ckan_model.Session.query(sa.func.unnest(Version.facets).label("facet"))
    facets = query.filter(Version.until.is_(None), Version.kind != "Delete").distinct().subquery()
    found = ckan_model.Session.query(facets.c.facet).filter(facets.c.facet.startswith("organization:"))
    return [facet.partition(":")[2] for (facet,) in found]


def daily(since: dt.datetime) -> dict[tuple[dt.date, str], int]:
    """How many changes of each kind were published on each day of the portal since a moment."""
    zone = tk.h.get_display_timezone()
    day = sa.func.date(sa.func.timezone(str(zone), Version.published))
    query = ckan_model.Session.query(day, Version.kind, sa.func.count()).filter(Version.published >= since)
    return {(day, kind): number for day, kind, number in query.group_by(day, Version.kind)}


class Past(NamedTuple):
    """What the feed said of a dataset: its newest versions, the newest first, and what it says now."""

    versions: list[Any]
    dataset: dict[str, Any]


def past(package_id: str, limit: int) -> Past | None:
    """The newest versions of a dataset that is in the feed now, each with seq, kind, published and fields.

    One statement. None for what the public log does not hold, or holds no more: what was never published has no past.
    """
    dataset = sa.case((Version.until.is_(None), Version.dataset)).label("dataset")
    query = ckan_model.Session.query(Version.seq, Version.kind, Version.published, Version.fields, dataset)
    rows = query.filter(Version.package_id == package_id).order_by(Version.seq.desc()).limit(limit).all()
    if not rows or rows[0].dataset is None:
        return None
    return Past(rows, rows[0].dataset)
