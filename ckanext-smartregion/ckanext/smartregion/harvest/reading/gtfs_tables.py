"""The tables of a static GTFS feed summed up row by row: nothing is kept but counts, bounds and a few names. Pure."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import IO, Any

from ckanext.smartregion.harvest.mapping.extent import Extent

Row = dict[str, str]
Summary = dict[str, Any]

LONGEST_LINE = 1024 * 1024
LONGEST_VALUE = 300
MOST_AGENCIES = 200
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LICENCE_COLUMN = re.compile(r"licen[cs]e|attribution_url")


def rows(stream: IO[bytes], encoding: str) -> Iterator[Row]:
    """The rows of a table as they stand, under the names of its columns in small letters without blanks."""
    text = io.TextIOWrapper(
        stream, encoding, errors="strict" if encoding.startswith("utf-8") else "replace", newline=""
    )
    table = csv.reader(_lines(text))
    header = [name.strip().casefold() for name in next(table, [])]
    for values in table:
        if any(value.strip() for value in values):
            yield dict(zip(header, values, strict=False))


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    while line := text.readline(LONGEST_LINE + 1):
        if len(line) > LONGEST_LINE:
            raise ValueError(f"a line of more than {LONGEST_LINE} characters")
        yield line


def _text(row: Row, name: str) -> str:
    return " ".join((row.get(name) or "").split())[:LONGEST_VALUE]


def agencies(table: Iterable[Row]) -> Summary:
    """Who runs the lines, in which language and how they are reached."""
    columns = ("agency_name", "agency_url", "agency_lang", "agency_email", "agency_phone", "agency_timezone")
    found, licences = [], []
    for row in table:
        if len(found) < MOST_AGENCIES:
            found.append({name.removeprefix("agency_"): text for name in columns if (text := _text(row, name))})
            licences += _licences(row)
    return {"agencies": found, "licences": licences}


def stops(table: Iterable[Row]) -> Summary:
    """How many stops (stations, entrances and nodes aside) and where they lie."""
    extent, number = Extent(), 0
    for row in table:
        kind = _text(row, "location_type") or "0"
        number += kind == "0"
        if kind in ("0", "1"):
            extent.add(_text(row, "stop_lon"), _text(row, "stop_lat"))
    return {"stops": number, "extent": extent.as_dict()}


def routes(table: Iterable[Row]) -> Summary:
    """How many lines of each route type."""
    return {"routes": dict(sorted(Counter(_text(row, "route_type")[:8] for row in table).items()))}


def trips(table: Iterable[Row]) -> Summary:
    """How many trips."""
    return {"trips": sum(1 for _ in table)}


def calendar(table: Iterable[Row]) -> Summary:
    """From the first to the last day on which a service runs every week."""
    bounds: list[str] = []
    for row in table:
        if any(_text(row, name) == "1" for name in WEEK):
            bounds = _bounds(bounds, day(row.get("start_date")), day(row.get("end_date")))
    return {"calendar": bounds}


def calendar_dates(table: Iterable[Row]) -> Summary:
    """From the first to the last single day on which a service was added."""
    bounds: list[str] = []
    for row in table:
        if _text(row, "exception_type") == "1":
            bounds = _bounds(bounds, day(row.get("date")))
    return {"calendar_dates": bounds}


def feed_info(table: Iterable[Row]) -> Summary:
    """Who publishes the feed, in which version and for which days; dates as they stand, so that a flaw can be told."""
    for row in table:
        dates = {name: row[name][:LONGEST_VALUE] for name in ("feed_start_date", "feed_end_date") if row.get(name)}
        others = {name: _text(row, name) for name in row if name.startswith("feed_") and name not in dates}
        kept = {name: text for name, text in others.items() if text}
        return {"feed_info": dates | kept, "licences": _licences(row)}
    return {"feed_info": {}}


def attributions(table: Iterable[Row]) -> Summary:
    """What the feed states of its licence beside the names of those who made it."""
    found: list[str] = []
    for row in table:
        if len(found) < MOST_AGENCIES:
            found += _licences(row)
    return {"licences": found}


def day(text: str | None) -> str:
    """A day in ISO form of `20260131`, blanks around it forgiven; empty for what is no day."""
    match = re.fullmatch(r"\s*(\d{4})-?(\d\d)-?(\d\d)\s*", text or "", re.ASCII)
    try:
        return date(*map(int, match.groups())).isoformat() if match else ""
    except ValueError:
        return ""


def _bounds(bounds: list[str], *days: str) -> list[str]:
    known = [each for each in (*bounds, *days) if each]
    return [min(known), max(known)] if known else []


def _licences(row: Row) -> list[str]:
    """The standard has no column for a licence; some feeds add one, some name it as an attribution."""
    return [text for name in row if LICENCE_COLUMN.search(str(name)) and (text := _text(row, name))]


TABLES = {
    "agency": agencies,
    "stops": stops,
    "routes": routes,
    "trips": trips,
    "calendar": calendar,
    "calendar_dates": calendar_dates,
    "feed_info": feed_info,
    "attributions": attributions,
}
