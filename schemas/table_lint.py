"""Lint of table contracts: a contract that could hang, lie or reach out of the house is refused with a sentence."""

import datetime as dt
import re
from collections.abc import Iterator
from re import _constants as sre  # pyright: ignore[reportAttributeAccessIssue]
from re import _parser as sre_parser  # pyright: ignore[reportAttributeAccessIssue]
from typing import Any

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
FORMATS = {"string": {"default", "email", "uri", "uuid"}, "geopoint": {"default", "array", "object"}}
# Above this many ways to split one cell between the parts of a pattern, a cell could take seconds.
MOST_WAYS = 100_000
REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT)


def faults(schema: dict[str, Any]) -> Iterator[str]:
    """Sentences that say why this Table Schema can't be a contract; none when it can."""
    fields = schema.get("fields")
    if not isinstance(fields, list) or not fields:
        yield "The contract has no fields; list them under 'fields'."
        return
    names = [field.get("name") for field in fields]
    for name in sorted({str(name) for name in names if names.count(name) > 1}):
        yield f"Two fields are named '{name}'; give each its own name."
    for key in schema.get("primaryKey", []):
        if key not in names:
            yield f"The key names '{key}', which is no field of the contract."
    if schema.get("foreignKeys"):
        yield "Foreign keys can't be part of a contract; declare the reference as a rule."
    for field in fields:
        yield from (f"Field '{field.get('name')}': {fault}" for fault in _field_faults(field))


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
    for name in ("minimum", "maximum"):
        if name in constraints and not _bound_fits(field["type"], constraints[name]):
            yield f"{name} {constraints[name]!r} does not suit the type {field['type']}."


def _bound_fits(kind: str, bound: Any) -> bool:
    """A bound on a datetime is refused: compared with a cell of the other time-zone habit it would end the check."""
    if kind == "date":
        try:
            return bool(dt.date.fromisoformat(str(bound)))
        except ValueError:
            return False
    return kind in ("number", "integer", "year") and isinstance(bound, int | float) and not isinstance(bound, bool)


def pattern_faults(pattern: str) -> Iterator[str]:
    """Sentences that say why a pattern is unsafe: it must be decided quickly and mean the same in every engine."""
    try:
        tree = sre_parser.parse(pattern)
    except (re.error, RecursionError, OverflowError, TypeError) as error:
        yield f"the pattern is not a regular expression ({error})."
        return
    if _has_bare_alternatives(pattern):
        yield "alternatives stand inside brackets: (a|b)."
    yield from sorted(set(_walk(tree, repeated=False)))
    if _ways(tree) > MOST_WAYS:
        yield "the pattern could take very long on some texts; use fewer open-ended repetitions."


def _has_bare_alternatives(pattern: str) -> bool:
    """frictionless puts ^ and $ around a pattern, so ^a|b$ would take any text that begins with a."""
    marked = sre_parser.parse(f"\x01\x01{pattern}\x02\x02")  # the marks keep the parser from merging a|b into [ab]
    return any(operation is sre.BRANCH for operation, _ in marked)


def _walk(tree: Any, *, repeated: bool) -> Iterator[str]:
    for operation, value in tree:
        if operation in (sre.ASSERT, sre.ASSERT_NOT, sre.GROUPREF, sre.GROUPREF_EXISTS):
            yield "look-around and back-references are not allowed."
        elif operation in REPEATS:
            low, high, _ = value
            if repeated and low != high:
                yield "a repetition inside a repetition is not allowed."
        for child in _children(operation, value):
            yield from _walk(child, repeated=repeated or (operation in REPEATS and value[1] > 1))


def _children(operation: Any, value: Any) -> list[Any]:
    if operation in REPEATS:
        return [value[2]]
    if operation is sre.SUBPATTERN:
        return [value[3]]
    if operation is sre.BRANCH:
        return list(value[1])
    return [value] if operation is sre.ATOMIC_GROUP else []


def _ways(tree: Any) -> int:
    """An upper bound on how many ways the repetitions of a pattern can share one text; an open end counts 1,000."""
    ways = 1
    for operation, value in tree:
        if operation in REPEATS:
            ways *= min(int(value[1]) - int(value[0]) + 1, 1000)
        for child in _children(operation, value):
            ways *= _ways(child)
    return ways
