"""Delivering: webhooks are told of changes, some at once, each within its time, by one process at a time.

Whoever delivers takes webhooks that are due by a lease and talks to them beside the turns of `following`, which wait
for a quarter of a second at most: neither publishing nor other webhooks wait for one that is slow.
"""

from __future__ import annotations

import datetime as dt
import logging
import random
import time
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from ckan import model as ckan_model

from ckanext.smartregion import config, outgoing, sealing
from ckanext.smartregion.feeds import model
from ckanext.smartregion.feeds.changes import plain
from ckanext.smartregion.feeds.logic import changing
from ckanext.smartregion.feeds.webhooks import patience, signing
from ckanext.smartregion.feeds.webhooks.model import ACTIVE, DEAD, Webhook, now
from ckanext.smartregion.feeds.webhooks.signing import Message
from ckanext.smartregion.fetch import FetchError

log = logging.getLogger(__name__)

PURPOSE = b"smartregion: secrets of webhooks"
WORKERS = 8
BUDGET = 0.25  # seconds that a turn waits for deliveries
BATCH = 100  # changes in a message
ANSWER = 64 * 1024  # bytes of an answer that are read
UNREADABLE = {
    "fr": "Le secret ne peut plus être ouvert : supprimez ce webhook et créez-en un autre.",
    "nl": "Het geheim kan niet meer worden geopend: verwijder deze webhook en maak een nieuwe.",
    "de": "Das Geheimnis lässt sich nicht mehr öffnen: Löschen Sie diesen Webhook und legen Sie einen neuen an.",
    "en": "The secret can't be opened any more: delete this webhook and make a new one.",
}

_pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="webhook")
_running: set[Future[None]] = set()


@dataclass(frozen=True)
class Delivery:
    """A message on its way to a webhook, held until ``lease``."""

    webhook: str
    address: str
    secret: str
    failures: int
    message: Message
    upto: int
    lease: dt.datetime


@dataclass(frozen=True)
class Failure:
    """Why a message did not arrive, in four languages; ``counts`` where it was the far end's doing."""

    texts: dict[str, str]
    status: int | None = None
    asked: float | None = None
    counts: bool = True


def deliver(budget: float = BUDGET) -> int:
    """Begin what is due and wait a moment for it; how many deliveries ended, well or not."""
    for delivery in _claim(WORKERS - len(_running)):
        _running.add(_pool.submit(_carry_out, delivery))
    done, _ = wait(_running, budget)
    _running.difference_update(done)
    return len(done)


def send(address: str, sealed: str, message: Message) -> Failure | None:
    """Send a message; None when it arrived."""
    seconds = config.feeds_webhook_seconds()
    limits = {"connect": min(5, seconds), "read": seconds, "total": seconds, "longest_wait": seconds}
    try:
        secret = sealing.unseal(PURPOSE, sealed)
        client = outgoing.client(attempts=1, max_bytes=ANSWER, **limits)
        client.post(address, message.body, message.headers(secret, int(time.time())))
    except sealing.SealedError:
        return Failure(UNREADABLE)
    except FetchError as error:
        if error.kind in ("too-large", "encoding"):  # who answers at length has received it
            return None
        waits = error.kind == "resting" and error.status is None
        asked = (error.until - now()).total_seconds() if error.until else error.facts.get("retry_after")
        return Failure(error.texts, error.status, asked, counts=not waits)
    return None


def _claim(limit: int) -> list[Delivery]:
    """Take webhooks that are due; who has nothing to be told is passed over, and their cursor moved on."""
    if limit < 1:
        return []
    newest, moment = model.latest(), now()
    lease = moment + dt.timedelta(seconds=3 * config.feeds_webhook_seconds() + 30)
    free = sa.or_(Webhook.held_until.is_(None), Webhook.held_until < moment)
    due = ckan_model.Session.query(Webhook).filter(
        Webhook.state == ACTIVE, Webhook.next_attempt <= moment, Webhook.cursor < newest, free
    )
    found = (
        due.order_by(Webhook.next_attempt, Webhook.id)
        .limit(limit)
        .populate_existing()
        .with_for_update(skip_locked=True)
        .all()
    )
    deliveries = [delivery for webhook in found if (delivery := _prepared(webhook, newest, lease))]
    ckan_model.Session.commit()
    return deliveries


def _prepared(webhook: Webhook, newest: int, lease: dt.datetime) -> Delivery | None:
    oldest = model.oldest()
    complete = webhook.cursor >= oldest
    if not complete:
        webhook.cursor, webhook.upto = oldest, None
    changes, upto = changing.read_on(webhook.cursor, webhook.upto or newest, tuple(webhook.facets), BATCH)
    if not changes:
        webhook.cursor, webhook.upto = upto, None
        return None
    webhook.upto, webhook.held_until = upto, lease
    at = changing.addresses()
    told = [plain.as_json(at, change) for change in changes]
    facts = {"after": webhook.cursor, "following": plain.after(at, upto), "complete": complete}
    message = signing.changed(webhook.id, told, **facts)
    return Delivery(webhook.id, webhook.address, webhook.secret, webhook.failures, message, upto, lease)


def _carry_out(delivery: Delivery) -> None:
    """In a thread of its own, with a connection of its own."""
    try:
        failure = send(delivery.address, delivery.secret, delivery.message)
        _note(delivery, failure)
    except Exception:
        log.exception("A delivery to the webhook %s broke off; it is taken up again.", delivery.webhook)


def _note(delivery: Delivery, failure: Failure | None) -> None:
    """Remember how it went, unless the lease ended and another one took it over."""
    mine = (Webhook.id == delivery.webhook, Webhook.held_until == delivery.lease)
    values = _outcome(delivery, failure)
    if values.get("state") == DEAD:
        values["state"] = sa.case((Webhook.state == ACTIVE, DEAD), else_=Webhook.state)
    with ckan_model.ensure_engine().begin() as connection:
        connection.execute(sa.update(Webhook).where(*mine).values(held_until=None, **values))


def _outcome(delivery: Delivery, failure: Failure | None) -> dict[str, Any]:
    if failure is None:
        arrived = {"cursor": delivery.upto, "upto": None, "delivered": now()}
        return {**arrived, "failures": 0, "reason": None, "next_attempt": now()}
    if not failure.counts:
        return {"next_attempt": now() + dt.timedelta(seconds=max(1.0, failure.asked or 1.0))}
    failures = delivery.failures + 1
    gone = failure.status == patience.GONE or failures >= config.feeds_webhook_failures()
    seconds = patience.wait(failures, random.random(), failure.asked)  # noqa: S311 - no secret
    again = {"failures": failures, "reason": failure.texts, "next_attempt": now() + dt.timedelta(seconds=seconds)}
    return {**again, "state": DEAD, "told": False, "next_attempt": now()} if gone else again
