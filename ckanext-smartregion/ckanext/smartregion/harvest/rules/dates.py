"""Rules for dates and periods: line breaks, French months, years alone, intervals in one text."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "janvier januari januar january",
            "février fevrier februari februar february",
            "mars maart märz march",
            "avril april",
            "mai mei may",
            "juin juni june",
            "juillet juli july",
            "août aout augustus august",
            "septembre september",
            "octobre oktober october",
            "novembre november",
            "décembre decembre december dezember",
        ),
        start=1,
    )
    for name in names.split()
}
WRITTEN = re.compile(r"(?:(\d{1,2})(?:er|\.)?\s+)?([^\W\d_]{3,9})\.?\s+(\d{4})")
NUMBERED = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")
YEAR = r"(?:1[6-9]|20|21)\d\d"
MONTH_OR_YEAR = re.compile(rf"{YEAR}(-(0[1-9]|1[0-2]))?")
LONGEST = 100  # no date is longer
INTERVAL = re.compile(
    rf"(?:de |du |from |van |von )?({YEAR}(?:-\d\d(?:-\d\d)?)?)(?:T[\d:.+Z]*)?\s*(?:-|–|/|à|au|to|tot|bis)\s*"
    rf"({YEAR}(?:-\d\d(?:-\d\d)?)?)(?:T[\d:.+Z]*)?",
    re.IGNORECASE,
)


def read(text: Any) -> str:
    """The date in ISO form, as exact as it was given; empty when it is no date."""
    text = " ".join(str(text)[:LONGEST].split())
    return _iso(text) or _numbered(text) or _written(text)


def _iso(text: str) -> str:
    if MONTH_OR_YEAR.fullmatch(text):
        return text
    try:
        moment = datetime.fromisoformat(text.replace(" ", "T", 1))
    except ValueError:
        return ""
    if not 1600 <= moment.year < 2200:
        return ""
    return moment.date().isoformat() if len(text) <= 10 else moment.isoformat(timespec="seconds")


def _numbered(text: str) -> str:
    """Day first, as all of Belgium writes it."""
    match = NUMBERED.fullmatch(text)
    return _day(int(match[3]), int(match[2]), int(match[1])) if match else ""


def _written(text: str) -> str:
    match = WRITTEN.fullmatch(text.casefold())
    month = MONTHS.get(match[2]) if match else None
    if not match or not month:
        return ""
    return _day(int(match[3]), month, int(match[1])) if match[1] else f"{match[3]}-{month:02d}"


def _day(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""


def periods(value: Any) -> Any:
    """Periods whose bounds are dates; an interval written as one text is taken apart."""
    return [kept for kept in map(_period, value) if kept]


def _period(period: dict[str, str]) -> dict[str, str]:
    text = " ".join(period.get("text", "")[:LONGEST].split())
    if match := INTERVAL.fullmatch(text) if text else None:
        period = {"start": match[1], "end": match[2]}
    elif text and read(text):
        period = {"start": read(text), "end": read(text)}
    bounds = {bound: read(period[bound]) for bound in ("start", "end") if period.get(bound)}
    bounds = {bound: day for bound, day in bounds.items() if day}
    backwards = bounds.keys() == {"start", "end"} and bounds["start"][:10] > bounds["end"][:10]
    return {"start": bounds["end"], "end": bounds["start"]} if backwards else bounds
