"""The rows of a spreadsheet as text: what a CSV file would say instead, and what is odd about a cell."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

import polars as pl

from ckanext.smartregion.quality.examination.blocks import Block
from ckanext.smartregion.quality.examination.cells import KEPT_DIGITS, written_out
from ckanext.smartregion.quality.examination.layout import Broken, Layout
from ckanext.smartregion.quality.examination.limits import Limits
from ckanext.smartregion.quality.examination.reading import Record
from ckanext.smartregion.quality.examination.refusal import Refused
from ckanext.smartregion.quality.examination.workbook import Grid

ROWS = 10_000
# Python writes an exponent from here on down.
SHORTEST_FRACTION = 1e-4
Quick = dict[type, Callable[[Any], str | None]]


@dataclass(frozen=True, slots=True)
class Written(Record):
    """A record of a spreadsheet in text, with the rules that tell what the spreadsheet did to its cells."""

    odd: tuple[Broken, ...] = ()
    # What the spreadsheet shows in a cell that holds nothing.
    shown: dict[Broken, str] | None = None


class Tales(dict[int, list[tuple[str, int, str | None]]]):
    """What is odd about cells, by row: the rule, the position, and what is shown of a cell that holds nothing."""

    def tell(self, row: int, rule: str, shown: str | None, *, at: int) -> None:
        """One more."""
        self.setdefault(row, []).append((rule, at, shown))


class SheetBlock(Block):
    """Some rows of a spreadsheet in text, column by column.

    ``wide`` are rows with more cells than the header, ``tales`` what is odd about cells, by row; see `Written`.
    """

    def __init__(self, first: int, columns: list[pl.Series], wide: dict[int, list[str]], tales: Tales) -> None:
        self._tales = tales
        super().__init__(pl.DataFrame({str(at): column for at, column in enumerate(columns)}), first, wide)

    def record(self, row: int) -> Written:
        """One row as it was written out."""
        cells = self.odd[row] if row in self.odd else list(self.frame.row(row))
        tale = sorted(self._tales.get(row, ()), key=lambda told: told[1])
        shown = {(rule, at): show for rule, at, show in tale if show is not None}
        odd = tuple((rule, at) for rule, at, _ in tale)
        return Written(self.first + row, self.line(row), cells, odd, shown)

    @property
    def told(self) -> Iterator[tuple[int, str, int]]:
        """What is odd about cells: number of the record, rule, position."""
        return ((self.first + row, rule, at) for row in sorted(self._tales) for rule, at in self.record(row).odd)


class Rows:
    """Every row of a sheet below its header; a refusal ends them and is kept."""

    def __init__(self, source: Iterator[Record], layout: Layout, limits: Limits) -> None:
        self._layout, self._most = layout, limits.cell_chars
        self._quick = [quick_text(field) for field in layout.header.fields]
        self.refusal: Refused | None = None
        self._blocks: list[SheetBlock] = []
        many = source.many if isinstance(source, Grid) else lambda _: None
        while some := many(ROWS) or self._some(source):
            self._take(*some)
            if self.refusal:
                break

    def __iter__(self) -> Iterator[Written]:
        for block in self._blocks:
            yield from map(block.record, range(block.frame.height))
        if self.refusal:
            raise self.refusal

    def blocks(self) -> Iterator[SheetBlock]:
        """The rows that could be read, in blocks of columns."""
        return iter(self._blocks)

    def records(self, numbers: Iterable[int]) -> dict[int, Record]:
        """Some rows by their numbers."""
        first = self._blocks[0].first if self._blocks else 0
        return {number: self._blocks[(number - first) // ROWS].record((number - first) % ROWS) for number in numbers}

    def _some(self, source: Iterator[Record]) -> tuple[int, list[list[Any]]] | None:
        """The number of the next record and the cells of some; None behind the last one."""
        records: list[Record] = []
        try:
            records.extend(islice(source, ROWS))
        except Refused as refused:
            self.refusal = refused
        return (records[0].number, [record.cells for record in records]) if records else None

    def _take(self, first: int, rows: list[list[Any]]) -> None:
        """Rows as text; those from a cell on that is too long are refused."""
        width, tales = self._layout.width, Tales()
        surplus = {at: cells[width:] for at, cells in enumerate(rows) if len(cells) > width}
        cells = [cells[:width] if at in surplus else cells for at, cells in enumerate(rows)] if surplus else rows
        fields = self._layout.header.fields
        columns = [
            _in_text(values, fields[at], self._quick[at], partial(tales.tell, at=at))
            for at, values in enumerate(zip(*cells, strict=True))
        ]
        more = {row: [written_out(value, {})[0] for value in values] for row, values in surplus.items()}
        long = _first_long(columns, more, self._most)
        if long is not None:
            self.refusal = Refused("cell-too-long", limit=self._most, line=first + long)
            columns = [column[:long] for column in columns]
            more = {row: values for row, values in more.items() if row < long}
            tales = Tales({row: told for row, told in tales.items() if row < long})
        if columns[0].len():
            wide = {row: [column[row] for column in columns] + values for row, values in more.items()}
            self._blocks.append(SheetBlock(first, columns, wide, tales))


def _in_text(
    values: Sequence[Any], field: dict[str, Any] | None, quick: Quick, tell: Callable[[int, str, str | None], None]
) -> pl.Series:
    """The values of a column as a CSV file would hold them; all of one kind, as most are, take no look at each."""
    kinds = {*map(type, values)}
    if kinds == {str}:
        return pl.Series(values, dtype=pl.String)
    alike = kinds.pop() if len(kinds) == 1 else None
    if alike in quick and alike in AT_ONCE and (found := AT_ONCE[alike](values)) is not None:
        return found
    texts: list[Any]
    if alike and (write := quick.get(alike)):
        texts = [*map(write, values)]
    else:
        texts = [_text(value, quick.get(type(value))) for value in values]
    for row, text in enumerate(texts) if None in texts else ():
        if text is None:
            texts[row], rule = written_out(values[row], field or {})
            if rule and field:
                tell(row, rule, None if texts[row] else str(values[row]))
    return pl.Series(texts, dtype=pl.String)


def _numbers(values: Sequence[float]) -> pl.Series | None:
    """None where one of them takes an exponent. Python and Polars write the fewest digits that mean the number."""
    numbers = pl.Series(values, dtype=pl.Float64)
    size = numbers.abs()
    whole = (size < KEPT_DIGITS) & (numbers == numbers.round())
    if whole.all():
        return numbers.cast(pl.Int64).cast(pl.String)
    usual = (size >= SHORTEST_FRACTION) & (size < KEPT_DIGITS)
    if not (whole | usual).all():
        return None
    return numbers.cast(pl.String).str.strip_suffix(".0").set(numbers == 0, "0")


def _moments(values: Sequence[dt.datetime]) -> pl.Series | None:
    moments = pl.Series(values, dtype=pl.Datetime("us"))
    return None if (moments.dt.microsecond() != 0).any() else moments.dt.to_string("%Y-%m-%dT%H:%M:%S")


# How the values of a column of one kind are written all at once, as `quick_text` writes each; None leaves it to that.
AT_ONCE: dict[type, Callable[[Sequence[Any]], pl.Series | None]] = {
    float: _numbers,
    dt.datetime: _moments,
    dt.date: lambda values: pl.Series(values, dtype=pl.Date).cast(pl.String),
    bool: lambda values: pl.Series(values, dtype=pl.Boolean).cast(pl.String),
}


def _text(value: Any, write: Callable[[Any], str | None] | None) -> str | None:
    return write(value) if write else value if type(value) is str else None


def _first_long(columns: list[pl.Series], more: dict[int, list[str]], most: int) -> int | None:
    """The first row with a cell of more characters than allowed."""
    rows = [row for row, values in more.items() if any(len(text) > most for text in values)]
    for column in columns:
        long = column.str.len_chars() > most
        if long.any():
            rows.append(long.arg_max() or 0)
    return min(rows, default=None)


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
