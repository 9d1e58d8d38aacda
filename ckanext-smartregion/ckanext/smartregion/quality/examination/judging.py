"""frictionless as the judge of cells: the table it is given, and the names of our rules for its errors."""

import re
from collections.abc import Iterator
from typing import Any

CONSTRAINT = re.compile(r'constraint "(\w+)"')
RULES = {
    "type-error": "type",
    "unique-error": "unique",
    "primary-key": "key",
    "missing-cell": "missing-cell",
    "extra-cell": "extra-cell",
    "minLength": "min-length",
    "maxLength": "max-length",
}
COMMA_NUMBER = re.compile(r"\s*[-+]?(\d{1,3}([ .\u00a0\u202f]\d{3})+|\d+),\d+\s*")
# Python's Decimal knows NaN, Infinity and exponents of any size; a table of the region does not.
NO_NUMBER = re.compile(r"[nN]|[eE][-+]?\d{3}")
# More digits do not fit into PostgreSQL's bigint.
LONGEST_INTEGER = 18


def table(cells: Iterator[list[str]], descriptor: dict[str, Any]) -> Any:
    """A table resource of cells in memory: no path, no address and no option from outside."""
    from frictionless import Schema  # 0.4 s: only the child process pays it
    from frictionless.resources import TableResource

    return TableResource(data=cells, format="inline", schema=Schema.from_descriptor(descriptor))


def rule_of(error: Any) -> str:
    """Our rule for an error of frictionless."""
    if error.type == "constraint-error" and (match := CONSTRAINT.match(error.note)):
        return RULES.get(match[1], match[1])
    return RULES[error.type]


def defused(cell: str, kind: str) -> str:
    """The cell, with a sign that makes frictionless refuse what Python takes for a number but nobody else does."""
    too_long = kind == "integer" and len(cell.strip()) > LONGEST_INTEGER
    return f"{cell}!" if too_long or (kind == "number" and NO_NUMBER.search(cell)) else cell


def is_comma_number(cell: str, kind: str) -> bool:
    """Whether a cell of a number column is a number as Europeans write it: 12,5 or 1.234,50."""
    return kind in ("number", "integer") and bool(COMMA_NUMBER.fullmatch(cell))
