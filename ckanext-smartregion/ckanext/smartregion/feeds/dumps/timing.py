"""When the next dump is due, and which old ones are kept. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from ckanext.smartregion.belgium import BELGIUM
from ckanext.smartregion.feeds.dumps.shelf import Dump

NIGHT = dt.time(2, 30)  # in Belgium; there is one such moment in each night, also when the clocks change to winter
IN_USE = dt.timedelta(days=1)  # a dump that somebody may be downloading is not taken away


def is_due(now: dt.datetime, *, changed: dt.datetime, last: dt.datetime | None, quiet: int) -> bool:
    """Whether something new should be written: when nothing has ``changed`` for ``quiet`` minutes, or a night has
    passed since the ``last`` dump, quiet or not.
    """
    return now - changed >= dt.timedelta(minutes=quiet) or (last is not None and last < last_night(now))


def last_night(now: dt.datetime) -> dt.datetime:
    """The last moment of a nightly dump."""
    here = now.astimezone(BELGIUM)
    tonight = dt.datetime.combine(here.date(), NIGHT, BELGIUM)
    return tonight if tonight <= here else dt.datetime.combine(here.date() - dt.timedelta(days=1), NIGHT, BELGIUM)


def to_remove(dumps: Collection[Dump], now: dt.datetime, *, days: int, months: int) -> list[Dump]:
    """The dumps that are not kept any more.

    Kept are: the newest, those of the last 24 hours, the last of each day for some days, the first of each month for
    some months.
    """
    ordered = sorted(dumps, key=lambda dump: (dump.seq, dump.created))
    last_of_day = {_day(dump): dump.name for dump in ordered}
    first_of_month = {_day(dump).replace(day=1): dump.name for dump in reversed(ordered)}
    kept = {dump.name for dump in ordered[-1:]}
    kept |= {dump.name for dump in ordered if now - dump.created < IN_USE}
    today = now.astimezone(BELGIUM).date()
    kept |= {name for day, name in last_of_day.items() if (today - day).days < days}
    kept |= {name for day, name in first_of_month.items() if _months_between(day, today) < months}
    return [dump for dump in ordered if dump.name not in kept]


def _day(dump: Dump) -> dt.date:
    return dump.created.astimezone(BELGIUM).date()


def _months_between(earlier: dt.date, later: dt.date) -> int:
    return (later.year - earlier.year) * 12 + later.month - earlier.month
