"""Each kind of rule as something that changes a made-up row until the row keeps the rule."""

import datetime as dt
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from ckanext.smartregion.belgium import BELGIUM
from ckanext.smartregion.quality.generated.check_digits import SCHEMES
from ckanext.smartregion.quality.generated.patterns import text_at
from ckanext.smartregion.quality.generated.places import codes_in_force, point_inside
from ckanext.smartregion.schemas.rules.rule import Condition

Row = dict[str, Any]
Said = dict[str, Any]
HOURS = ("24/7", "Mo-Fr 08:00-18:00", "Mo-Sa 09:00-12:30,13:30-17:00", "Su 08:00-14:00")
MONTHS_AHEAD = 90  # days, how far ahead of the day of the check a date to come is set
DAYS_PER_YEAR = 365


@dataclass(frozen=True)
class Making:
    """What is known while a row is made: its number, the day of the check, chance, and how to fill a column.

    ``published`` holds rows of other contracts by their names, for keys that lead there.
    ``attempt`` counts how often the rules were gone through; rules that contend for a cell give way by turns.
    """

    number: int
    on: dt.date
    random: Random
    fill: Callable[[str], Any]
    attempt: int = 0
    published: Mapping[str, list[Row]] = field(default_factory=dict)


def applies(when: Condition | None, row: Row) -> bool:
    """Whether a rule looks at this row."""
    if when is None:
        return True
    value = row[when.column]
    return value in when.values if when.values is not None else (value is not None) == when.filled


def order(row: Row, said: Said, _making: Making) -> None:
    """Swap what is the wrong way round; a date follows the day of a moment."""
    first, second = said["columns"]
    a, b = row[first], row[second]
    if a is None or b is None:
        return
    if isinstance(a, dt.datetime) != isinstance(b, dt.datetime):
        if day_of(a) > day_of(b):
            row[second] = like(b, day_of(a))
    elif a > b:
        row[first], row[second] = b, a
    if said["strict"] and row[first] == row[second]:
        row[second] = row[first] + least_step(row[first])


def day_of(value: dt.date) -> dt.date:
    """The day of a date or a moment."""
    return value.date() if isinstance(value, dt.datetime) else value


def like(value: dt.date, day: dt.date) -> dt.date:
    """A day in the type of another value: as a date, or as the last minute of it."""
    if not isinstance(value, dt.datetime):
        return day
    return dt.datetime.combine(day, dt.time(23, 59), BELGIUM)


def least_step(value: Any) -> Any:
    """What two values of a kind differ by at least, to be told apart."""
    if isinstance(value, dt.datetime):
        return dt.timedelta(minutes=5)
    return dt.timedelta(days=1) if isinstance(value, dt.date) else 1


def compare(row: Row, said: Said, making: Making) -> None:
    """Set the column to its bound, or a step beside it; what must be equal changes sides with attempts."""
    column, other = said["column"], said["to"]
    value, bound = row[column], row[other] if isinstance(other, str) else other
    if value is None or bound is None:
        return
    bound = bound * said["factor"] if said["factor"] != 1 else bound
    if STANDS[said["is"]](value, bound):
        return
    if making.attempt and isinstance(other, str) and said["is"] == "equal" and said["factor"] == 1:
        row[other] = value
        return
    step = {"above": 1, "below": -1}.get(said["is"], 0)
    bound = bound + step * least_step(bound) if step else bound
    row[column] = _whole(bound, down=said["is"] in ("at-most", "below")) if isinstance(value, int) else bound


STANDS: dict[str, Callable[[Any, Any], bool]] = {
    "at-most": lambda value, bound: value <= bound,
    "at-least": lambda value, bound: value >= bound,
    "below": lambda value, bound: value < bound,
    "above": lambda value, bound: value > bound,
    "equal": lambda value, bound: value == bound,
}


def _whole(value: Any, *, down: bool) -> Any:
    return value if not isinstance(value, float) else math.floor(value) if down else math.ceil(value)


def today(row: Row, said: Said, making: Making) -> None:
    """Move a date to the side of the day of the check that is asked for."""
    value, edge = row[said["column"]], making.on + dt.timedelta(days=said["days"])
    if value is None or STANDS[said["is"]](day_of(value), edge):
        return
    away = dt.timedelta(days=making.random.randint(1, MONTHS_AHEAD))
    row[said["column"]] = like(value, edge - away if said["is"] == "at-most" else edge + away)


def one_of(row: Row, said: Said, making: Making) -> None:
    """Fill the first of the columns if none is filled."""
    if all(row[name] is None for name in said["columns"]):
        row[said["columns"][0]] = making.fill(said["columns"][0])


def required_if(row: Row, said: Said, making: Making) -> None:
    """Fill the column."""
    if row[said["column"]] is None:
        row[said["column"]] = making.fill(said["column"])


def empty_if(row: Row, said: Said, _making: Making) -> None:
    """Empty the column."""
    row[said["column"]] = None


def list_items(row: Row, said: Said, making: Making) -> None:
    """One item that is allowed, where one is not."""
    value = row[said["column"]]
    items = [] if value is None else value.split(said["separator"]) if said["separator"] else [value]
    allowed = said["items"] or (said["reference"] and codes_in_force(said["reference"], making.on))
    if allowed:
        if not set(items) <= set(allowed):
            row[said["column"]] = making.random.choice(allowed)
    elif not all(re.fullmatch(said["pattern"], item) for item in items):
        row[said["column"]] = text_at(said["pattern"], making.number)


