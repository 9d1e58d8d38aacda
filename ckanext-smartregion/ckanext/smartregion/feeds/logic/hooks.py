"""Webhooks as their owners deal with them: made, shown, paused, resumed, tried."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model

from ckanext.smartregion import config, interface, sealing
from ckanext.smartregion.feeds import model
from ckanext.smartregion.feeds.logic import asking, delivering
from ckanext.smartregion.feeds.problems import Problem
from ckanext.smartregion.feeds.webhooks import signing
from ckanext.smartregion.feeds.webhooks.model import ACTIVE, Webhook, now, of
from ckanext.smartregion.fetch import FetchError
from ckanext.smartregion.fetch.address import endpoint, resolve, split

NARROWING = (*asking.FILTERS, "hvd")
MOST = 20  # of one person
LONGEST = 2000  # characters of an address
LOOK_UP = 3.0  # seconds


def make(user: ckan_model.User, data: Mapping[str, Any]) -> tuple[Webhook, str]:
    """A new webhook, told of what changes from now on, and its secret, which nobody reads again.

    :raises tk.ValidationError: when the address can't be called, a filter can't be read, or there are too many
    """
    address = str(data.get("address") or "").strip()
    _check(address)
    try:
        facets = asking.facets_in({name: str(data[name]) for name in NARROWING if data.get(name)})
    except Problem as problem:
        raise tk.ValidationError({problem.parameter: [problem.detail]}) from problem
    if len(of(user.id, ())) >= MOST:
        message = tk._("You have %(most)s webhooks already. Delete one first.") % {"most": MOST}
        raise tk.ValidationError({"address": [message]})
    owner = ckan_model.Group.get(data["owner_org"]) if data.get("owner_org") else None
    secret = signing.new_secret()
    webhook = Webhook(
        user_id=user.id,
        organization_id=owner.id if owner else None,
        address=address,
        secret=sealing.seal(delivering.PURPOSE, secret),
        facets=facets,
        language=interface.language(),
        cursor=model.latest(),
    )
    ckan_model.Session.add(webhook)
    ckan_model.Session.commit()
    return webhook, secret


def shown(webhook: Webhook) -> dict[str, Any]:
    """A webhook as its owner sees it, without its secret."""
    person, owner = (
        each.get(id) if id else None
        for each, id in ((ckan_model.User, webhook.user_id), (ckan_model.Group, webhook.organization_id))
    )
    return {
        "id": webhook.id,
        "address": webhook.address,
        "user": person.name if person else None,
        "owner_org": owner.name if owner else None,
        "filters": webhook.facets,
        "state": webhook.state,
        "created": _written(webhook.created),
        "told_up_to": webhook.cursor,
        "waiting": max(0, model.latest() - webhook.cursor),
        "delivered": _written(webhook.delivered),
        "failures": webhook.failures,
        "next_attempt": _written(webhook.next_attempt) if webhook.state == ACTIVE and webhook.failures else None,
        "reason": webhook.reason,
    }


def begin_again(webhook: Webhook) -> None:
    """Deliver again, at once and with all patience."""
    webhook.state, webhook.failures, webhook.reason = ACTIVE, 0, None
    webhook.next_attempt, webhook.told = now(), False
    ckan_model.Session.commit()


def tried(webhook: Webhook) -> dict[str, Any]:
    """How a message that says nothing fared just now."""
    failure = delivering.send(webhook.address, webhook.secret, signing.trial(webhook.id, _written(now()) or ""))
    return {"delivered": failure is None, "reason": failure.texts if failure else None}


def _check(address: str) -> None:
    """The rules of every address that we call; each delivery looks again."""
    try:
        parts = split(address[: LONGEST + 1])
        if len(address) > LONGEST:
            raise FetchError("scheme", url=address[:100])
        host, port = endpoint(parts)
        resolve(host, port, config.fetch_allow_private(), seconds=LOOK_UP)
    except FetchError as error:
        raise tk.ValidationError({"address": [error.text(interface.language())]}) from error


def _written(moment: dt.datetime | None) -> str | None:
    return moment.astimezone(dt.UTC).isoformat() if moment else None
