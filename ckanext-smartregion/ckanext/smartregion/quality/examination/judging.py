"""frictionless as the judge: the table it is given, single cells, and the names of our rules for its errors."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ckanext.smartregion.quality.examination.canonical import NotStorable, canonical
from ckanext.smartregion.quality.examination.geometry import is_plain_geometry

CONSTRAINT = re.compile(r'constraint "(\w+)"')
RULES = {
    "type-error": "type",
    "unique-error": "unique",
    "primary-key": "key",
    "missing-cell": "missing-cell",
    "extra-cell": "extra-cell",
    "blank-row": "blank-row",
    "minLength": "min-length",
    "maxLength": "max-length",
}
COMMA_NUMBER = re.compile(r"\s*[-+]?(\d{1,3}([ .\u00a0\u202f]\d{3})+|\d+),\d+\s*")
# Python's Decimal knows NaN, Infinity and exponents of any size; a table of the region does not.
NO_NUMBER = re.compile(r"[nN]|[eE][-+]?\d{3}")
# More digits do not fit into PostgreSQL's bigint.
LONGEST_INTEGER = 18
# So many texts of one column are remembered with their judgement.
MOST_REMEMBERED = 200_000


def table(cells: Iterable[list[str]], descriptor: dict[str, Any]) -> Any:
    """A table resource of cells in memory: no path, no address and no option from outside.

    Its header is said to stand in the first row: left to guess, frictionless takes another one in a table of ragged
    rows, and judges nothing above it.
    """
    from frictionless import Dialect  # 0.4 s: only the child process pays it
    from frictionless.resources import TableResource

    schema = _schema(json.dumps(descriptor))
    return TableResource(
        data=iter(cells), format="inline", schema=schema, dialect=Dialect(header=True, header_rows=[1])
    )


@lru_cache(maxsize=50)
def _schema(described: str) -> Any:
    """frictionless' own schema of a descriptor. It copies every field twice for each table, lest somebody change it.

    Nobody does here, and a copy takes as long as to judge twenty rows: a field is its own.
    """
    from frictionless import Schema

    schema = Schema.from_descriptor(json.loads(described))
    for field in schema.fields:
        vars(field)["to_copy"] = lambda field=field: field
    return schema


def rule_of(error: Any) -> str:
    """Our rule for an error of frictionless."""
    if error.type == "constraint-error" and (match := CONSTRAINT.match(error.note)):
        return RULES.get(match[1], match[1])
    return RULES[error.type]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What frictionless says of one text in one column: the rules it breaks, and its value in canonical text."""

    rules: tuple[str, ...]
    value: str | None
    # Well-formed, but no PostgreSQL column can hold it: said after everything else about the row.
    unstorable: bool = False


class CellJudge:
    """frictionless' own reader of the cells of one column; a cell's judgement depends on nothing but its text."""

    def __init__(self, field: Any) -> None:
        self._read = field.create_cell_reader()
        self._is_geometry = field.type == "geojson" and field.format == "default" and "enum" not in field.constraints
        self._known: dict[str, Judgement] = {}

    def judge(self, text: str) -> Judgement:
        """The judgement on a text that was defused."""
        if (known := self._known.get(text)) is not None:
            return known
        if len(self._known) >= MOST_REMEMBERED:
            self._known.clear()
        known = self._known[text] = self._judge(text)
        return known

    def _judge(self, text: str) -> Judgement:
        notes: dict[str, str] | None = None
        value = _geometry(text) if self._is_geometry else None
        if value is None:
            value, notes = self._read(text)
        rules = tuple("type" if name == "type" else RULES.get(name, name) for name in notes or {})
        try:
            return Judgement(rules, None if value is None else canonical(value))
        except NotStorable:
            return Judgement(rules, None, unstorable=True)


def _geometry(text: str) -> Any:
    """A geometry that needs no JSON Schema to be seen as sound; None where frictionless has to look."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if is_plain_geometry(value) else None


def defused(cell: str, kind: str) -> str:
    """The cell, with a sign that makes frictionless refuse what Python takes for a number but nobody else does."""
    too_long = kind == "integer" and len(cell.strip()) > LONGEST_INTEGER
    return f"{cell}!" if too_long or (kind == "number" and NO_NUMBER.search(cell)) else cell


def is_comma_number(cell: str, kind: str) -> bool:
    """Whether a cell of a number column is a number as Europeans write it: 12,5 or 1.234,50."""
    return kind in ("number", "integer") and bool(COMMA_NUMBER.fullmatch(cell))
