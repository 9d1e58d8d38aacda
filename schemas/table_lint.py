"""Lint of table contracts: a contract that could hang, lie or reach out of the house is refused with a sentence."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

from ckanext.smartregion.schemas.pattern_lint import pattern_faults
from ckanext.smartregion.schemas.vocabulary import LANGUAGES

TYPES = frozenset({
    "string", "number", "integer", "boolean", "date", "datetime", "time", "year", "yearmonth",
    "geopoint", "geojson", "object", "array",
})  # fmt: skip
PROPERTIES = frozenset({
    "name", "type", "format", "title", "description", "example", "labels", "constraints", "missingValues",
    "rdfType", "trueValues", "falseValues", "decimalChar", "bareNumber",
})  # fmt: skip
CONSTRAINTS = frozenset({
    "required", "unique", "pattern", "enum", "minimum", "maximum", "minLength", "maxLength",
})  # fmt: skip
BOUNDS = ("minimum", "maximum")
# A contract holds all it needs: what would be fetched from elsewhere could change, vanish or lie.
REMOTE = frozenset({"$ref", "$schema", "path", "url", "profile"})
FORMATS = {"string": {"default", "email", "uri", "uuid"}, "geopoint": {"default", "array", "object"}}


def faults(schema: dict[str, Any]) -> Iterator[str]:
    """Sentences that say why this Table Schema can't be a contract; none when it can."""
    fields = schema.get("fields")
    if not isinstance(fields, list) or not fields:
        yield "The contract has no fields; list them under 'fields'."
        return
    if not all(isinstance(field, dict) for field in fields):
        yield "Each field is a map with 'name' and 'type'."
        return
    names = [field.get("name") for field in fields]
    for name in sorted({str(name) for name in names if names.count(name) > 1}):
        yield f"Two fields are named '{name}'; give each its own name."
    yield from _key_faults(schema.get("primaryKey", []), names)
    for remote in sorted(set(_remote_keys({key: value for key, value in schema.items() if key != "source"}))):
        yield f"The contract points outside the house with '{remote}'; write what is needed here, or into 'source'."
    if schema.get("foreignKeys"):
        yield "Foreign keys can't be part of a contract; declare the reference as a rule."
    for field in fields:
        yield from (f"Field '{field.get('name')}': {fault}" for fault in _field_faults(field))


def text_faults(schema: dict[str, Any]) -> Iterator[str]:
    """Sentences on the titles and descriptions that lack one of the four languages."""
    listed = schema.get("fields")
    fields = [field for field in listed if isinstance(field, dict)] if isinstance(listed, list) else []
    places = [("The contract", schema), *((f"Field '{field.get('name')}'", field) for field in fields)]
    for place, holder in places:
        for kind in ("title", "description"):
            if not isinstance(holder.get(kind), dict) or not all(holder[kind].get(code) for code in LANGUAGES):
                yield f"{place} needs its {kind} in {', '.join(LANGUAGES)}."


def _key_faults(key: Any, names: list[Any]) -> Iterator[str]:
    if not isinstance(key, list):
        yield "The key is a list of field names, even if there is only one."
        return
    yield from (f"The key names '{one}', which is no field of the contract." for one in key if one not in names)


def _remote_keys(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for one in part:
            yield from _remote_keys(one)
    elif isinstance(part, dict):
        yield from REMOTE & set(part)
        for one in part.values():
            yield from _remote_keys(one)


def _field_faults(field: dict[str, Any]) -> Iterator[str]:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,62}", str(field.get("name"))):
        yield "a name starts with a letter and holds letters, digits and underscores, at most 63."
    kind, format_ = field.get("type"), field.get("format", "default")
    if kind not in TYPES:
        yield f"type '{kind}' is not allowed; use one of {', '.join(sorted(TYPES))}."
        return
    if not _format_allowed(str(kind), format_):
        yield f"format '{format_}' is not allowed; dates are written the ISO way and nothing is guessed."
    for unknown in sorted(set(field) - PROPERTIES):
        yield f"the property '{unknown}' is not known here."
    yield from _constraint_faults(field, field.get("constraints", {}))


def _format_allowed(kind: str, format_: Any) -> bool:
    return format_ in FORMATS.get(kind, {"default"})


def _constraint_faults(field: dict[str, Any], constraints: dict[str, Any]) -> Iterator[str]:
    for unknown in sorted(set(constraints) - CONSTRAINTS):
        yield f"the constraint '{unknown}' is not known here."
    if "pattern" in constraints:
        if field["type"] != "string":
            yield "a pattern stands only on text."
        yield from pattern_faults(constraints["pattern"])
    yield from _bound_faults(field["type"], {name: constraints[name] for name in BOUNDS if name in constraints})


def _bound_faults(kind: str, bounds: dict[str, Any]) -> Iterator[str]:
    """A bound on a datetime is refused: compared with a cell of the other time-zone habit it would end the check."""
    if kind == "datetime":
        yield from (
            f"{name} can't stand on a datetime, for moments with and without offset can't be compared; write a rule."
            for name in bounds
        )
        return
    unfit = [name for name, bound in bounds.items() if not _bound_fits(kind, bound)]
    yield from (f"{name} {bounds[name]!r} does not suit the type {kind}." for name in unfit)
    if len(bounds) == 2 and not unfit and bounds["minimum"] > bounds["maximum"]:
        yield f"minimum {bounds['minimum']} is above maximum {bounds['maximum']}."


def _bound_fits(kind: str, bound: Any) -> bool:
    if kind == "date":
        try:
            return bool(dt.date.fromisoformat(str(bound)))
        except ValueError:
            return False
    return kind in ("number", "integer", "year") and isinstance(bound, int | float) and not isinstance(bound, bool)
