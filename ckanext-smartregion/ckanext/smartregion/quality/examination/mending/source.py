"""A file as it is read to be mended: its header under whatever names, its rows in blocks, and how it was written."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from pathlib import Path

import polars as pl

from ckanext.smartregion.quality.examination.archives import BROKEN, members_of, unpacked
from ckanext.smartregion.quality.examination.blocks import Block, Text, TextSource
from ckanext.smartregion.quality.examination.compiled import below
from ckanext.smartregion.quality.examination.layout import Layout
from ckanext.smartregion.quality.examination.limits import Limits
from ckanext.smartregion.quality.examination.mending.headings import spoken
from ckanext.smartregion.quality.examination.mending.reading import Field, folded
from ckanext.smartregion.quality.examination.opening import Opened, opened, told
from ckanext.smartregion.quality.examination.reading import PREAMBLE, Record, dialect_of, naming, records
from ckanext.smartregion.quality.examination.refusal import Refused
from ckanext.smartregion.quality.examination.sheets import ROWS, Rows
from ckanext.smartregion.quality.examination.workbook import sheet_of

Way = Callable[[], Iterator[Block]]
"""Gives the blocks below the header, from the first one each time it is asked."""
BOOK, FROM_1904 = "xl/workbook.xml", re.compile(rb"""date1904\s*=\s*["'](?:1|true)""")
ENCODINGS = {"encoding-legacy": "encoding", "encoding-unicode": "encoding"}


@dataclass(frozen=True)
class Source:
    """A file to be mended: the record of its header, how it was written (kind, detail), the ways to read its rows.

    ``serials``: whether a number in a column of dates is a day as spreadsheets count them from 1900. ``ways`` are tried
    one after the other, for the quicker one may find that it can't be sure (`NotProvable`).
    """

    header: Record
    written: list[tuple[str, str | None]]
    serials: bool
    ways: Callable[[Layout], list[Way]]


def opened_source(path: Path, folder: Path, fields: list[Field], limits: Limits) -> Source:
    """Open a file and find its header; what no table is, is refused as a check refuses it."""
    file, names = opened(path, lambda: folder, limits), spoken(fields)
    written = [(ENCODINGS.get(rule, rule), next(iter(values.values()), None)) for rule, values in told(file)]
    return (_text if file.kind == "csv" else _sheet)(file, names, written, limits)


def _text(file: Opened, names: list[str], written: list[tuple[str, str | None]], limits: Limits) -> Source:
    encoding = str(file.read_as)
    dialect = dialect_of(file.path, encoding, names, limits, key=folded)
    reread = partial(records, file.path, encoding, dialect, limits)
    header = header_of(list(islice(reread(), PREAMBLE + 1)), names)
    if file.encoding == "utf-8-sig":
        written.append(("byte-mark", None))
    if dialect.delimiter != ",":
        written.append(("separator", dialect.delimiter))
    if dialect.quote != '"':
        written.append(("quotes", dialect.quote))

    def ways(layout: Layout) -> list[Way]:
        text = Text(file.path, dialect)
        quick = lambda: below(TextSource(text, layout.width, limits).blocks(), header.number)  # noqa: E731
        return [quick, lambda: _blocks(islice(reread(), header.number, None), layout.width)]

    return Source(header, [*written, *_above(header, reread())], False, ways)


def _sheet(file: Opened, names: list[str], written: list[tuple[str, str | None]], limits: Limits) -> Source:
    sheet = sheet_of(file.path, file.kind, names, limits, key=folded)
    top = list(islice(sheet.records, PREAMBLE + 1))
    header = header_of(top, names)
    written.append(("spreadsheet", sheet.name))

    def ways(layout: Layout) -> list[Way]:
        below_header = (record for record in top if record.number > header.number)
        rows = Rows(chain(below_header, sheet.records), layout, limits)
        if rows.refusal:
            raise rows.refusal
        return [rows.blocks]

    return Source(header, [*written, *_above(header, iter(top))], not counts_from_1904(file.path), ways)


def counts_from_1904(path: Path) -> bool:
    """Whether a workbook says that its days are counted from 1904, as those of old Macintosh computers are."""
    with suppress(*BROKEN):
        book = next((member for member in members_of(path) if member.filename == BOOK), None)
        return bool(book and FROM_1904.search(next(unpacked(path, book), b"")))
    return False


def header_of(top: list[Record], names: list[str]) -> Record:
    """The record that names most columns; one that is not the first has to name two of them at least."""
    filled = [record for record in top if not record.blank]
    if not filled:
        raise Refused("empty-file")
    named = naming(names, folded)
    best = max(filled, key=lambda record: named(record.cells))
    found = named(best.cells)
    if not found or (best is not filled[0] and found < 2):
        raise Refused("unknown-header")
    return best


def _above(header: Record, top: Iterator[Record]) -> Iterator[tuple[str, str | None]]:
    for record in islice(top, header.number - 1):
        text = " ".join(str(cell) for cell in record.cells if cell not in (None, ""))
        yield ("lines-above", text) if text.strip() else ("blank-row", None)


class Lines(Block):
    """Records that were read one by one, as a block of columns."""

    def __init__(self, read: list[Record], width: int) -> None:
        self._read, empty = read, [""] * width
        odd = {row: one.cells for row, one in enumerate(read) if len(one.cells) != width}
        rows = [(one.cells + empty)[:width] if row in odd else one.cells for row, one in enumerate(read)]
        columns = enumerate(zip(*rows, strict=True))
        frame = pl.DataFrame({str(at): pl.Series(cells, dtype=pl.String) for at, cells in columns})
        super().__init__(frame, read[0].number, odd)

    def record(self, row: int) -> Record:
        """One record as it was read."""
        return self._read[row]


def _blocks(source: Iterator[Record], width: int) -> Iterator[Lines]:
    while part := list(islice(source, ROWS)):
        yield Lines(part, width)
