"""The map of the region as a template draws it: one shape per municipality, tinted by its number of datasets."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cache

from ckanext.smartregion import territory
from ckanext.smartregion.directory import in_order

# Fine enough for a map as wide as a screen, and half the bytes of the full precision.
WIDTH = 2000
# The least number of datasets for each tint after the palest.
STEPS = (1, 2, 5, 10)


@dataclass(frozen=True)
class Shape:
    """A municipality on the map."""

    slug: str
    titles: dict[str, str]
    province: str
    path: str
    count: int

    @property
    def tint(self) -> int:
        """0 for a municipality without datasets, then darker with their number."""
        return bisect_right(STEPS, self.count)


def view_box() -> str:
    """The SVG view box that all shapes share."""
    return territory.svg_paths(WIDTH).view_box


def shapes(counts: dict[str, int]) -> list[Shape]:
    """Every municipality with its outline and its number of datasets, by name."""
    return [
        Shape(one.slug, one.titles, one.province or "", _path(one.nis), counts.get(one.slug, 0)) for one in _by_name()
    ]


def outline(nis: str) -> str | None:
    """The outline of one municipality, in the coordinates of the whole map."""
    return territory.svg_paths(WIDTH).paths.get(nis)


def region() -> str:
    """The whole region as one path."""
    return "".join(territory.svg_paths(WIDTH).paths.values())


def _path(nis: str | None) -> str:
    return territory.svg_paths(WIDTH).paths.get(nis or "", "")


@cache
def _by_name() -> tuple[territory.Municipality, ...]:
    return tuple(sorted(territory.municipalities(), key=lambda one: in_order(one.title)))
