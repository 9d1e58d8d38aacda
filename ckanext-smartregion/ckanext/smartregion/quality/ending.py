"""Exceptions that end: told once some days before and once when they have ended, where they still count.

Who publishes and the steward hear of it as of other news (`news.DATASET`); nothing is withdrawn.
"""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

import sqlalchemy as sa
from babel.dates import format_date

from ckan import model as ckan_model

from ckanext.smartregion import config, news
from ckanext.smartregion.quality import model, signing, waivers
from ckanext.smartregion.quality.rules import LanguageMap, filled, words
from ckanext.smartregion.schemas import LANGUAGES

log = logging.getLogger(__name__)

# In seconds: days end once a day, but a scheduler that was away is not waited for until tomorrow.
LOOK = 900
# Of what has ended longer ago than so many days nobody needs to hear any more.
LATE = 30


watch = news.Watch(LOOK)


def at_tick(_sender: Any, **_: Any) -> None:
    """Look for exceptions that end, every quarter of an hour; an error stops nobody."""
    if not watch.due():
        return
    try:
        look()
    except Exception:
        log.exception("Could not tell which exceptions end")
        ckan_model.Session.rollback()


def look() -> int:
    """Tell what there is to tell of exceptions on published datasets; gives how much. Two at once tell it once."""
    today, ahead, told = model.today(), config.quality_waiver_notice_days(), 0
    for row, package in _candidates(today, ahead):
        kind = waivers.news(row.until, today, ahead, row.told)
        if kind and _counts(row) and _mine(row, kind):
            facts = {"package_id": package.id, "organization_id": package.owner_org}
            news.DATASET.send("smartregion_quality", **facts, kind=kind, texts=_texts(kind, row, package))
            told += 1
        ckan_model.Session.commit()
    return told


def _candidates(today: dt.date, ahead: int) -> list[Any]:
    package: Any = ckan_model.Package
    days = model.Waiver.until.between(today - dt.timedelta(days=LATE), today + dt.timedelta(days=ahead))
    query = sa.select(model.Waiver, package).join(package, package.id == model.Waiver.package_id)
    query = query.where(days, model.Waiver.revoked.is_(None), ~model.Waiver.told.contains([waivers.ENDED]))
    query = query.where(package.state == "active", package.owner_org.isnot(None)).order_by(model.Waiver.until)
    return list(ckan_model.Session.execute(query))


def _counts(row: model.Waiver) -> bool:
    """Whether what is online rests on it, and no longer one has been signed."""
    online = model.latest(row.package_id, public=True)
    if online is None or row.id not in {one["id"] for one in online.waivers}:
        return False
    return not any(
        (one.contract, one.rule) == (row.contract, row.rule) and one.until > row.until
        for one in model.waivers_in_force(row.package_id)
    )


def _mine(row: model.Waiver, kind: str) -> bool:
    """Whether nobody else has told it meanwhile; from the end of the transaction on, nobody else will."""
    table = model.Waiver.__table__
    free = sa.and_(table.c.id == row.id, ~table.c.told.contains([kind]))
    changed = sa.update(table).where(free).values(told=sa.func.array_append(table.c.told, kind))  # type: ignore[arg-type]
    return ckan_model.Session.execute(changed).rowcount == 1  # type: ignore[attr-defined]


def _texts(kind: str, row: model.Waiver, package: ckan_model.Package) -> LanguageMap:
    label = signing.rule_label(row.rule, row.contract, package.type)
    return filled(
        words()["waivers"][kind],
        {
            "rule": {language: label.get(language) or label["en"] for language in LANGUAGES},
            "dataset": package.title or package.name,
            "day": {language: format_date(row.until, "long", locale=language) for language in LANGUAGES},
        },
    )
