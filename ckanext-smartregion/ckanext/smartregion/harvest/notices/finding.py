"""Find news: after a run, and at the scheduler's look for what happens without one. Nothing here stops the engine."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable
from typing import Any

from ckan import model as ckan_model

from ckanext.smartregion import config, news
from ckanext.smartregion.harvest import condition, model
from ckanext.smartregion.harvest.model import conditions, notices
from ckanext.smartregion.harvest.notices import digest

log = logging.getLogger(__name__)

# In seconds: nothing that is found without a run is so urgent that every look of the scheduler has to ask for it.
LOOK = 60


watch = news.Watch(LOOK)


def after_run(source_id: str, **_: Any) -> None:
    """Tell what a run has changed at its source."""
    row = ckan_model.Session.get(model.Source, source_id)
    _guarded("look at the source", lambda: look([row] if row else []))


def at_tick(sender: Any, **_: Any) -> None:
    """Tell what has changed at any source, once a minute; send the mails whose hour has come."""
    if watch.due():
        _guarded("look at the sources", look_at_all)
    _guarded("send the mails of the day", digest.tick)


def _guarded(what: str, act: Any) -> None:
    try:
        act()
    except Exception:
        log.exception("Notices: could not %s", what)
        ckan_model.Session.rollback()


def about_dataset(_sender: Any, *, package_id: str, organization_id: str, kind: str, texts: dict[str, str]) -> None:
    """Keep what another feature tells of a dataset; the teller commits."""
    notice = {"package_id": package_id, "organization_id": organization_id, "kind": kind, "texts": texts}
    ckan_model.Session.add(notices.Notice(**notice))


def look_at_all() -> int:
    """Find news of all sources, and forget old ones; gives how many were found."""
    notices.forget(model.now() - dt.timedelta(days=config.harvest_history()))
    ckan_model.Session.commit()
    return look(model.sources())


def look(sources: Iterable[model.Source]) -> int:
    """Find news of sources and write them down; gives how many. Two who look at once tell it once."""
    rows = {row.id: row.organization_id for row in sources}
    known = conditions.facts(ckan_model.Session.query(model.Source).filter(model.Source.id.in_(rows)))
    memories, moment, found = conditions.memories(rows), model.now(), 0
    for source_id, facts in known.items():
        before = memories.get(source_id)
        told = condition.news(before or condition.Memory(), facts, condition.condition(facts, moment))
        if told.memory == before or not conditions.remember(source_id, before, told.memory):
            continue
        for each in told.news:
            notice = {"kind": each.kind, "texts": each.texts, "run_id": each.run}
            row = notices.Notice(source_id=source_id, organization_id=rows[source_id], **notice)
            ckan_model.Session.add(row)
        found += len(told.news)
        ckan_model.Session.commit()
    ckan_model.Session.rollback()
    return found
