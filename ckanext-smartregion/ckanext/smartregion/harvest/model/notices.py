"""What there is to tell people: notices, who has read them, what was told of each source last, whose mail went out."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, mapped_column

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.smartregion.harvest.model.tables import Source, now

SOURCE = "smartregion_source.id"


def _moment(**options: Any) -> Any:
    return mapped_column(sa.DateTime(timezone=True), **options)


def _of(address: str, **options: Any) -> Any:
    return mapped_column(sa.ForeignKey(address, ondelete="CASCADE"), **options)


class Notice(tk.BaseModel):
    """What changed at a source, or about a dataset, told to the people of its organisation and to the steward."""

    __tablename__ = "smartregion_notice"

    id: Mapped[str] = mapped_column(primary_key=True, default=lambda: str(uuid.uuid4()))
    source_id: Mapped[str | None] = _of(SOURCE, index=True)
    package_id: Mapped[str | None] = _of("package.id", index=True)
    organization_id: Mapped[str] = _of("group.id", index=True)
    kind: Mapped[str]
    texts: Mapped[dict[str, str]] = mapped_column(JSONB)
    run_id: Mapped[str | None]
    moment: Mapped[dt.datetime] = _moment(default=now, index=True)


class Reading(tk.BaseModel):
    """A notice that a person has read."""

    __tablename__ = "smartregion_notice_reading"

    notice_id: Mapped[str] = _of("smartregion_notice.id", primary_key=True)
    user_id: Mapped[str] = _of("user.id", primary_key=True, index=True)
    moment: Mapped[dt.datetime] = _moment(default=now)


class Told(tk.BaseModel):
    """What was told of a source last; see condition.Memory. `since` is the moment of its last change of state."""

    __tablename__ = "smartregion_told"

    source_id: Mapped[str] = _of(SOURCE, primary_key=True)
    state: Mapped[str] = mapped_column(default="well")
    cause: Mapped[str] = mapped_column(default="well")
    held: Mapped[int] = mapped_column(default=0)
    published: Mapped[bool] = mapped_column(default=False)
    asked: Mapped[str | None]
    since: Mapped[dt.datetime] = _moment(default=now)


class Digest(tk.BaseModel):
    """How far a person's mails have told the notices, and how often the mail of a round could not be sent."""

    __tablename__ = "smartregion_digest"

    user_id: Mapped[str] = _of("user.id", primary_key=True)
    upto: Mapped[dt.datetime | None] = _moment()
    round: Mapped[dt.datetime | None] = _moment()
    tries: Mapped[int] = mapped_column(default=0)
    tried: Mapped[dt.datetime | None] = _moment()


def notices(
    organizations: Collection[str] | None,
    user_id: str,
    *,
    after: dt.datetime | None = None,
    upto: dt.datetime | None = None,
    unread: bool = False,
) -> Any:
    """A query for notices with their source or their dataset, and when the person read them, newest first.

    ``organizations`` None stands for all.
    """
    package: Any = model.Package
    query = model.Session.query(Notice, Source, package, Reading.moment)
    query = query.outerjoin(Source, Source.id == Notice.source_id).outerjoin(package, package.id == Notice.package_id)
    mine = sa.and_(Reading.notice_id == Notice.id, Reading.user_id == user_id)
    query = query.outerjoin(Reading, mine)
    if organizations is not None:
        query = query.filter(Notice.organization_id.in_(list(organizations)))
    if after is not None:
        query = query.filter(Notice.moment > after)
    if upto is not None:
        query = query.filter(Notice.moment <= upto)
    if unread:
        query = query.filter(Reading.moment.is_(None))
    return query.order_by(Notice.moment.desc(), Notice.id)


def mark_read(notice_ids: Collection[str], user_id: str) -> int:
    """Remember that a person has read notices; gives how many were new to them."""
    if not notice_ids:
        return 0
    rows = [{"notice_id": each, "user_id": user_id, "moment": now()} for each in notice_ids]
    statement = insert(Reading).values(rows).on_conflict_do_nothing().returning(Reading.notice_id)
    return len(model.Session.execute(statement).all())


def forget(before: dt.datetime) -> None:
    """Forget notices that are old."""
    model.Session.execute(sa.delete(Notice).where(Notice.moment < before))
