"""What the feeds remember: the fragment of each public dataset, and which of them are stale.

PostgreSQL itself marks a dataset as stale, in the transaction that changes it; see the migration.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, mapped_column

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.smartregion.feeds.fragments import Fragment


class StoredFragment(tk.BaseModel):
    """A fragment as it was rendered: after which mark, and by which version of whatever makes it."""

    __tablename__ = "smartregion_fragment"

    package_id: Mapped[str] = mapped_column(primary_key=True)
    mark: Mapped[int] = mapped_column(sa.BigInteger)
    version: Mapped[str]
    own: Mapped[dict[str, str]] = mapped_column(JSONB)
    shared: Mapped[dict[str, list[str]]] = mapped_column(JSONB)
    links: Mapped[list[list[str]]] = mapped_column(JSONB)


class Stale(tk.BaseModel):
    """A dataset that was changed after its fragment was rendered; a newer change has a higher mark."""

    __tablename__ = "smartregion_stale"

    package_id: Mapped[str] = mapped_column(primary_key=True)
    mark: Mapped[int] = mapped_column(sa.BigInteger)


def public(kinds: Collection[str], *, among: Collection[str] | None = None, since: dt.datetime | None = None) -> Any:
    """A query for the ids of the datasets that everybody sees, the oldest first."""
    package = model.Package
    query = model.Session.query(package.id).filter(package.state == "active", package.private.is_(False))
    query = query.filter(package.type.in_(kinds))
    if among is not None:
        query = query.filter(package.id.in_(among))
    if since is not None:
        query = query.filter(package.metadata_modified >= since)
    # New datasets come last, so one that appears during a walk moves no other to a page already read.
    return query.order_by(package.metadata_created, package.id)


def last_change(kinds: Collection[str]) -> dt.datetime | None:
    """When a dataset that everybody sees last changed."""
    return public(kinds).order_by(None).with_entities(sa.func.max(model.Package.metadata_modified)).scalar()


def fresh(ids: Collection[str], version: str, form: str) -> dict[str, Fragment]:
    """The stored fragments of these datasets that are up to date, by id, in one serialisation."""
    stored = StoredFragment
    columns = (stored.package_id, stored.own[form].astext, stored.shared[form], stored.links)
    query = model.Session.query(*columns).outerjoin(Stale, Stale.package_id == stored.package_id)
    query = query.filter(stored.package_id.in_(ids), stored.version == version, Stale.mark.is_(None))
    return {row[0]: Fragment({form: row[1]}, {form: row[2]}, row[3]) for row in query}


def marks(ids: Collection[str]) -> dict[str, int]:
    """The marks of those of these datasets that are stale."""
    return {
        row[0]: row[1] for row in model.Session.query(Stale.package_id, Stale.mark).filter(Stale.package_id.in_(ids))
    }


def keep(rendered: Mapping[str, Fragment], seen: Mapping[str, int], version: str) -> None:
    """Store fragments that were rendered after these marks were seen; a dataset that was changed since stays stale.

    In a transaction of its own: whoever reads a feed has nothing else to commit.
    """
    if not rendered:
        return
    rows = [
        {"package_id": id, "mark": seen.get(id, 0), "version": version, **vars(each)} for id, each in rendered.items()
    ]
    change = insert(StoredFragment).values(rows)
    news = {name: change.excluded[name] for name in ("mark", "version", "own", "shared", "links")}
    change = change.on_conflict_do_update(
        index_elements=["package_id"], set_=news, where=StoredFragment.mark <= change.excluded.mark
    )
    done = sa.tuple_(Stale.package_id, Stale.mark)
    # One whose marking is not committed yet is locked, and will be stale again.
    behind = sa.select(Stale.package_id, Stale.mark).where(done.in_([*seen.items()])).with_for_update(skip_locked=True)
    with model.ensure_engine().begin() as connection:
        connection.execute(change)
        if seen:
            connection.execute(sa.delete(Stale).where(done.in_(behind)))
