"""The search for personal data in all columns of text of a file, those outside the contract included."""

import datetime as dt
from collections.abc import Collection, Mapping
from functools import cached_property
from typing import Any

import polars as pl

from ckanext.smartregion.quality.examination.header import Header
from ckanext.smartregion.quality.examination.personal.detecting import NAME, NATIONAL_NUMBER, Kind, cue_of, kinds
from ckanext.smartregion.quality.examination.personal.masking import hidden
from ckanext.smartregion.schemas.rules.rule import Rule

Promises = Mapping[str, Collection[str]]
"""By column, the kinds of personal data that a contract promises there, so that nobody is surprised by them."""
TEXTS = frozenset({"string", "object", "array", "any"})
# What a column of codes of another scheme may look like by chance.
LIKE_CODES = frozenset({NATIONAL_NUMBER, "phone"})


def promises(personal: Promises, rules: Collection[Rule]) -> dict[str, frozenset[str]]:
    """What a policy promises, and what the check digits that the rules ask for make sure to be something else."""
    promised = {column: frozenset(said) for column, said in personal.items()}
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
        """The columns to search: those of text, and those that the contract does not know."""
        fields = enumerate(self.header.fields)
        return [at for at, field in fields if field is None or field["type"] in TEXTS]

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

    def _column(self, at: int) -> tuple[int, list[Kind], pl.Expr]:
        wanted, cell = self.watch.kinds(at), pl.col(str(at))
        is_believed = any(kind.is_believed(self.watch.label(at)) for kind in wanted)
        return at, wanted, (cell != "" if is_believed else cell.str.contains(cue_of(wanted))).fill_null(value=False)

    def add(self, frame: pl.DataFrame, numbers: pl.Series) -> None:
        """Look through rows of text, of which the columns are named 0, 1, 2 and so on, with their record numbers."""
        for (at, wanted, _), mask in zip(self._columns, frame.select(cue for *_, cue in self._columns), strict=True):
            if mask.any():
                self._look(at, wanted, frame[str(at)].filter(mask), numbers.filter(mask))

    def _look(self, at: int, wanted: list[Kind], cells: pl.Series, numbers: pl.Series) -> None:
        texts, label = cells.unique().to_list(), self.watch.label(at)
        for kind in wanted:
            if held := [text for text in texts if kind.is_in(text, label)]:
                rows = numbers.filter(cells.is_in(pl.Series(held, dtype=pl.String).implode()))
                self._found.setdefault((at, kind.rule), []).append(rows.cast(pl.UInt32))

    def found(self) -> dict[tuple[int, str], pl.Series]:
        """By column and rule, the numbers of the records, column by column."""
        return {key: pl.concat(parts) for key, parts in sorted(self._found.items())}


def names_of(header: Header, at: int) -> tuple[str | None, dict[str, Any]]:
    """The column that a finding belongs to; one outside the contract is named by its label."""
    field = header.fields[at]
    if field:
        return field["name"], {}
    label = header.labels[at] if at < len(header.labels) else ""
    return None, {"found": label}
