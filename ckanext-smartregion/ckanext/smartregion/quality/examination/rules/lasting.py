"""Until when a verdict holds, where rules look at the day of the check."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

import polars as pl

from ckanext.smartregion.quality.examination.rules.comparing import day_of
from ckanext.smartregion.quality.examination.rules.judging import marked, rows_of
from ckanext.smartregion.quality.examination.rules.surroundings import Surroundings
from ckanext.smartregion.schemas.rules.rule import Rule


def holds_until(frame: pl.DataFrame, rules: Iterable[Rule], around: Surroundings) -> dt.date | None:
    """The first day on which these rules could judge the same frame otherwise; None if there is no such day."""
    dated = [rule for rule in rules if rule.kind == "today" or _list_of(rule)]
    if not dated:
        return None
    frame = marked(frame, around.wrong)
    return min((day for rule in dated for day in _turns(rows_of(rule, frame), rule, around)), default=None)


def _list_of(rule: Rule) -> str | None:
    """The reference list of a rule; its codes come and go."""
    return rule.parameters.get("list") or rule.parameters.get("reference")


def _turns(rows: pl.DataFrame, rule: Rule, around: Surroundings) -> Iterator[dt.date]:
    if rule.kind == "today":
        yield from _turn_of_today(rows, rule.parameters, around.today)
    name = _list_of(rule)
    if name and not rows.is_empty():
        changes = pl.concat([around.references[name]["valid_from"], around.references[name]["valid_to"]])
        yield from changes.filter(changes > around.today).sort().head(1)


def _turn_of_today(rows: pl.DataFrame, said: Mapping[str, Any], today: dt.date) -> Iterator[dt.date]:
    """At most: a date too late becomes right. At least: a date that is right becomes too early."""
    days = rows.select(day_of(rows, said["column"])).to_series().drop_nulls()
    edge, late = today + dt.timedelta(days=said["days"]), said["is"] == "at-most"
    waiting = days.filter(days > edge if late else days >= edge).sort().head(1)
    with suppress(OverflowError):  # the last day of the calendar stands for "without an end"
        yield from (day - dt.timedelta(days=said["days"]) + dt.timedelta(days=not late) for day in waiting)
