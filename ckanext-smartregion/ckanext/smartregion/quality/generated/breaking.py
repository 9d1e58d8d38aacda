"""Each kind of rule as something that changes a made-up row until the row breaks the rule: keeping.py turned round."""

import datetime as dt
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ckanext.smartregion.quality.generated.keeping import (
    DAYS_PER_YEAR,
    HOURS,
    Making,
    Row,
    Said,
    applies,
    day_of,
    least_step,
    like,
)
from ckanext.smartregion.quality.generated.patterns import text_at, texts_of
from ckanext.smartregion.quality.generated.places import codes_in_force, point_inside
from ckanext.smartregion.schemas.rules.rule import Condition, Rule

STRANGE = "xyzzy"  # stands in no list
FAR = dt.timedelta(days=10)
TRIES = 30


@dataclass(frozen=True)
class Breaking:
    """What is known while a row is broken: how rows are made, the columns by name, and a row above that stays valid."""

    making: Making
    fields: Mapping[str, dict[str, Any]]
    above: Row

    def filled(self, row: Row, name: str) -> Any:
        """The value of a column, which is filled first where it is empty."""
        if row[name] is None:
            row[name] = self.making.fill(name)
        return row[name]

    def unlisted(self, name: str, known: set[Any]) -> Any:
        """A value that fits the column's pattern and type but stands nowhere among those known."""
        field = self.fields[name]
        pattern = field.get("constraints", {}).get("pattern")
        made = (text_at(pattern, number) for number in range(min(texts_of(pattern), 10**4))) if pattern else [STRANGE]
        if field["type"] != "string":
            made = [90001]
        return next(one for one in made if one not in known)


def break_rule(row: Row, rule: Rule, breaking: Breaking) -> None:
    """Change a row so that it breaks a rule of its contract."""
    if rule.when and not applies(rule.when, row):
        _meet(row, rule.when, breaking)
    BREAKERS[rule.kind](row, rule.parameters, breaking)


def _meet(row: Row, when: Condition, breaking: Breaking) -> None:
    """Have a row be one that a condition speaks of."""
    if when.values is not None:
        row[when.column] = when.values[0]
    else:
        row[when.column] = breaking.making.fill(when.column) if when.filled else None


def avoid(row: Row, column: str, whens: list[Condition], breaking: Breaking) -> None:
    """Give a column a value that none of some conditions on it speaks of, where made-up values allow that."""
    if any(when.filled for when in whens):
        row[column] = None
        return
    for _ in range(TRIES):
        if not any(applies(when, row) for when in whens):
            return
        row[column] = breaking.making.fill(column)


def _order(row: Row, said: Said, breaking: Breaking) -> None:
    first, second = said["columns"]
    a, b = breaking.filled(row, first), breaking.filled(row, second)
    if isinstance(a, dt.date):
        row[second] = like(b, day_of(a) - dt.timedelta(days=1))
    else:
        row[second] = a - least_step(a)


def _compare(row: Row, said: Said, breaking: Breaking) -> None:
    column, other = said["column"], said["to"]
    value = breaking.filled(row, column)
    bound = breaking.filled(row, other) if isinstance(other, str) else other
    bound = bound * said["factor"] if said["factor"] != 1 else bound
    step = least_step(bound)
    if said["is"] in ("at-least", "above"):
        broken_by = bound - step if said["is"] == "at-least" else bound
        row[column] = math.floor(broken_by) if isinstance(value, int) else broken_by
    else:
        broken_by = bound if said["is"] == "below" else bound + step
        row[column] = math.ceil(broken_by) if isinstance(value, int) else broken_by


def _today(row: Row, said: Said, breaking: Breaking) -> None:
    edge = breaking.making.on + dt.timedelta(days=said["days"])
    value, day = breaking.filled(row, said["column"]), edge + FAR if said["is"] == "at-most" else edge - FAR
    is_moment = isinstance(value, dt.datetime)
    row[said["column"]] = dt.datetime.combine(day, value.timetz()) if is_moment else day


def _one_of(row: Row, said: Said, _breaking: Breaking) -> None:
    row.update(dict.fromkeys(said["columns"]))


def _required_if(row: Row, said: Said, _breaking: Breaking) -> None:
    row[said["column"]] = None


def _empty_if(row: Row, said: Said, breaking: Breaking) -> None:
    breaking.filled(row, said["column"])


def _list_items(row: Row, said: Said, breaking: Breaking) -> None:
    others = [one for one in breaking.fields[said["column"]].get("constraints", {}).get("enum", [])
              if one not in (said["items"] or [])]  # fmt: skip
    item = STRANGE if not said["pattern"] or not re.fullmatch(said["pattern"], STRANGE) else "?"
    row[said["column"]] = others[0] if others else item


def _reference(row: Row, said: Said, breaking: Breaking) -> None:
    day = breaking.making.on if said["valid_on"] == "today" else day_of(breaking.filled(row, said["valid_on"]))
    row[said["column"]] = breaking.unlisted(said["column"], set(codes_in_force(said["list"], day)))


