"""Codes in force and points inside municipalities, for made-up rows."""

import datetime as dt
from functools import cache
from random import Random

from ckanext.smartregion import territory
from ckanext.smartregion.quality.examination.rules.codes import reference_list

TRIES = 20
DECIMALS = 5  # about a metre


@cache
def codes_in_force(name: str, day: dt.date) -> tuple[str, ...]:
    """The codes of a reference list that hold on a day, in the order of the list."""
    return tuple(code for code, since, until in _periods(name) if _holds(since, until, day))


@cache
def _periods(name: str) -> list[tuple[str, dt.date | None, dt.date | None]]:
    return reference_list(name).select("code", "valid_from", "valid_to").rows()


def _holds(since: dt.date | None, until: dt.date | None, day: dt.date) -> bool:
    return (since is None or since <= day) and (until is None or day < until)


def point_inside(code: str, random: Random) -> tuple[float, float] | None:
    """Longitude and latitude of a place in a municipality; None where its code or its boundary is not known."""
    import shapely

    municipality = territory.by_nis(code)
    boundary = territory.boundaries().get(municipality.nis) if municipality and municipality.nis else None
    if not boundary:
        return None
    west, south, east, north = boundary.bounds
    for _ in range(TRIES):
        lon, lat = random.uniform(west, east), random.uniform(south, north)
        if shapely.contains_xy(boundary, lon, lat):
            return round(lon, DECIMALS), round(lat, DECIMALS)
    inside = boundary.representative_point()
    return round(inside.x, DECIMALS), round(inside.y, DECIMALS)
