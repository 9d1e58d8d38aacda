"""The mail of the day: at most one per person, only when there is news, and one for all schedulers together.

A mail that can't be sent is tried again later, a few times, until the day is over; the next day's then tells it all.
"""

from __future__ import annotations

import datetime as dt
import logging
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan import model as ckan_model
from ckan.lib import mailer

from ckanext.smartregion import config
from ckanext.smartregion.harvest import letter, model
from ckanext.smartregion.harvest.condition import SENTENCES
from ckanext.smartregion.harvest.engine.lock import alone
from ckanext.smartregion.harvest.model.notices import Digest, Notice, notices
from ckanext.smartregion.harvest.notices import audience

log = logging.getLogger(__name__)

# How far back the first mail reaches that somebody gets after a long time without.
BACK = dt.timedelta(days=7)
AGAIN = dt.timedelta(minutes=15)
# A notice that is being written when the hour strikes belongs to the next round, so that none falls between two.
LAG = dt.timedelta(minutes=1)
TRIES = 5
# So many people whose mail failed just now mean that it is the mail server that is away.
AWAY = 3
# In seconds: how long one look of the scheduler may send mails, and one answer of the mail server may take.
TURN = 10
PATIENCE = 15


def possible() -> bool:
    """Whether mails can go out: a sender is configured, or a plugin carries notifications another way."""
    ours = tk.config["smtp.server"] and tk.config.get("smtp.mail_from")
    return bool(ours) or any(True for _ in p.PluginImplementations(p.INotifier))


def tick(moment: dt.datetime | None = None) -> int:
    """Send what is due of today's round; gives how many mails went out."""
    moment = moment or model.now()
    start = letter.round_of(moment, letter.clock(config.harvest_digest_hour()))
    if start is None or not config.harvest_digest() or not possible() or not _open(start, moment):
        return 0
    with alone("digest") as mine:
        return _send_all(start, moment) if mine else 0


def _open(start: dt.datetime, moment: dt.datetime) -> list[str]:
    """Ids of people who are not settled for this round and whose turn it is, those who were never tried first."""
    roles = audience.members().subquery()
    query = sa.select(roles.c[0], Digest.tried).outerjoin(Digest, Digest.user_id == roles.c[0])
    query = query.where(sa.or_(Digest.upto.is_(None), Digest.upto < start))
    tried_out = sa.and_(Digest.round == start, Digest.tries >= TRIES)
    query = query.where(~sa.func.coalesce(sa.or_(tried_out, Digest.tried > moment - AGAIN), sa.false()))
    rows = ckan_model.Session.execute(query.distinct().order_by(Digest.tried.asc().nulls_first())).all()
    return [user_id for user_id, _ in rows]


def _away(moment: dt.datetime) -> bool:
    failed = ckan_model.Session.query(Digest).filter(Digest.tried > moment - AGAIN, Digest.tries > 0).count()
    return failed >= AWAY


def _send_all(start: dt.datetime, moment: dt.datetime) -> int:
    """Settle one person after the other, as long as this turn lasts; the first failure ends it."""
    began, sent = time.monotonic(), 0
    ids = _open(start, moment)  # asked again under the lock: another scheduler may have been faster
    scopes = audience.scopes(ids)
    for user_id in ids:
        if time.monotonic() - began > TURN or _away(moment):
            break
        person = ckan_model.User.get(user_id)
        wanted = scopes.get(user_id)
        row = ckan_model.Session.get(Digest, user_id) or Digest(user_id=user_id, tries=0)
        ckan_model.Session.add(row)
        if person and wanted and person.email and audience.wants_mail(person):
            news = _news(row, person, wanted, start)
            if news and not _sent(row, write(person, wanted, news), person, start, moment):
                break
            sent += bool(news)
        row.upto, row.round, row.tries, row.tried = start, start, 0, None
        ckan_model.Session.commit()
    return sent


def _news(row: Digest, person: ckan_model.User, wanted: audience.Scope, start: dt.datetime) -> list[Any]:
    """What a person has not been told by mail and has not read on the site."""
    after = max(row.upto or start - BACK, start - BACK) - LAG
    return notices(wanted.wanted, person.id, after=after, upto=start - LAG, unread=True).all()


def _sent(
    row: Digest, written: letter.Letter, person: ckan_model.User, start: dt.datetime, moment: dt.datetime
) -> bool:
    """Whether the mail went out. That it is tried is kept first, so that a crash cannot mail somebody for ever."""
    row.tries = (row.tries if row.round == start else 0) + 1
    row.round, row.tried = start, moment
    ckan_model.Session.commit()
    try:
        with _impatient():
            mailer.mail_user(person, written.subject, written.text, written.html, _headers(person, start))
        return True
    except Exception:
        ckan_model.Session.rollback()
        log.exception("The mail of the day to %s could not be sent; it is tried again.", person.name)
        return False


def write(person: ckan_model.User, wanted: audience.Scope, news: list[Any]) -> letter.Letter:
    """The mail that tells a person these notices."""
    language = audience.language(person, wanted.own)
    lines = [_line(notice, source or package, language) for notice, source, package, _ in news[: letter.MOST]]
    page = address("smartregion_notices.index", language)
    return letter.compose(language, person.display_name, tk.config["ckan.site_title"], page, lines, len(news))


def _line(notice: Notice, about: model.Source | ckan_model.Package, language: str) -> letter.Line:
    organization = ckan_model.Group.get(notice.organization_id)
    if notice.run_id:
        url = address("smartregion_harvest.run_read", language, id=notice.run_id)
    elif notice.package_id:
        url = address("dataset.read", language, id=about.name)
    else:
        url = address("smartregion_harvest.read", language, name=about.name)
    kind = SENTENCES["kinds"][notice.kind][language]
    title = organization.display_name if organization else ""
    return letter.Line(title, about.title or about.name, kind, notice.texts[language], url, notice.moment)


def address(endpoint: str, language: str, **parts: str) -> str:
    """The whole address of a page in a language."""
    locale = "default" if language == tk.config["ckan.locale_default"] else language
    return tk.h.url_for(endpoint, locale=locale, qualified=True, **parts)


def _headers(person: ckan_model.User, start: dt.datetime) -> dict[str, str]:
    """The same for every try of one mail, so that a mailbox knows a second copy; and where to end them."""
    host = tk.config["ckan.site_url"].split("://")[-1].split("/")[0].split(":")[0]
    return {
        "Message-ID": f"<digest.{start:%Y%m%d}.{person.id[:8]}@{host}>",
        "Auto-Submitted": "auto-generated",
        "List-Unsubscribe": f"<{address('smartregion_notices.index', 'fr')}>",
    }


@contextmanager
def _impatient() -> Iterator[None]:
    """CKAN's mailer sets no time-out of its own: without one a mail server that hangs would stop the scheduler."""
    former = socket.getdefaulttimeout()
    socket.setdefaulttimeout(PATIENCE)
    try:
        yield
    finally:
        socket.setdefaulttimeout(former)