def reference(row: Row, said: Said, making: Making) -> None:
    """A code in force on the day: any on the first attempt, so that all are met; then only where it has to be."""
    name = said["valid_on"]
    codes = codes_in_force(said["list"], making.on if name == "today" else day_of(row[name] or making.on))
    value = row[said["column"]]
    if value is not None and (not making.attempt or value not in codes):
        row[said["column"]] = making.random.choice(codes)


def check_digits(row: Row, said: Said, making: Making) -> None:
    """A number of the scheme."""
    if row[said["column"]] is not None:
        row[said["column"]] = SCHEMES[said["scheme"]](making.number)


def opening_hours(row: Row, said: Said, making: Making) -> None:
    """Hours that can be read."""
    if row[said["column"]] is not None and row[said["column"]] not in HOURS:
        row[said["column"]] = making.random.choice(HOURS)


def inside_municipality(row: Row, said: Said, making: Making) -> None:
    """A point in the municipality that the row names; only the first two attempts may still change the code."""
    columns, code = said["columns"], row[said["municipality"]]
    if making.attempt > 1 or code is None or all(row[name] is None for name in columns):
        return
    if point := point_inside(code, making.random):
        cells = point if len(columns) == 2 else [{"type": "Point", "coordinates": list(point)}]
        row.update(zip(columns, cells, strict=True))


def k_anonymity(row: Row, said: Said, _making: Making) -> None:
    """A count that may be shown."""
    threshold = row[said["threshold"]] if isinstance(said["threshold"], str) else said["threshold"]
    masked = said["masked"] and applies(Condition.from_dict(said["masked"]), row)
    value = row[said["column"]]
    if value is not None and threshold is not None and not masked and 0 < value < threshold:
        row[said["column"]] = threshold


def sum_(row: Row, said: Said, _making: Making) -> None:
    """Equal parts that add up to no more than they should; the first takes what is left where more is asked for."""
    filled = [name for name in said["columns"] if row[name] is not None]
    wanted = row[said["to"]] if isinstance(said["to"], str) else said["to"]
    if not filled or wanted is None or STANDS[said["is"]](sum(row[name] for name in filled), wanted):
        return
    row.update(dict.fromkeys(filled, math.floor(wanted / len(filled))))
    if said["is"] != "at-most":
        row[filled[0]] += wanted - sum(row[name] for name in filled)


def non_decreasing(row: Row, said: Said, _making: Making) -> None:
    """The filled values, sorted."""
    filled = [name for name in said["columns"] if row[name] is not None]
    row.update(zip(filled, sorted(row[name] for name in filled), strict=True))


def ratio(row: Row, said: Said, _making: Making) -> None:
    """A value in the middle of what the ratio may be."""
    over = [said["over"]] if isinstance(said["over"], str) else said["over"]
    if row[said["column"]] is None or any(row[name] is None for name in over):
        return
    divisor = math.prod(row[name] for name in over)
    if said["per_year"]:
        start, end = (row[name] for name in said["per_year"])
        divisor *= (day_of(end) - day_of(start)).days / DAYS_PER_YEAR if start and end else 0
    low, high = said["between"]
    if divisor and not low <= row[said["column"]] / divisor <= high:
        row[said["column"]] = round(divisor * (low + high) / 2, 2)


def grid(row: Row, said: Said, _making: Making) -> None:
    """The last moment of the grid before."""
    value, step = row[said["column"]], row[said["step"]] if isinstance(said["step"], str) else said["step"]
    if value is not None and step:
        minutes = (value.hour * 60 + value.minute) // step * step
        row[said["column"]] = value.replace(hour=minutes // 60, minute=minutes % 60)


def rounded(row: Row, said: Said, _making: Making) -> None:
    """The nearest multiple of the step."""
    if row[said["column"]] is not None:
        row[said["column"]] = round(row[said["column"]] / said["step"]) * said["step"]


def duration(row: Row, said: Said, _making: Making) -> None:
    """An end as many days after the start as may be."""
    start, end = (row[name] for name in said["columns"])
    if start and end and not said["days"][0] <= (end - start).days <= said["days"][1]:
        row[said["columns"][1]] = start + dt.timedelta(days=sum(said["days"]) // 2)


def foreign_key(row: Row, said: Said, making: Making) -> None:
    """The key of a row of the other table, one after another, where there is such a table."""
    others = making.published.get(said["contract"])
    if others and all(row[name] is not None for name in said["columns"]):
        other = others[making.number % len(others)]
        row.update({name: other[there] for name, there in zip(said["columns"], said["to"], strict=True)})


# By kind of rule. Balances span rows, and periods are kept apart by distinct keys.
KEEPERS: dict[str, Callable[[Row, Said, Making], None]] = {
    "check-digits": check_digits,
    "compare": compare,
    "duration": duration,
    "empty-if": empty_if,
    "foreign-key": foreign_key,
    "grid": grid,
    "inside-municipality": inside_municipality,
    "k-anonymity": k_anonymity,
    "list-items": list_items,
    "non-decreasing": non_decreasing,
    "one-of": one_of,
    "opening-hours": opening_hours,
    "order": order,
    "ratio": ratio,
    "reference": reference,
    "required-if": required_if,
    "rounded": rounded,
    "sum": sum_,
    "today": today,
}
