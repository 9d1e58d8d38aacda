"""Where points lie: the rectangle around them and the municipalities that they stand in. Pure."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import Any

from ckanext.smartregion import territory
from ckanext.smartregion.harvest.records import Draft
from ckanext.smartregion.schemas import vocabulary

# About a hundred metres, rounded outwards: a rectangle that does not change when a stop moves across the street.
STEP = 1000
# Beyond this the names of municipalities are a list nobody reads; then it is Wallonia.
MOST_NAMES = 30


@dataclass
class Extent:
    """Grows by points in WGS84; what is no point on Earth, or lies at zero, is counted and left out."""

    box: tuple[float, float, float, float] | None = None
    municipalities: set[str] = field(default_factory=set)
    nowhere: int = 0

    def add(self, lon: Any, lat: Any) -> None:
        """Take in a point given as numbers or as text."""
        point = _point(lon, lat)
        if not point:
            self.nowhere += 1
            return
        x, y = point
        west, south, east, north = self.box or (x, y, x, y)
        self.box = min(west, x), min(south, y), max(east, x), max(north, y)
        if found := territory.by_point(x, y):
            self.municipalities.add(found.nis or "")

    def take(self, other: Extent) -> Extent:
        """This extent with another one added."""
        boxes = [box for box in (self.box, other.box) if box]
        west, south, east, north = zip(*boxes, strict=True) if boxes else ((), (), (), ())
        box = (min(west), min(south), max(east), max(north)) if boxes else None
        return Extent(box, self.municipalities | other.municipalities, self.nowhere + other.nowhere)

    def as_dict(self) -> dict[str, Any]:
        """As a cursor or a payload keeps it."""
        box = list(self.box) if self.box else None
        return {"box": box, "municipalities": sorted(self.municipalities), "nowhere": self.nowhere}

    @classmethod
    def of(cls, kept: dict[str, Any]) -> Extent:
        """The extent that `as_dict` wrote down."""
        box = tuple(kept["box"]) if kept.get("box") else None
        return cls(box, set(kept.get("municipalities") or ()), int(kept.get("nowhere") or 0))

    def coverage(self) -> list[Draft]:
        """As the catalogue states it: the municipalities by name, or Wallonia, and the rectangle."""
        if not self.box:
            return []
        west, south = (math.floor(number * STEP) / STEP for number in self.box[:2])
        east, north = (math.ceil(number * STEP) / STEP for number in self.box[2:])
        corners = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        rectangle = json.dumps({"type": "Polygon", "coordinates": [corners]})
        return [*self._places(), {"bbox": rectangle}]

    def _places(self) -> list[Draft]:
        if len(self.municipalities) > MOST_NAMES:
            wallonia = vocabulary("place").by_code("WALLONIA")
            return [{"uri": wallonia.uri, "text": wallonia.label("fr")}] if wallonia else []
        found = (territory.by_nis(nis) for nis in sorted(self.municipalities))
        return [{"text": each.title} for each in found if each]


def _point(lon: Any, lat: Any) -> tuple[float, float] | None:
    try:
        x, y = float(lon), float(lat)
    except (TypeError, ValueError):
        return None
    on_earth = -180 <= x <= 180 and -90 <= y <= 90
    return (x, y) if on_earth and (x, y) != (0, 0) else None
