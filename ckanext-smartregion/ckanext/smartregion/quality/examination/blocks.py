"""A CSV file as blocks of text columns, read by Polars where the bytes prove that it reads what Python's csv reads."""

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import polars as pl

from ckanext.smartregion.quality.examination.limits import MEGABYTE, Limits
from ckanext.smartregion.quality.examination.reading import LONGEST_LINE, Dialect, Record

BLOCK = 12 * MEGABYTE
NEWLINE, RETURN = b"\n", b"\r"
MARK = codecs.BOM_UTF8
# A record of so many lines is looked for before a file is left to the plain path.
MOST_LINES = 50


class NotProvable(Exception):  # noqa: N818 - no error: the file is read the plain way
    """Nothing proves that Polars reads this file as it is written."""


@dataclass(frozen=True)
class Text:
    """A CSV file in UTF-8 and how it is written."""

    path: Path
    dialect: Dialect


class Block:
    """Some records of a table: their text in a frame of one column per cell, named 0, 1, 2 and so on.

    `odd` holds the cells of those records that have too few or too many; a short one is filled up in the frame.
    """

    def __init__(self, frame: pl.DataFrame, first: int, odd: dict[int, list[str]]) -> None:
        self.frame, self.first, self.odd = frame, first, odd

    def line(self, row: int) -> int:
        """The first line of a record in the file."""
        return self.first + row

    @property
    def told(self) -> Iterator[tuple[int, str, int]]:
        """What its kind of file did to cells: number of the record, rule, position of the cell."""
        return iter(())

    def record(self, row: int) -> Record:
        """One record as the plain path would have read it."""
        cells = self.odd.get(row)
        return Record(self.first + row, self.line(row), cells if cells is not None else list(self.frame.row(row)))


class TextBlock(Block):
    """A block of a file, made from its bytes in UTF-8: whole records, each ended by a line end."""

    def __init__(self, raw: bytes, dialect: Dialect, width: int, first: int, first_line: int, limits: Limits) -> None:
        self._raw, self._dialect, self._width, self._first_line = raw, dialect, width, first_line
        if raw.count(RETURN) != raw.count(b"\r\n") or raw.startswith(MARK):
            raise NotProvable("a carriage return alone, or a mark that Polars would take away")
        self._quoted = dialect.quote.encode() in raw
        skeleton = self._skeleton()
        self.height = skeleton.count(NEWLINE)
        super().__init__(self._read(), first, self._odd(skeleton, limits))
        self._check_lengths(limits)

    @property
    def lines(self) -> int:
        """How many lines of the file it covers."""
        return self._raw.count(NEWLINE) if self._quoted else self.height

    def line(self, row: int) -> int:
        """The first line of a record; cells of several lines move it down."""
        if not self._quoted:
            return self._first_line + row
        start = self._ends[row - 1] + 1 if row else 0
        return self._first_line + self._raw.count(NEWLINE, 0, start)

    def _skeleton(self) -> bytes:
        """The separators and line ends that stand outside quotation marks, and nothing else."""
        if self._quoted:
            return self._bytes[self._marks].tobytes()
        separator = self._dialect.delimiter.encode()
        return self._raw.translate(None, bytes(set(range(256)) - {separator[0], NEWLINE[0]}))

    @cached_property
    def _bytes(self) -> np.ndarray:
        return np.frombuffer(self._raw, dtype=np.uint8)

    @cached_property
    def _marks(self) -> np.ndarray:
        """Where separators and line ends outside quotation marks stand, in a file whose every such mark is in place."""
        here = self._bytes
        separator = ord(self._dialect.delimiter)
        quotes = here == ord(self._dialect.quote)
        ends = here == NEWLINE[0]
        splits = ends | (here == separator)
        _require_whole_quotes(here, quotes, splits)
        inside = np.bitwise_xor.accumulate(quotes.view(np.uint8))
        return splits & (inside == 0)

    @cached_property
    def _ends(self) -> np.ndarray:
        """Where records end."""
        ends = self._bytes == NEWLINE[0]
        return np.flatnonzero(ends & self._marks if self._quoted else ends)

    def _odd(self, skeleton: bytes, limits: Limits) -> dict[int, list[str]]:
        regular = self._dialect.delimiter.encode() * (self._width - 1)
        if skeleton == (regular + NEWLINE) * self.height:
            return {}
        rows = [row for row, marks in enumerate(skeleton.split(NEWLINE)[:-1]) if marks != regular]
        csv.field_size_limit(limits.cell_chars)
        odd = {row: self._cells(row) for row in rows}
        if any(len(cells) > limits.columns for cells in odd.values()):
            raise NotProvable("a record of very many cells")
        return odd

    def _cells(self, row: int) -> list[str]:
        raw = self._raw[self._ends[row - 1] + 1 if row else 0 : self._ends[row] + 1]
        reader = csv.reader(
            io.StringIO(raw.decode(), newline=""),
            delimiter=self._dialect.delimiter,
            quotechar=self._dialect.quote,
            strict=True,
        )
        try:
            return next(reader, [])
        except csv.Error as error:
            raise NotProvable("a record that csv refuses") from error

    def _read(self) -> pl.DataFrame:
        # One column more than there should be: Polars drops what it finds there and reads on at the next record.
        names = [str(at) for at in range(self._width + 1)]
        try:
            frame = pl.read_csv(
                self._raw,
                has_header=False,
                separator=self._dialect.delimiter,
                quote_char=self._dialect.quote if self._quoted else None,
                schema=dict.fromkeys(names, pl.String),
                empty_string_is_null=False,
                extra_columns="ignore",
                missing_columns="insert",
                raise_if_empty=False,
            )
        except pl.exceptions.PolarsError as error:
            raise NotProvable("Polars refuses it") from error
        if frame.height != self.height:
            raise NotProvable("another number of records")
        return frame.drop(names[-1])

    def _check_lengths(self, limits: Limits) -> None:
        """Cells and lines beyond the limits are refused with their place, which the plain path finds."""
        longest = [length or 0 for length in self.frame.select(pl.all().str.len_bytes().max()).row(0)]
        if max(longest) > limits.cell_chars or 2 * sum(longest) + 3 * len(longest) >= LONGEST_LINE:
            raise NotProvable("a very long cell or line")


