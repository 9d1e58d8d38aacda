"""Made-up values for a column of a contract, in the types that rules compute with, and how they are written."""

import datetime as dt
import json
import math
import re
from random import Random
from typing import Any

from ckanext.smartregion.belgium import BELGIUM
from ckanext.smartregion.quality.generated.json_schema import read
from ckanext.smartregion.quality.generated.patterns import text_at

FARTHEST_BACK = 1500  # days before the day of the check
FIRST_YEAR, LAST_YEAR = 2015, 2100
LARGE = 10**9  # no table has more rows, no made-up number is greater
SHARE_FILLED = 0.8
MINUTES = (0, 15, 30, 45)
EXAMPLE = {"number": "12.5", "integer": "12", "geojson": '{"type": "Point", "coordinates": [4.8622, 50.4689]}'}


def value(field: dict[str, Any], number: int, random: Random, on: dt.date, *, distinct: bool) -> Any:
    """A value for row `number`: str, int, float, bool, date, datetime in Brussels time, or a dict of GeoJSON.

    ``distinct`` asks for a text that no other row has.
    """
    if listed := field.get("constraints", {}).get("enum"):
        return read(field, random.choice(listed))
    match field["type"]:
        case "boolean":
            return random.random() < 0.5
        case "date":
            return _day(field, random, on)
        case "datetime":
            at = dt.time(random.randrange(24), random.choice(MINUTES))
            return dt.datetime.combine(_day(field, random, on), at, BELGIUM)
        case "number" | "integer" | "year":
            return _number(field, random, on)
        case "geojson":
            return json.loads(field.get("example", EXAMPLE["geojson"]))
    return _text(field, number, distinct=distinct)


def written(value: Any) -> str:
    """A value as a CSV file under a contract writes it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _day(field: dict[str, Any], random: Random, on: dt.date) -> dt.date:
    day = on - dt.timedelta(days=random.randint(1, FARTHEST_BACK))
    limits = field.get("constraints", {})
    earliest, latest = limits.get("minimum", "0001-01-01"), limits.get("maximum", "9999-12-31")
    return min(max(day, dt.date.fromisoformat(earliest)), dt.date.fromisoformat(latest))


def _number(field: dict[str, Any], random: Random, on: dt.date) -> float | int:
    """About as large as the example, between the bounds; what may be as large as 2100 at most is a year."""
    limits, example = field.get("constraints", {}), str(field.get("example") or EXAMPLE["number"])
    if field["type"] == "year" or limits.get("maximum") == LAST_YEAR:
        return random.randint(FIRST_YEAR, on.year)
    bounds = [limits.get("minimum", -LARGE), limits.get("maximum", LARGE)]
    low, high = (min(max(float(example) * part, bounds[0]), bounds[1]) for part in (0.5, 1.5))
    decimals = len(example.partition(".")[2])
    return round(random.uniform(low, high), decimals) if decimals else random.randint(math.ceil(low), math.floor(high))


def _text(field: dict[str, Any], number: int, *, distinct: bool) -> str:
    limits, example = field.get("constraints", {}), str(field.get("example", field["name"]))
    pattern = limits.get("pattern", r"[\s\S]*")
    if field.get("format") == "uri":
        return f"https://example.org/{field['name']}/{number}"
    if not distinct:
        return example if re.fullmatch(pattern, example) else text_at(pattern, number)
    for start in (f"{example}-", example):
        if re.fullmatch(pattern, f"{start}{LARGE}") and len(f"{start}{LARGE}") <= limits.get("maxLength", LARGE):
            return f"{start}{number}"
    return text_at(pattern, number)
