"""How a source is, from its last runs and its records, and which change of that is news. Pure.

A source is *well*, *troubled* (its last run broke off, failed or asks something, or records were held lately),
*failing* (run after run fails, or it was not listed to its end for twice its schedule), *silent* (it is due and does
not run) or *resting* (switched off, paused, not approved or new: nothing can be said). Each with the cause and a
sentence why.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date

from ckanext.smartregion.harvest.schedule import ZONE, following

Texts = dict[str, str]
SENTENCES: dict[str, dict[str, Texts]] = json.loads(Path(__file__).with_name("condition.json").read_text("utf-8"))

STATES = ("well", "troubled", "failing", "silent", "resting")
# In which somebody has to look, the worst first.
URGENT = ("silent", "failing", "troubled")
# So many runs that failed one after the other are more than bad luck.
FAILURES = 3
# How long a run may wait for a worker, or a source for the scheduler, before somebody has to look.
PATIENCE = dt.timedelta(hours=2)
# How long newly held records make a source troubled; afterwards they are known.
LATELY = dt.timedelta(days=7)
COMPLETE = ("done", "asking")
SAMPLE = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Closed:
    """A run that has ended, otherwise than by being cancelled; `seconds` is what it took."""

    id: str
    status: str
    queued: dt.datetime
    finished: dt.datetime | None = None
    seconds: float | None = None
    error: Texts | None = None


@dataclass(frozen=True)
class Facts:
    """What is known of a source: its switches, its times, its last runs (newest first), its records.

    `listed` is the start of the last run that saw all of it; `waits_since` since when a run waits for a worker.
    """

    name: str
    enabled: bool = True
    paused: bool = False
    approved: bool = True
    schedule: str = ""
    zone: str = ZONE
    next_run: dt.datetime | None = None
    listed: dt.datetime | None = None
    waits_since: dt.datetime | None = None
    closed: tuple[Closed, ...] = ()
    published: int = 0
    held: int = 0
    held_lately: int = 0

    @property
    def last(self) -> Closed | None:
        """The last run that ended."""
        return self.closed[0] if self.closed else None


@dataclass(frozen=True)
class Condition:
    """How a source is, by which cause, and why."""

    state: str
    cause: str
    why: Texts


def say(group: str, key: str, **facts: Any) -> Texts:
    """A sentence of condition.json in every language; a fact may be a map of languages or a moment."""
    sentences = SENTENCES[group][key]
    return {
        language: (sentence % {name: _in(language, fact) for name, fact in facts.items()}).strip()
        for language, sentence in sentences.items()
    }


def _in(language: str, fact: Any) -> Any:
    if isinstance(fact, dt.datetime):
        local = fact.astimezone(ZoneInfo(ZONE))
        return f"{format_date(local, 'long', locale=language)} {local:%H:%M}"
    return fact.get(language, "") if isinstance(fact, dict) else fact


# -- how it is


def condition(facts: Facts, moment: dt.datetime) -> Condition:
    """How a source is at a moment; the worst that is true of it."""
    if found := _resting(facts) or _silent(facts, moment):
        return found
    if facts.last is None:
        return _found("resting", "new")
    return _failing(facts, moment) or _troubled(facts) or _found("well", "well")


def _found(state: str, cause: str, **facts: Any) -> Condition:
    return Condition(state, cause, say("why", cause, **facts))


def _resting(facts: Facts) -> Condition | None:
    if not facts.approved:
        return _found("resting", "unapproved")
    if not facts.enabled and (facts.schedule or not facts.closed):
        return _found("resting", "off")
    if facts.paused:
        return _found("resting", "paused")
    return None


def _silent(facts: Facts, moment: dt.datetime) -> Condition | None:
    if facts.waits_since and moment - facts.waits_since > PATIENCE:
        return _found("silent", "waits", moment=facts.waits_since)
    if facts.enabled and facts.next_run and moment - facts.next_run > PATIENCE:
        return _found("silent", "overdue", moment=facts.next_run)
    return None


def _failing(facts: Facts, moment: dt.datetime) -> Condition | None:
    if facts.last is None or facts.last.status in COMPLETE:
        return None
    row = facts.closed[:FAILURES]
    if len(row) == FAILURES and all(run.status == "failed" for run in row):
        return _found("failing", "fails", count=FAILURES, reason=facts.last.error or {})
    limit = interval(facts.schedule, facts.zone) * 2 if facts.schedule else None
    since = facts.listed or facts.closed[-1].queued
    if limit and moment - since > limit:
        return _found("failing", "unlisted", moment=since, reason=facts.last.error or {})
    return None


def _troubled(facts: Facts) -> Condition | None:
    last = facts.last
    if last and last.status == "asking":
        return _found("troubled", "asks")
    if last and last.status in ("failed", "incomplete"):
        return _found("troubled", last.status, reason=last.error or {})
    if facts.held_lately:
        return _found("troubled", "held", count=facts.held_lately)
    return None


@cache
def interval(expression: str, zone: str) -> dt.timedelta:
    """The longest time between two runs of a schedule; "on weekdays" rests over the weekend."""
    times = following(expression, "", SAMPLE, count=9, zone=zone)
    return max(later - earlier for earlier, later in pairwise(times))


# -- what is news


@dataclass(frozen=True)
class Memory:
    """What was told of a source last: its state and cause, how many records were held, the run that asked."""

    state: str = "well"
    cause: str = "well"
    held: int = 0
    published: bool = False
    asked: str | None = None


@dataclass(frozen=True)
class News:
    """One thing to tell, with the run that it is about, if it is about one."""

    kind: str
    texts: Texts
    run: str | None = None


@dataclass
class Told:
    """What there is to tell, and what is remembered afterwards."""

    memory: Memory
    news: list[News] = field(default_factory=list)


def news(before: Memory, facts: Facts, now: Condition) -> Told:
    """What changed since it was told last; nothing where nothing changed, however many runs there were."""
    run = facts.last.id if facts.last else None
    after = replace(before, held=facts.held, published=before.published or facts.published > 0)
    told = Told(after)
    if after.published and not before.published:
        told.news.append(News("first", say("news", "first", count=facts.published), run))
    if facts.held > before.held:
        told.news.append(News("held", say("news", "held", count=facts.held - before.held), run))
    if now.state == "resting":
        return told
    told.memory = replace(after, state=now.state, cause=now.cause)
    if now.cause == "asks":
        told.memory = replace(told.memory, asked=run)
        if run != before.asked:
            told.news.append(News("asks", now.why, run))
    elif (now.state, now.cause) != (before.state, before.cause) and _is_told(before, facts, now):
        kind = "recovered" if now.state == "well" else now.state
        told.news.append(News(kind, say("news", "recovered") if now.state == "well" else now.why, run))
    return told


def _is_told(before: Memory, facts: Facts, now: Condition) -> bool:
    """Held records are told by their number; that a week has passed since is no recovery."""
    if now.cause == "held":
        return False
    return not (now.state == "well" and before.cause == "held" and facts.held)
