"""A CSV file as blocks of text columns, read by Polars where the bytes prove that it reads what Python's csv reads."""

import codecs
import csv
import io
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import polars as pl

from ckanext.smartregion.quality.examination.limits import MEGABYTE, Limits
from ckanext.smartregion.quality.examination.reading import LONGEST_LINE, Dialect, Record

BLOCK = 8 * MEGABYTE
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


class Raw:
    """Whole records of a file as its bytes in UTF-8, each record ended by a line end."""

    def __init__(self, raw: bytes, dialect: Dialect, first: int, first_line: int) -> None:
        self._raw, self._dialect, self.first, self._first_line = raw, dialect, first, first_line
        self._quoted = dialect.quote.encode() in raw

    def line(self, row: int) -> int:
        """The first line of a record; cells of several lines move it down."""
        if not row:
            return self._first_line
        return self._first_line + int(np.searchsorted(self._line_ends, self._ends[row - 1], side="right"))

    def record(self, row: int) -> Record:
        """One record, read by csv itself."""
        return Record(self.first + row, self.line(row), self.cells(row))

    def cells(self, row: int) -> list[str]:
        """The cells of one record, read by csv itself."""
        raw = self._raw[self._ends[row - 1] + 1 if row else 0 : self._ends[row] + 1]
        text = io.StringIO(raw.decode(), newline="")
        reader = csv.reader(text, delimiter=self._dialect.delimiter, quotechar=self._dialect.quote, strict=True)
        try:
            return next(reader, [])
        except csv.Error as error:
            raise NotProvable("a record that csv refuses") from error

    @cached_property
    def _bytes(self) -> np.ndarray:
        return np.frombuffer(self._raw, dtype=np.uint8)

    @cached_property
    def _outside(self) -> np.ndarray:
        """Which bytes stand outside quotation marks."""
        quotes = self._bytes == ord(self._dialect.quote)
        return np.bitwise_xor.accumulate(quotes.view(np.uint8)) == 0

    @cached_property
    def _line_ends(self) -> np.ndarray:
        return np.flatnonzero(self._bytes == NEWLINE[0])

    @cached_property
    def _ends(self) -> np.ndarray:
        """Where records end."""
        return self._line_ends[self._outside[self._line_ends]] if self._quoted else self._line_ends


class TextBlock(Raw, Block):
    """A block of a file whose bytes prove that Polars reads it rightly."""

    def __init__(self, raw: bytes, dialect: Dialect, width: int, first: int, first_line: int, limits: Limits) -> None:
        Raw.__init__(self, raw, dialect, first, first_line)
        self._width = width
        if raw.startswith(MARK) or (RETURN in raw and raw.count(RETURN) != raw.count(b"\r\n")):
            raise NotProvable("a carriage return alone, or a mark that Polars would take away")
        skeleton = self._skeleton()
        self.height = skeleton.count(NEWLINE)
        Block.__init__(self, self._read(), first, self._odd(skeleton, limits))
        self._check_lengths(limits)

    @cached_property
    def lines(self) -> int:
        """How many lines of the file it covers."""
        return self._raw.count(NEWLINE) if self._quoted else self.height

    def _skeleton(self) -> bytes:
        """The separators and line ends that stand outside quotation marks, and nothing else."""
        splits = self._dialect.delimiter.encode() + NEWLINE
        if not self._quoted:
            return _only(self._raw, splits)
        _require_whole_quotes(self._bytes, ord(self._dialect.quote), splits)
        marks = np.frombuffer(_only(self._raw, splits + self._dialect.quote.encode()), dtype=np.uint8)
        quotes = marks == ord(self._dialect.quote)
        outside = np.bitwise_xor.accumulate(quotes.view(np.uint8)) == 0
        return marks[outside & ~quotes].tobytes()

    def _odd(self, skeleton: bytes, limits: Limits) -> dict[int, list[str]]:
        regular = self._dialect.delimiter.encode() * (self._width - 1)
        if skeleton == (regular + NEWLINE) * self.height:
            return {}
        rows = [row for row, marks in enumerate(skeleton.split(NEWLINE)[:-1]) if marks != regular]
        csv.field_size_limit(limits.cell_chars)
        odd = {row: self.cells(row) for row in rows}
        if any(len(cells) > limits.columns for cells in odd.values()):
            raise NotProvable("a record of very many cells")
        return odd

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
        frame.drop_in_place(names[-1])
        return frame

    def _check_lengths(self, limits: Limits) -> None:
        """Cells and lines beyond the limits are refused with their place, which the plain path finds."""
        if len(self._raw) <= limits.cell_chars:
            return
        longest = [length or 0 for length in self.frame.select(pl.all().str.len_bytes().max()).row(0)]
        if max(longest) > limits.cell_chars or 2 * sum(longest) + 3 * len(longest) >= LONGEST_LINE:
            raise NotProvable("a very long cell or line")


