"""Where municipalities lie: look-up by point, and the outlines of a map drawn by the server."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from .codes import by_nis
from .reading import REFERENCE
from .records import Municipality

if TYPE_CHECKING:  # shapely brings numpy along, which costs programs that ask for no place a third of their start
    from shapely import STRtree
    from shapely.geometry.base import BaseGeometry

# Whole units at this width are about 60 metres: finer than the simplified boundaries.
MAP_WIDTH = 4000


@dataclass(frozen=True)
class Outlines:
    """The map of the region: an SVG view box and one path per NIS code, all in the same coordinates."""

    view_box: str
    paths: dict[str, str]


def by_point(lon: float, lat: float) -> Municipality | None:
    """Find the municipality at a point in WGS84; on a shared border the lower NIS code, outside Wallonia none."""
    from shapely import Point

    codes, tree = _tree()
    try:
        hits = tree.query(Point(float(lon), float(lat)), predicate="intersects")
    except (TypeError, ValueError):
        return None
    return by_nis(min(codes[hit] for hit in hits)) if len(hits) else None


@cache
def boundaries() -> dict[str, BaseGeometry]:
    """The simplified boundary of every municipality, by NIS code, in WGS84."""
    from shapely.geometry import shape

    return {feature["id"]: shape(feature["geometry"]) for feature in _features()}


@cache
def svg_paths(width: int = MAP_WIDTH) -> Outlines:
    """Draw every municipality as an SVG path, the longitudes shortened by the cosine of the middle latitude."""
    west, south, east, north = _extent()
    shrink = math.cos(math.radians((south + north) / 2))
    scale = width / ((east - west) * shrink)

    def project(lon: float, lat: float) -> tuple[int, int]:
        return round((lon - west) * shrink * scale), round((north - lat) * scale)

    paths = {
        feature["id"]: "".join(_ring_path([project(*point) for point in ring]) for ring in _rings(feature["geometry"]))
        for feature in _features()
    }
    return Outlines(f"0 0 {width} {round((north - south) * scale)}", paths)


@cache
def _features() -> list[dict[str, Any]]:
    return json.loads((REFERENCE / "boundaries.geojson").read_text(encoding="utf-8"))["features"]


@cache
def _tree() -> tuple[list[str], STRtree]:
    from shapely import STRtree

    return list(boundaries()), STRtree(list(boundaries().values()))


def _extent() -> tuple[float, float, float, float]:
    boxes = [boundary.bounds for boundary in boundaries().values()]
    wests, souths, easts, norths = zip(*boxes, strict=True)
    return min(wests), min(souths), max(easts), max(norths)


def _rings(geometry: dict[str, Any]) -> Iterator[list[list[float]]]:
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    for polygon in polygons:
        yield from polygon


def _ring_path(points: list[tuple[int, int]]) -> str:
    """Write a closed ring with relative steps, which are short; steps of nothing are left out."""
    steps = [(x2 - x1, y2 - y1) for (x1, y1), (x2, y2) in pairwise(points[:-1])]
    lines = "".join(f"l{dx} {dy}" for dx, dy in steps if dx or dy)
    return f"M{points[0][0]} {points[0][1]}{lines}z"
