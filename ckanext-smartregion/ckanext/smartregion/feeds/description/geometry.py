"""Outlines of places: what stands in a dictionary as WKT or as GeoJSON, as the WKT that feeds write. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from geomet import InvalidGeoJSONException, wkt

DECIMALS = 4  # of a degree: some ten metres, as ckanext-dcat writes


def as_wkt(value: Any) -> str | None:
    """The outline as WKT, or nothing when the value is no outline."""
    if isinstance(value, dict):
        value = json.dumps(value)
    return _as_wkt(value) if value and isinstance(value, str) else None


def with_box_and_centre(outlines: dict[str, str]) -> dict[str, str]:
    """Outlines by ``geom``, ``bbox`` and ``centroid``, with the two latter computed where they are not stated."""
    known = outlines.get("bbox") or outlines.get("geom")
    found = _box_and_centre(known) if known else None
    return {"bbox": found[0], "centroid": found[1], **outlines} if found else outlines


def box(west: str, south: str, east: str, north: str) -> str:
    """A rectangle as WKT."""
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    return "POLYGON((" + ", ".join(" ".join(corner) for corner in corners) + "))"


@lru_cache(maxsize=1_000)
def _box_and_centre(outline: str) -> tuple[str, str] | None:
    points = list(_points(wkt.loads(outline).get("coordinates", ())))
    if not points:
        return None
    (west, east), (south, north) = ((min(axis), max(axis)) for axis in zip(*points, strict=True))
    centre = f"POINT({_short((west + east) / 2)} {_short((south + north) / 2)})"
    return box(*map(_short, (west, south, east, north))), centre


def _points(coordinates: Any) -> Iterator[tuple[float, float]]:
    """The pairs of numbers in coordinates of any depth."""
    if coordinates and not isinstance(coordinates[0], list | tuple):
        yield float(coordinates[0]), float(coordinates[1])
        return
    for each in coordinates:
        yield from _points(each)


def _short(number: float) -> str:
    return f"{round(number, DECIMALS):g}"


@lru_cache(maxsize=1_000)
def _as_wkt(text: str) -> str | None:
    try:
        outline = json.loads(text)
    except ValueError:
        return text if _is_wkt(text) else None
    try:
        return wkt.dumps(outline, decimals=DECIMALS)
    except (AttributeError, KeyError, TypeError, ValueError, IndexError, InvalidGeoJSONException):
        return None


def _is_wkt(text: str) -> bool:
    try:
        wkt.loads(text)
    except (ValueError, StopIteration, IndexError, TypeError, KeyError):
        return False
    return True
