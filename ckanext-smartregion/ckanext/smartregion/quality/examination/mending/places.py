"""Points as people write them: two numbers in a cell, latitude first; and GeoJSON as programs print it."""

import ast
import json
import re
from collections.abc import Iterator
from typing import Any

from ckanext.smartregion.quality.examination.mending.reading import Evidence, Field, Reading

NUMBER = r"-?\d{1,3}(?:[.,]\d+)"
PAIR = re.compile(rf"[(\[]?\s*({NUMBER})\s*(?:[;/|]|,\s|\s|(?<=\d),(?=\d+\.\d))\s*({NUMBER})\s*[)\]]?")
LONGEST_PAIR = 60
# West, south, east and north of Belgium in degrees, a little more than it is.
BELGIUM = (2.5, 49.45, 6.45, 51.55)
# From so many units on a coordinate is in metres.
METRES = 10_000
# How deep the rings of a polygon lie.
RINGS = {"Polygon": 1, "MultiPolygon": 2}


def point_readings(text: str, field: Field, _evidence: Evidence) -> Iterator[Reading]:
    """Longitude and latitude of a pair of numbers of which exactly one order lies in Belgium."""
    if field.get("format", "default") == "default":
        for lon, lat, kinds in _pairs(text):
            yield Reading(f"{lon}, {lat}", kinds)


def geometry_readings(text: str, _field: Field, _evidence: Evidence) -> Iterator[Reading]:
    """The geometry that a pair of numbers or a text of a program means, its rings closed."""
    for lon, lat, kinds in _pairs(text):
        yield Reading(_json({"type": "Point", "coordinates": [float(lon), float(lat)]}), kinds)
    value, kinds = _parsed(text)
    if isinstance(value, dict):
        closed = _closed(value)
        if kinds or closed is not value:
            yield Reading(_json(closed), (*kinds, *(("ring-closed",) if closed is not value else ())))


def in_belgium(lon: float, lat: float) -> bool:
    """Whether a point lies in the box around Belgium."""
    west, south, east, north = BELGIUM
    return west <= lon <= east and south <= lat <= north


def is_in_metres(text: str) -> bool:
    """Whether a coordinate can only be one in metres, as Lambert 72 and Lambert 2008 have them."""
    try:
        return METRES <= float(text.replace(",", ".").replace(" ", "")) < 1_000_000
    except ValueError:
        return False


def _pairs(text: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    if len(text) > LONGEST_PAIR or not (found := PAIR.fullmatch(text)):
        return
    one, two = (number.replace(",", ".") for number in found.groups())
    as_written, turned = in_belgium(float(one), float(two)), in_belgium(float(two), float(one))
    if as_written != turned:
        yield (one, two, ("coordinates",)) if as_written else (two, one, ("coordinates", "coordinates-order"))


def _parsed(text: str) -> tuple[Any, tuple[str, ...]]:
    """What JSON says, or else a literal of Python, which computes nothing."""
    if not text.startswith("{"):
        return None, ()
    try:
        return json.loads(text), ()
    except (ValueError, RecursionError):
        pass
    try:
        return json.loads(json.dumps(ast.literal_eval(text), allow_nan=False)), ("json-quotes",)
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return None, ()


def _closed(value: dict[str, Any]) -> dict[str, Any]:
    """The geometry with its rings closed; itself where they are."""
    depth = RINGS.get(str(value.get("type")))
    if depth is None:
        return value
    coordinates = _rings_closed(value.get("coordinates"), depth)
    return value if coordinates == value.get("coordinates") else {**value, "coordinates": coordinates}


def _rings_closed(part: Any, depth: int) -> Any:
    if not isinstance(part, list) or not part:
        return part
    if depth:
        return [_rings_closed(one, depth - 1) for one in part]
    return part if part[0] == part[-1] or len(part) < 3 else [*part, part[0]]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
