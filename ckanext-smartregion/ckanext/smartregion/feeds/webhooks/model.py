"""What is remembered of webhooks."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

import ckan.plugins.toolkit as tk
from ckan import model

ACTIVE, PAUSED, DEAD = "active", "paused", "dead"
MOMENT = sa.DateTime(timezone=True)


def now() -> dt.datetime:
    """This moment, in UTC."""
    return dt.datetime.now(dt.UTC)


class Webhook(tk.BaseModel):
    """Who is told of which changes, up to which one they were told, and how the deliveries go.

    ``upto`` ends the message that is under way: until it has arrived, the same message is sent again. Whoever delivers
    holds the webhook until ``held_until``; a delivery that dies is taken up by another one then.
    """

    __tablename__ = "smartregion_feed_webhook"

    id: Mapped[str] = mapped_column(primary_key=True, default=lambda: str(uuid.uuid4()))
    user_id: Mapped[str]
    organization_id: Mapped[str | None]
    address: Mapped[str]
    secret: Mapped[str]
    facets: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    language: Mapped[str]
    created: Mapped[dt.datetime] = mapped_column(MOMENT, default=now)
    state: Mapped[str] = mapped_column(default=ACTIVE)
    cursor: Mapped[int] = mapped_column(sa.BigInteger)
    upto: Mapped[int | None] = mapped_column(sa.BigInteger)
    failures: Mapped[int] = mapped_column(default=0)
    next_attempt: Mapped[dt.datetime] = mapped_column(MOMENT, default=now)
    held_until: Mapped[dt.datetime | None] = mapped_column(MOMENT)
    delivered: Mapped[dt.datetime | None] = mapped_column(MOMENT)
    reason: Mapped[dict[str, str] | None] = mapped_column(JSONB(none_as_null=True))
    told: Mapped[bool] = mapped_column(default=False)


def find(id: str) -> Webhook | None:
    """A webhook by its id."""
    return model.Session.get(Webhook, id)


def of(user_id: str, organizations: Collection[str]) -> list[Webhook]:
    """The webhooks of a person and of these organisations, the oldest first."""
    mine = sa.or_(Webhook.user_id == user_id, Webhook.organization_id.in_(organizations))
    return model.Session.query(Webhook).filter(mine).order_by(Webhook.created, Webhook.id).all()


def every() -> list[Webhook]:
    """All webhooks, the oldest first."""
    return model.Session.query(Webhook).order_by(Webhook.created, Webhook.id).all()
