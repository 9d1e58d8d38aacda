"""Whose webhook was given up is told so by mail, once; who gets no mails reads it on the page of the webhooks."""

from __future__ import annotations

import datetime as dt
import json
import logging
from pathlib import Path

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model
from ckan.lib import mailer

from ckanext.smartregion import config
from ckanext.smartregion.feeds import webhooks
from ckanext.smartregion.feeds.logic import changing
from ckanext.smartregion.feeds.webhooks.model import DEAD, Webhook, now

log = logging.getLogger(__name__)

LETTER = json.loads(Path(webhooks.__file__).with_name("letter.json").read_text("utf-8"))
AGAIN = dt.timedelta(minutes=15)
MOST = 5  # mails in one turn


def tell() -> int:
    """Send what is due; how many were told. A mail that can't be sent is tried again later."""
    due = ckan_model.Session.query(Webhook).filter(
        Webhook.state == DEAD, Webhook.told.is_(False), Webhook.next_attempt <= now()
    )
    found = due.order_by(Webhook.next_attempt).limit(MOST).populate_existing().with_for_update(skip_locked=True).all()
    told = 0
    for webhook in found:
        webhook.told = _told(webhook)
        told += webhook.told
        webhook.next_attempt = now() + AGAIN
    ckan_model.Session.commit()
    return told


def _told(webhook: Webhook) -> bool:
    person = ckan_model.User.get(webhook.user_id)
    possible = tk.config["smtp.server"] and tk.config.get("smtp.mail_from")
    if not possible or person is None or person.state != "active" or not person.email:
        return True
    language = webhook.language if webhook.language in LETTER["text"] else "fr"
    facts = {
        "name": person.display_name,
        "address": webhook.address,
        "failures": webhook.failures,
        "reason": (webhook.reason or {}).get(language, ""),
        "page": f"{changing.addresses().base}/feeds/webhooks",
        "days": config.feeds_retention_days(),
    }
    subject, text = (LETTER[part][language] % facts for part in ("subject", "text"))
    try:
        mailer.mail_user(person, subject, text)
        return True
    except Exception:
        log.exception("The owner of the webhook %s could not be told that it was given up.", webhook.id)
        return False