def _only(raw: bytes, signs: bytes) -> bytes:
    return raw.translate(None, bytes(set(range(256)) - set(signs)))


def _require_whole_quotes(here: np.ndarray, quote: int, splits: bytes) -> None:
    """Each quotation mark opens a cell at its start, closes it at its end, or stands doubled inside."""
    places = np.flatnonzero(here == quote)
    if len(places) % 2:
        raise NotProvable("an odd number of quotation marks")
    # The last byte is a line end: behind every mark there is another sign, and one stands before the first record.
    before, after = here[places[0::2] - 1], here[places[1::2] + 1]
    if not (np.isin(before, [*splits, quote]).all() and np.isin(after, [*splits, quote, RETURN[0]]).all()):
        raise NotProvable("a quotation mark inside a cell")


class TextSource:
    """A whole file of so many columns, from its first record on: header and blank records included."""

    def __init__(self, text: Text, width: int, limits: Limits) -> None:
        self._text, self._width, self._limits = text, width, limits
        # Where the blocks were found: first record, its line, place and size in the file.
        self._found: list[tuple[int, int, int, int]] = []

    def blocks(self) -> Iterator[TextBlock]:
        """Its blocks, one after the other; the next one is read while this one is judged."""
        made = self._blocks()
        if self._text.path.stat().st_size < BLOCK // 2:  # there is but one
            yield from made
            return
        with ThreadPoolExecutor(1) as reader:
            coming = reader.submit(next, made, None)
            while (block := coming.result()) is not None:
                coming = reader.submit(next, made, None)
                yield block

    def _blocks(self) -> Iterator[TextBlock]:
        first = line = 1
        place = len(MARK) if _is_marked(self._text.path) else 0
        for raw in _whole_records(_pieces(self._text.path, place), self._text.dialect.quote.encode()):
            block = TextBlock(raw, self._text.dialect, self._width, first, line, self._limits)
            self._found.append((first, line, place, len(raw)))
            yield block
            first, line, place = first + block.height, line + block.lines, place + len(raw)

    def records(self, numbers: Iterable[int]) -> dict[int, Record]:
        """Some records by their numbers, read again."""
        wanted = sorted(numbers)
        found: dict[int, Record] = {}
        for (first, line, place, size), after in zip(self._found, [*self._found[1:], (2**62,)], strict=True):
            low, high = bisect_left(wanted, first), bisect_left(wanted, after[0])
            if low < high:
                raw = Raw(self._part(place, size), self._text.dialect, first, line)
                found |= {number: raw.record(number - first) for number in wanted[low:high]}
        return found

    def _part(self, place: int, size: int) -> bytes:
        with self._text.path.open("rb") as file:
            file.seek(place)
            raw = file.read(size)
        return raw if raw.endswith(NEWLINE) else raw + NEWLINE


def _is_marked(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(MARK)) == MARK


def _pieces(path: Path, place: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(place)
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
