"""From the summary of a static GTFS feed to a draft: lines, stops and window in sentences, codes of the EU lists."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from ckanext.smartregion.harvest.mapping.extent import Extent
from ckanext.smartregion.harvest.mapping.mobility import (
    TEXTS,
    concept,
    concepts,
    counted,
    days,
    enumerated,
    keywords,
    paragraph,
    shares,
    standard,
    tell,
)
from ckanext.smartregion.harvest.reading.gtfs_tables import day
from ckanext.smartregion.harvest.records import Change, Draft, Finding, Source
from ckanext.smartregion.harvest.rules.addresses import is_web

Summary = dict[str, Any]

THEMES = ("timetables-static", "network-topology-and-routes-lines", "stop-facilities-location-and-features")
CALENDAR, OPERATORS, REALTIME = (
    "operational-calendar",
    "transport-operators",
    "real-time-estimated-departure-and-arrival-times",
)
# The option that names a GTFS-Realtime stream, by what the stream tells.
STREAMS = ("trip_updates", "vehicle_positions", "alerts")
PROTOCOL_BUFFERS = "application/x-protobuf"
MOST_IN_TITLE = 2
LONGEST_VERSION = 100


@dataclass(frozen=True)
class Mode:
    """What a range of route types means: a word for the sentence, a transport mode, a network."""

    first: int
    last: int
    kind: str
    mode: str
    network: str


@cache
def modes() -> tuple[Mode, ...]:
    """The route types of the standard and of its extension."""
    with Path(__file__).with_name("gtfs_route_types.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Mode(int(row["first"]), int(row["last"]), row["kind"], row["mode"], row["network"])
            for row in csv.DictReader(file)
        )


def mode(route_type: str) -> Mode:
    """What a route type means; one that nobody knows is some other mode."""
    number = int(route_type) if route_type.isascii() and route_type.isdigit() else -1
    found = (each for each in modes() if each.first <= number <= each.last)
    return next(found, Mode(number, number, "other", "other", "other-public-transport-network"))


def draft(summary: Summary, source: Source) -> Draft:
    """The fields of the dataset, as the feed states them."""
    info, agencies = summary.get("feed_info") or {}, summary.get("agencies") or []
    lines = _lines(summary)
    start, end = window(summary)
    return {
        "identifier": source.url,
        "title_translated": tell("gtfs", "title", name=_name(info, agencies)),
        "notes_translated": _notes(summary, lines, streams(source)),
        "tags_translated": keywords("gtfs"),
        "language": _languages(info, agencies),
        "url": next(filter(is_web, (info.get("feed_publisher_url"), *(each.get("url") for each in agencies))), ""),
        "version": info.get("feed_version", "")[:LONGEST_VERSION],
        "modified": summary.get("modified"),
        "publisher": _publisher(info, agencies),
        "contact": _contact(info, agencies),
        "temporal_coverage": [{key: each for key, each in (("start", start), ("end", end)) if each}],
        "spatial_coverage": Extent.of(summary.get("extent") or {}).coverage(),
        "mobility_theme": concepts("mobility-theme", _themes(summary, source)),
        "transport_mode": concepts("transport-mode", sorted({each.mode for each in lines})),
        "network_coverage": concepts("network-coverage", sorted({each.network for each in lines})),
        "nap_type": [concept("nap-type", "MMTIS")],
        "intended_information_service": [concept("intended-information-service", "trip-plans")],
        "resources": list(_resources(source)),
    }


def window(summary: Summary) -> tuple[str, str]:
    """The first and the last day for which the feed holds: what it says itself, else what its calendars hold."""
    info = summary.get("feed_info") or {}
    start, end = day(info.get("feed_start_date")), day(info.get("feed_end_date"))
    running = sorted([*summary.get("calendar", []), *summary.get("calendar_dates", [])])
    return start or (running[0] if running else ""), end or (running[-1] if running else "")


def changes(summary: Summary) -> tuple[Change, ...]:
    """What was read otherwise than it stood there."""
    info = summary.get("feed_info") or {}
    names = ("feed_start_date", "feed_end_date")
    padded = [(name, info[name]) for name in names if day(info.get(name)) and info[name] != info[name].strip()]
    blanks = [Change("gtfs-date-blanks", "temporal_coverage", text, text.strip()) for _, text in padded]
    return (*(Change(**each) for each in summary.get("changes", [])), *blanks)


def findings(summary: Summary, today: date) -> Iterator[Finding]:
    """What a data officer should know of the feed."""
    _, end = window(summary)
    if not summary.get("feed_info"):
        yield Finding("gtfs-feed-info-missing", "temporal_coverage", "feed_info.txt")
    for name in summary.get("missing", []):
        yield Finding("gtfs-file-missing", "", f"{name}.txt")
    if not end:
        yield Finding("gtfs-window-missing", "temporal_coverage", None)
    elif end < today.isoformat():
        yield Finding("gtfs-expired", "temporal_coverage", end)
    if nowhere := (summary.get("extent") or {}).get("nowhere"):
        yield Finding("points-nowhere", "spatial_coverage", nowhere)


def streams(source: Source) -> dict[str, str]:
    """The addresses of GTFS-Realtime that the options name."""
    named = {name: str(source.options.get(f"realtime_{name}") or "").strip() for name in STREAMS}
    return {name: address for name, address in named.items() if is_web(address)}


def _lines(summary: Summary) -> Counter[Mode]:
    lines: Counter[Mode] = Counter()
    for route_type, number in (summary.get("routes") or {}).items():
        lines[mode(route_type)] += number
    return lines


def _name(info: dict[str, str], agencies: list[dict[str, str]]) -> str:
    names = list(dict.fromkeys(each["name"] for each in agencies if each.get("name")))
    if 0 < len(names) <= MOST_IN_TITLE:
        return enumerated(names)
    return info.get("feed_publisher_name") or enumerated(names) or "GTFS"


def _notes(summary: Summary, lines: Counter[Mode], realtime: dict[str, str]) -> dict[str, str]:
    info, agencies = summary.get("feed_info") or {}, summary.get("agencies") or []
    kinds: Counter[str] = Counter()
    for each, number in lines.items():
        kinds[each.kind] += number
    start, end = window(summary)
    names = [each["name"] for each in agencies if each.get("name")]
    told = {"stops": summary.get("stops", 0), "lines": lines.total(), "trips": summary.get("trips", 0)}
    facts = {what: counted(what, number) for what, number in told.items()}
    return paragraph(
        tell("gtfs", "content", name=_name(info, agencies), **facts),
        tell("gtfs", "kinds", kinds=shares(kinds, TEXTS["line-kinds"])) if kinds else None,
        tell("gtfs", "window", start=_day(start), end=_day(end)) if start and end else None,
        tell("gtfs", "agencies", names=enumerated(names)) if len(names) > 1 else None,
        TEXTS["gtfs"]["shapes"] if "shapes" in summary.get("files", []) else None,
        TEXTS["gtfs"]["realtime"] if realtime else None,
    )


def _day(text: str) -> dict[str, str]:
    return days(date.fromisoformat(text))


def _languages(info: dict[str, str], agencies: list[dict[str, str]]) -> list[str]:
    stated = [info.get("feed_lang"), info.get("default_lang"), *(each.get("lang") for each in agencies)]
    return list(dict.fromkeys(text for text in stated if text and text.casefold() != "mul"))


def _publisher(info: dict[str, str], agencies: list[dict[str, str]]) -> list[Draft]:
    """Whoever runs the lines; of several, whoever publishes for them."""
    alone = agencies[0] if len(agencies) == 1 else {}
    name = alone.get("name") or info.get("feed_publisher_name") or next((each.get("name") for each in agencies), "")
    address = alone.get("url") or info.get("feed_publisher_url") or ""
    return [{"name": name} | ({"url": address} if is_web(address) else {})] if name else []


def _contact(info: dict[str, str], agencies: list[dict[str, str]]) -> list[Draft]:
    first: dict[str, str] = next((each for each in agencies if each.get("email")), {})
    email = info.get("feed_contact_email") or first.get("email", "")
    page = info.get("feed_contact_url") or (agencies[0].get("url", "") if agencies else "")
    name = (first if not info.get("feed_contact_email") else {}).get("name") or _name(info, agencies)
    return [{"name": name, "email": email} | ({"url": page} if is_web(page) else {})] if email or page else []


def _themes(summary: Summary, source: Source) -> Iterator[str]:
    yield from THEMES
    if {"calendar", "calendar_dates"} & set(summary.get("files", [])):
        yield CALENDAR
    if summary.get("agencies"):
        yield OPERATORS
    if "trip_updates" in streams(source):
        yield REALTIME


def _resources(source: Source) -> Iterator[Draft]:
    names = TEXTS["gtfs-resources"]
    yield {
        "name_translated": names["static"],
        "url": source.url,
        "download_url": source.url,
        "format": "GTFS",
        "mimetype": "application/zip",
        "character_encoding": "UTF-8",
        **standard("gtfs", "Schedule"),
    }
    for name, address in streams(source).items():
        yield {
            "name_translated": names[name],
            "url": address,
            "mimetype": PROTOCOL_BUFFERS,
            **standard("gtfs-rt"),
        }
