"""How far a new version of a table may be from the published one: the figures of the house, and their lint."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ckanext.smartregion.schemas.rules.rule import Rule

NUMBERS = frozenset({"number", "integer"})
PLACES = frozenset({"geojson", "geopoint"})
# The shares of the values below each of which a profile gives a bound. They stand here, and not with what computes
# them, so that who only compares profiles loads nothing that computes.
QUANTILES = (0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9)
FILE = Path(__file__).parent / "plausibility.yaml"


@dataclass(frozen=True)
class Limit:
    """One figure: what it means, the kind of column that it is about, and what it may be."""

    name: str
    means: str
    takes: str
    default: float
    low: float
    high: float | None = None


@cache
def limits() -> dict[str, Limit]:
    """Every figure by the name of its rule, in the order of the file."""
    listed = yaml.load(FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return {name: Limit(name, **said) for name, said in listed.items()}


def limit(said: Mapping[str, float], rule: str, column: str | None = None) -> float:
    """The figure of a rule: the policy's for this column, else the policy's for the rule, else that of the house."""
    return said.get(f"{column}.{rule}", said.get(rule, limits()[rule].default))


def is_choice(field: Mapping[str, Any]) -> bool:
    """Whether the values of a column are listed."""
    return field["type"] == "boolean" or "enum" in field.get("constraints", {})


def places(fields: list[dict[str, Any]], rules: Iterable[Rule]) -> list[list[str]]:
    """The columns that say where something is: those that a rule holds to a municipality, and geometries."""
    told = [rule.columns for rule in rules if rule.kind == "inside-municipality"]
    known = {column for columns in told for column in columns}
    return [*told, *([field["name"]] for field in fields if field["type"] in PLACES and field["name"] not in known)]


def plausibility_faults(
    said: Mapping[str, Any], severities: Collection[str], fields: list[dict[str, Any]], rules: Iterable[Rule]
) -> Iterator[str]:
    """Sentences that say why a policy can't compare versions so, for a table with these columns and own rules.

    ``said`` are its figures; ``severities`` are the entries of its rules, of which only those here are looked at.
    """
    at = {field["name"]: field for field in fields}
    first = {columns[0] for columns in places(fields, rules)}
    for entry in (entry for entry in severities if entry.rpartition(".")[2] in limits()):
        yield from (f"Rule '{entry}' {fault}" for fault in _column_faults(entry, at, first))
    for entry, value in said.items():
        if (known := limits().get(str(entry).rpartition(".")[2])) is None:
            yield f"Plausibility '{entry}' names no rule; there are {', '.join(limits())}."
            continue
        found = [*_column_faults(str(entry), at, first), *_value_faults(known, value)]
        yield from (f"Plausibility '{entry}' {fault}" for fault in found)


def _column_faults(entry: str, fields: Mapping[str, dict[str, Any]], places: Collection[str]) -> Iterator[str]:
    column, _, rule = entry.rpartition(".")
    if column and column not in fields:
        yield f"names '{column}', which is no field of the contract."
    elif column and not _fits(limits()[rule].takes, fields[column], places):
        yield f"says nothing: '{rule}' does not look at the column '{column}'."


def _fits(takes: str, field: dict[str, Any], places: Collection[str]) -> bool:
    match takes:
        case "number":
            return field["type"] in NUMBERS
        case "choice":
            return is_choice(field)
        case "place":
            return field["name"] in places
    return takes == "any"


def _value_faults(known: Limit, value: Any) -> Iterator[str]:
    if not isinstance(value, int | float) or isinstance(value, bool):
        yield f"is a number, not {value!r}: {known.means}."
    elif value < known.low or (known.high is not None and value > known.high):
        upto = "" if known.high is None else f" and at most {known.high:g}"
        yield f"is at least {known.low:g}{upto}, not {value:g}: {known.means}."
