"""The files of a GBFS feed, 1.x to 3.0, boiled down to what describes the service and does not change by the minute."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

from ckanext.smartregion.harvest.mapping.extent import Extent
from ckanext.smartregion.harvest.mapping.mobility import clean
from ckanext.smartregion.harvest.rules.addresses import is_web
from ckanext.smartregion.harvest.rules.languages import short
from ckanext.smartregion.schemas import LANGUAGES

State = dict[str, Any]

INFORMATION, TYPES, STATIONS = "system_information", "vehicle_types", "station_information"
LIVE_STATIONS = "station_status"
LIVE_VEHICLES = ("free_bike_status", "vehicle_status")
# In the order in which they are read; the stations come last, so that the record is made where it changes most.
READ = (TYPES, LIVE_STATIONS, *LIVE_VEHICLES, STATIONS)
MOST_FILES = 60
TEXTS = ("name", "short_name", "operator", "attribution_organization_name")
VALUES = ("system_id", "url", "email", "feed_contact_email", "start_date", "timezone", "license_id", "license_url")


class ShapeError(ValueError):
    """A file that is valid JSON and yet not what GBFS says it is; the message says in what."""


def discovered(found: Any, url: str, language: str) -> State:
    """What gbfs.json announces: the files in the language that is asked for, and where each language has its own."""
    data = _data(found)
    tongues = {"": data} if "feeds" in data else data
    files = {tongue: dict(_announced(each, url)) for tongue, each in tongues.items() if isinstance(each, dict)}
    files = {tongue: named for tongue, named in files.items() if INFORMATION in named}
    if not files:
        raise ShapeError(f"no {INFORMATION}")
    ordered = sorted(files, key=lambda tongue: _rank(short(tongue), language))
    named = files[ordered[0]]
    spoken = [tongue for number, tongue in enumerate(ordered) if number == 0 or short(tongue) in LANGUAGES]
    todo = [[INFORMATION, files[tongue][INFORMATION], tongue] for tongue in spoken[: len(LANGUAGES)]]
    todo += [[name, named[name], ordered[0]] for name in READ if name in named]
    return {"version": clean(found.get("version")) or "1.0", "files": named, "todo": todo, "broken": []}


def _rank(tongue: str, language: str) -> tuple[int, str]:
    order = list(dict.fromkeys((language, *LANGUAGES)))
    return (order.index(tongue) if tongue in order else len(order), tongue)


def _announced(part: dict[str, Any], url: str) -> Iterator[tuple[str, str]]:
    listed = part.get("feeds")
    for each in listed[:MOST_FILES] if isinstance(listed, list) else ():
        if isinstance(each, dict) and isinstance(each.get("url"), str):
            name, address = clean(each.get("name")).removesuffix(".json"), urljoin(url, each["url"].strip())
            if name and is_web(address):
                yield name, address


def learned(state: State, name: str, found: Any, tongue: str) -> State:
    """The state after one more file; raises ShapeError where it is not what it should be."""
    data = _data(found)
    if name == INFORMATION:
        return state | {"service": _service(state.get("service") or {}, data, tongue)}
    if name == TYPES:
        return state | {"forms": sorted({clean(each.get("form_factor")) or "other" for each in _items(data, TYPES)})}
    if name == STATIONS:
        return state | {"stations": _stations(_items(data, "stations"))}
    return state  # what is free right now describes nothing; that it can be read is enough


def _data(found: Any) -> dict[str, Any]:
    data = found.get("data") if isinstance(found, dict) else None
    if not isinstance(data, dict):
        raise ShapeError("no data")
    return data


def _items(data: dict[str, Any], name: str) -> list[dict[str, Any]]:
    listed = data.get(name)
    if not isinstance(listed, list):
        raise ShapeError(f"no {name}")
    return [each for each in listed if isinstance(each, dict)]


def _service(known: State, data: dict[str, Any], tongue: str) -> State:
    """Names in every language that was read; the other facts as the first language states them."""
    language = short(clean(data.get("language")) or tongue)
    texts = {name: localised(data.get(name), language) | known.get(name, {}) for name in TEXTS}
    if not any(texts["name"].values()) and not clean(data.get("system_id")):
        raise ShapeError("no name, no system_id")
    values = {name: clean(data.get(name)) for name in VALUES}
    tongues = data.get("languages") if isinstance(data.get("languages"), list) else [data.get("language") or tongue]
    spoken = [*known.get("languages", []), *filter(None, map(clean, tongues or ()))]
    found = {name: each for name, each in {**texts, **values}.items() if each}
    return found | known | {name: text for name, text in texts.items() if text} | {"languages": sorted(set(spoken))}


def localised(value: Any, language: str) -> dict[str, str]:
    """A text by language: one bare text in 2.x, a list of texts with their language in 3.0."""
    if isinstance(value, list):
        pairs = [(each.get("language"), clean(each.get("text"))) for each in value if isinstance(each, dict)]
        return {short(clean(tongue)): text for tongue, text in pairs if text}
    return {language: clean(value)} if clean(value) else {}


def _stations(items: list[dict[str, Any]]) -> State:
    extent, capacity = Extent(), 0
    unique = {clean(each.get("station_id")): each for each in items if clean(each.get("station_id"))}
    for each in unique.values():
        extent.add(each.get("lon"), each.get("lat"))
        capacity += _capacity(each)
    return {"number": len(unique), "capacity": _rounded(capacity), "extent": extent.as_dict()}


def _capacity(station: dict[str, Any]) -> int:
    """The places of a station, as it says itself or by type of vehicle."""
    if isinstance(station.get("capacity"), int | float):
        return max(0, int(station["capacity"]))
    by_type = station.get("vehicle_type_capacity") or station.get("vehicle_type_area_capacity")
    parts = list(by_type.values()) if isinstance(by_type, dict) else []
    for name in ("vehicle_docks_capacity", "vehicle_types_capacity"):
        listed = station.get(name)
        parts += [each.get("count") for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    return sum(max(0, int(part)) for part in parts if isinstance(part, int | float))


def _rounded(number: int) -> int:
    """Two figures are enough: some services take docks out of order from the capacity, which then changes every day."""
    return int(float(f"{number:.2g}"))