def _check_digits(row: Row, said: Said, breaking: Breaking) -> None:
    number = breaking.filled(row, said["column"])
    row[said["column"]] = f"{number[:-1]}{(int(number[-1]) + 1) % 10}"


def _opening_hours(row: Row, said: Said, _breaking: Breaking) -> None:
    row[said["column"]] = HOURS[-1].replace("Su", STRANGE)


def _inside_municipality(row: Row, said: Said, breaking: Breaking) -> None:
    """A point in another municipality, the farthest of some."""
    random, code = breaking.making.random, row[said["municipality"]]
    here = point_inside(str(code), random) or (0.0, 0.0)
    codes = codes_in_force("municipalities", breaking.making.on)
    points = filter(None, (point_inside(random.choice(codes), random) for _ in range(TRIES)))
    point = max(points, key=lambda one: math.dist(one, here))
    cells = point if len(said["columns"]) == 2 else [{"type": "Point", "coordinates": list(point)}]
    row.update(zip(said["columns"], cells, strict=True))


def _k_anonymity(row: Row, said: Said, breaking: Breaking) -> None:
    if isinstance(said["threshold"], str):
        row[said["threshold"]] = max(breaking.filled(row, said["threshold"]), 2)
    if said["masked"]:
        masked = Condition.from_dict(said["masked"])
        avoid(row, masked.column, [masked], breaking)
    row[said["column"]] = 1


def _sum(row: Row, said: Said, breaking: Breaking) -> None:
    first = said["columns"][0]
    wanted = breaking.filled(row, said["to"]) if isinstance(said["to"], str) else said["to"]
    others = sum(row[name] or 0 for name in said["columns"][1:])
    row[first] = wanted - others - 1 if said["is"] == "at-least" else max(wanted - others, 0) + 1


def _non_decreasing(row: Row, said: Said, breaking: Breaking) -> None:
    first, second = said["columns"][:2]
    value = breaking.filled(row, second)
    row[first] = value + least_step(value)


def _ratio(row: Row, said: Said, breaking: Breaking) -> None:
    over = [said["over"]] if isinstance(said["over"], str) else said["over"]
    divisor = math.prod(breaking.filled(row, name) for name in over)
    if said["per_year"]:
        start, end = (day_of(breaking.filled(row, name)) for name in said["per_year"])
        divisor *= (end - start).days / DAYS_PER_YEAR
    value = divisor * said["between"][1] * 2 + 1
    row[said["column"]] = math.ceil(value) if isinstance(row[said["column"]], int) else round(value, 2)


def _grid(row: Row, said: Said, breaking: Breaking) -> None:
    value = breaking.filled(row, said["column"])
    if isinstance(said["step"], str):
        breaking.filled(row, said["step"])
    row[said["column"]] = value.replace(minute=value.minute // 5 * 5 + 1)


def _rounded(row: Row, said: Said, breaking: Breaking) -> None:
    row[said["column"]] = breaking.filled(row, said["column"]) + said["step"] / 2


def _duration(row: Row, said: Said, breaking: Breaking) -> None:
    start, end = said["columns"]
    breaking.filled(row, end)
    row[end] = breaking.filled(row, start) + dt.timedelta(days=said["days"][1]) + FAR


def _no_overlap(row: Row, said: Said, breaking: Breaking) -> None:
    """A period that begins within that of the row above, under the same key."""
    start, end = said["period"]
    above = breaking.above
    row.update({name: above[name] for name in said["key"]})
    begun = breaking.filled(above, start)
    step: Any = FAR if isinstance(begun, dt.date) else 1
    above[end] = begun + 3 * step
    row[start], row[end] = begun + step, begun + 4 * step


def _balance(row: Row, said: Said, breaking: Breaking) -> None:
    row[said["sign"]["column"]] = said["sign"]["plus"][0]
    row[said["column"]] = 1000


def _foreign_key(row: Row, said: Said, breaking: Breaking) -> None:
    known = {one[said["to"][0]] for one in breaking.making.published.get(said["contract"], [])}
    row[said["columns"][0]] = breaking.unlisted(said["columns"][0], known)


BREAKERS: dict[str, Callable[[Row, Said, Breaking], None]] = {
    "balance": _balance,
    "check-digits": _check_digits,
    "compare": _compare,
    "duration": _duration,
    "empty-if": _empty_if,
    "foreign-key": _foreign_key,
    "grid": _grid,
    "inside-municipality": _inside_municipality,
    "k-anonymity": _k_anonymity,
    "list-items": _list_items,
    "no-overlap": _no_overlap,
    "non-decreasing": _non_decreasing,
    "one-of": _one_of,
    "opening-hours": _opening_hours,
    "order": _order,
    "ratio": _ratio,
    "reference": _reference,
    "required-if": _required_if,
    "rounded": _rounded,
    "sum": _sum,
    "today": _today,
}
