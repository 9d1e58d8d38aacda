"""The rows of a spreadsheet as text: what a CSV file would say instead, and what is odd about a cell."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from ckanext.smartregion.quality.examination.blocks import Block
from ckanext.smartregion.quality.examination.cells import written_out
from ckanext.smartregion.quality.examination.layout import Broken, Layout
from ckanext.smartregion.quality.examination.limits import Limits
from ckanext.smartregion.quality.examination.reading import Record
from ckanext.smartregion.quality.examination.refusal import Refused

ROWS = 50_000
Quick = dict[type, Callable[[Any], str | None]]


@dataclass(frozen=True, slots=True)
class Written(Record):
    """A record of a spreadsheet in text, with the rules that tell what the spreadsheet did to its cells."""

    odd: tuple[Broken, ...] = ()
    # What the spreadsheet shows in a cell that holds nothing.
    shown: dict[Broken, str] | None = None


class SheetBlock(Block):
    """Some rows of a spreadsheet."""

    def __init__(self, records: list[Written], width: int) -> None:
        self._records = records
        odd = {row: record.cells for row, record in enumerate(records) if len(record.cells) != width}
        empty = [""] * width
        rows = [(record.cells + empty)[:width] if row in odd else record.cells for row, record in enumerate(records)]
        columns = zip(*rows, strict=True)
        frame = pl.DataFrame({str(at): pl.Series(cells, dtype=pl.String) for at, cells in enumerate(columns)})
        super().__init__(frame, records[0].number, odd)

    def record(self, row: int) -> Written:
        """One row as it was written out."""
        return self._records[row]

    @property
    def told(self) -> Iterator[tuple[int, str, int]]:
        """What is odd about cells: number of the record, rule, position."""
        return ((record.number, rule, at) for record in self._records for rule, at in record.odd)


class Rows:
    """Every row of a sheet below its header; a refusal ends them and is kept."""

    def __init__(self, source: Iterator[Record], layout: Layout, limits: Limits) -> None:
        self._width = layout.width
        self.refusal: Refused | None = None
        self.found: list[Written] = []
        quick = [quick_text(field) for field in layout.header.fields]
        try:
            for record in source:
                self.found.append(_written(record, layout, quick, limits.cell_chars))
        except Refused as refused:
            self.refusal = refused

    def __iter__(self) -> Iterator[Written]:
        yield from self.found
        if self.refusal:
            raise self.refusal

    def blocks(self) -> Iterator[SheetBlock]:
        """The rows that could be read, in blocks of columns."""
        for start in range(0, len(self.found), ROWS):
            yield SheetBlock(self.found[start : start + ROWS], self._width)

    def records(self, numbers: Iterable[int]) -> dict[int, Record]:
        """Some rows by their numbers."""
        first = self.found[0].number if self.found else 0
        return {number: self.found[number - first] for number in numbers}


def _written(record: Record, layout: Layout, quick: list[Quick], most: int) -> Written:
    odd: list[Broken] = []
    shown: dict[Broken, str] = {}
    cells = record.cells
    for at, value in enumerate(cells):
        write = quick[at].get(type(value)) if at < len(quick) else None
        text = write(value) if write else value if type(value) is str else None
        if text is None:
            field = layout.header.fields[at] if at < len(quick) else None
            text, rule = written_out(value, field or {})
            if rule and field:
                odd.append((rule, at))
                if not text:
                    shown[rule, at] = str(value)
        if text is not value:
            cells[at] = text
        elif len(text) > most:
            raise Refused("cell-too-long", limit=most, line=record.line)
    return Written(record.number, record.line, cells, tuple(odd), shown)


def quick_text(field: dict[str, Any] | None) -> Quick:
    """How values of the usual kinds are written in a column, as `written_out` writes them; None leaves it to that."""
    match (field or {}).get("type"):
        case "number" | "integer" | "year":
            return {float: _float, int: str}
        case "datetime":
            return {dt.datetime: _moment}
        case "date":
            return {dt.date: dt.date.isoformat}
        case "boolean" if field and not {"trueValues", "falseValues"} & set(field):
            return {bool: {True: "true", False: "false"}.get}
    return {}


def _moment(value: dt.datetime) -> str | None:
    """One that is a little off, as fractions of a day are, is mended elsewhere."""
    return None if value.microsecond else value.isoformat()


def _float(value: float) -> str | None:
    text = repr(value)
    if value == 0 or "e" in text or "n" in text:
        return None
    return text.removesuffix(".0")