def _require_whole_quotes(here: np.ndarray, quotes: np.ndarray, splits: np.ndarray) -> None:
    """Each quotation mark opens a cell at its start, closes it at its end, or stands doubled inside."""
    places = np.flatnonzero(quotes)
    if len(places) % 2:
        raise NotProvable("an odd number of quotation marks")
    opening, closing = places[0::2], places[1::2]
    before = (opening == 0) | splits[opening - 1] | quotes[opening - 1]
    # The last byte is a line end: behind every mark there is another sign.
    after = splits[closing + 1] | quotes[closing + 1] | (here[closing + 1] == RETURN[0])
    if not (before.all() and after.all()):
        raise NotProvable("a quotation mark inside a cell")


def text_blocks(text: Text, width: int, limits: Limits) -> Iterator[TextBlock]:
    """The blocks of a whole file of so many columns from its first record on, header and blank records included."""
    first = line = 1
    for raw in _whole_records(_pieces(text.path), text.dialect.quote.encode()):
        block = TextBlock(raw, text.dialect, width, first, line, limits)
        yield block
        first, line = first + block.height, line + block.lines


def _pieces(path: Path) -> Iterator[bytes]:
    """The file without its mark."""
    with path.open("rb") as file:
        yield file.read(BLOCK).removeprefix(MARK)
        yield from iter(lambda: file.read(BLOCK), b"")


def _whole_records(pieces: Iterator[bytes], quote: bytes) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        rest += piece
        if len(rest) > 2 * BLOCK:
            raise NotProvable("a record without an end")
        if (cut := _last_end(rest, quote)) and len(rest) >= BLOCK // 2:
            yield rest[:cut]
            rest = rest[cut:]
    if rest:
        yield rest if rest.endswith(NEWLINE) else rest + NEWLINE


def _last_end(raw: bytes, quote: bytes) -> int:
    """Behind the last line end that no quotation mark encloses; 0 where there is none near the end."""
    at = len(raw)
    for _ in range(MOST_LINES):
        at = raw.rfind(NEWLINE, 0, at)
        if at < 0:
            return 0
        if raw.count(quote, 0, at) % 2 == 0:
            return at + 1
    return 0
