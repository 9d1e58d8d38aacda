"""The search for personal data in all columns of text of a file, those outside the contract included."""

import datetime as dt
import json
from collections.abc import Collection, Mapping
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from ckanext.smartregion.quality.examination.evaluating import evaluated
from ckanext.smartregion.quality.examination.header import Header
from ckanext.smartregion.quality.examination.personal.detecting import (
    NAME,
    NATIONAL_NUMBER,
    PREFIX,
    Kind,
    cue_of,
    kinds,
)
from ckanext.smartregion.quality.examination.personal.masking import hidden
from ckanext.smartregion.quality.examination.personal.numbers import are_codes, is_bare
from ckanext.smartregion.schemas.rules.rule import Rule

Promises = Mapping[str, Collection[str]]
"""By column, the kinds of personal data that a contract promises there, so that nobody is surprised by them."""
TEXTS = frozenset({"string", "object", "array", "any"})
GEOMETRY = "geojson"
# A geometry has no other members than these, in JSON.
MEMBER, STRUCTURE = r'"\s*:', r'"(?:type|coordinates|geometry|geometries|bbox)"\s*:'
# What a policy promises of a column of codes; nothing else fits beside it.
CODES = "codes"
# What a column of codes of another scheme may look like by chance.
LIKE_CODES = frozenset({NATIONAL_NUMBER, "phone"})


def promises(personal: Promises, rules: Collection[Rule]) -> dict[str, frozenset[str]]:
    """What a policy promises, and what the check digits that the rules ask for make sure to be something else."""
    promised = {column: LIKE_CODES if CODES in said else frozenset(said) for column, said in personal.items()}
    for rule in rules:
        if rule.kind == "check-digits" and rule.parameters["scheme"] != NATIONAL_NUMBER:
            column = rule.parameters["column"]
            promised[column] = promised.get(column, frozenset()) | LIKE_CODES
    return promised


class Watch:
    """What is looked for in each column of a file."""

    def __init__(self, header: Header, promised: Promises | None = None, today: dt.date | None = None) -> None:
        self.header, self._promised, self._kinds = header, promised or {}, kinds(today)

    def kinds(self, at: int) -> list[Kind]:
        """The kinds that do not belong into a column."""
        field = self._field(at) or {}
        allowed = set(self._promised.get(field.get("name", ""), ()))
        if field.get("type", "string") not in TEXTS or {"enum", "pattern"} & set(field.get("constraints", {})):
            allowed.add(NAME)
        if field.get("format") == "email":
            allowed.add("email")
        return [kind for name, kind in self._kinds.items() if name not in allowed]

    @cached_property
    def columns(self) -> list[int]:
        """The columns to search: those of text, of geometries, and those that the contract does not know."""
        fields = enumerate(self.header.fields)
        return [at for at, field in fields if field is None or field["type"] in (*TEXTS, GEOMETRY)]

    def is_geometry(self, at: int) -> bool:
        """Whether a column holds geometries: text may only stand in what somebody has put beside the places."""
        return (self._field(at) or {}).get("type") == GEOMETRY

    def label(self, at: int) -> str:
        """The label of a column outside the contract, which may tell what stands in it; else nothing."""
        labels = self.header.labels
        return labels[at] if at < len(labels) and self._field(at) is None else ""

    def hidden(self, text: str, at: int) -> str:
        """The text of a cell as a report may show it."""
        return hidden(text, self.kinds(at), self.label(at))

    def _field(self, at: int) -> dict[str, Any] | None:
        return self.header.fields[at] if at < len(self.header.fields) else None


class Search:
    """Takes a table block by block and keeps in which records personal data stand."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self._columns = [self._column(at) for at in watch.columns]
        self._found: dict[tuple[int, str], list[pl.Series]] = {}
        # By column, how many cells are bare numbers, and the records of those that pass for national numbers.
        self._bare: dict[int, int] = {}
        self._passing: dict[int, list[pl.Series]] = {}

    def _column(self, at: int) -> tuple[int, list[Kind], pl.Expr]:
        wanted, cell = self.watch.kinds(at), pl.col(str(at))
        if self.watch.is_geometry(at):
            said = cell.str.count_matches(MEMBER) > cell.str.count_matches(STRUCTURE)
            return at, wanted, said.fill_null(value=False)
        is_believed = any(kind.is_believed(self.watch.label(at)) for kind in wanted)
        return at, wanted, (cell != "" if is_believed else cell.str.contains(cue_of(wanted))).fill_null(value=False)

    def add(self, frame: pl.DataFrame, numbers: np.ndarray) -> None:
        """Look through rows of text, of which the columns are named 0, 1, 2 and so on, with their record numbers."""
        for (at, wanted, _), mask in zip(
            self._columns, evaluated(frame, (cue for *_, cue in self._columns)), strict=True
        ):
            if mask.any():
                self._look(at, wanted, frame[str(at)].filter(mask), pl.Series(numbers).filter(mask))

    def _look(self, at: int, wanted: list[Kind], cells: pl.Series, numbers: pl.Series) -> None:
        texts, label = cells.unique().to_list(), self.watch.label(at)
        said = _beside_places if self.watch.is_geometry(at) else str

        def records(held: list[str]) -> pl.Series:
            return numbers.filter(cells.is_in(pl.Series(held, dtype=pl.String).implode())).cast(pl.UInt32)

        for kind in wanted:
            held = [text for text in texts if kind.is_in(said(text), label)]
            if kind.name == NATIONAL_NUMBER and not kind.is_believed(label):
                bare = [text for text in texts if is_bare(text)]
                self._bare[at] = self._bare.get(at, 0) + len(records(bare))
                self._passing.setdefault(at, []).append(records([text for text in held if is_bare(text)]))
                held = [text for text in held if not is_bare(text)]
            if held:
                self._found.setdefault((at, kind.rule), []).append(records(held))

    def found(self) -> dict[tuple[int, str], pl.Series]:
        """By column and rule, the numbers of the records, column by column."""
        every = {key: list(parts) for key, parts in self._found.items()}
        for at, parts in self._passing.items():
            passing = pl.concat(parts)
            if len(passing) and not are_codes(self._bare[at], len(passing)):
                every.setdefault((at, PREFIX + NATIONAL_NUMBER), []).append(passing)
        return {key: pl.concat(parts).sort() for key, parts in sorted(every.items())}


def _beside_places(text: str) -> str:
    """The texts in a geometry, names of its members too, one a line; numbers are places."""
    try:
        todo, found = [json.loads(text)], []
    except (ValueError, RecursionError):  # it holds the file as a wrong value
        return text
    while todo:
        one = todo.pop()
        if isinstance(one, str):
            found.append(one)
        elif isinstance(one, dict):
            todo += [*one, *one.values()]
        elif isinstance(one, list):
            todo += one
    return "\n".join(found)


def names_of(header: Header, at: int) -> tuple[str | None, dict[str, Any]]:
    """The column that a finding belongs to; one outside the contract is named by its label."""
    field = header.fields[at]
    if field:
        return field["name"], {}
    label = header.labels[at] if at < len(header.labels) else ""
    return None, {"found": label}
