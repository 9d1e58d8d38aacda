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
from typing import BinaryIO

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

    def __init__(self, raw: bytes, dialect: Dialect, first: int, first_line: int, *, lines: bool = False) -> None:
        """`lines` says that it is known of these records that each takes one line."""
        self._raw, self._dialect, self.first, self._first_line = raw, dialect, first, first_line
        self._in_lines = lines or dialect.quote.encode() not in raw

    def line(self, row: int) -> int:
        """The first line of a record; cells of several lines move it down."""
        if not row or self._in_lines:
            return self._first_line + row
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
        return self._line_ends if self._in_lines else self._line_ends[self._outside[self._line_ends]]


class TextBlock(Raw, Block):
    """A block of a file whose bytes prove that Polars reads it rightly."""

    def __init__(self, raw: bytes, dialect: Dialect, width: int, first: int, first_line: int, limits: Limits) -> None:
        Raw.__init__(self, raw, dialect, first, first_line)
        self._quoted, self._splits = not self._in_lines, dialect.delimiter.encode() + NEWLINE
        if raw.startswith(MARK) or (RETURN in raw and raw.count(RETURN) != raw.count(b"\r\n")):
            raise NotProvable("a carriage return alone, or a mark that Polars would take away")
        if self._quoted:
            _require_whole_quotes(self._bytes, ord(dialect.quote), self._splits)
        self.lines = int(np.count_nonzero(self._bytes == NEWLINE[0]))
        skeleton = self._skeleton()
        self.height = skeleton.count(NEWLINE)
        self._in_lines = self.height == self.lines
        Block.__init__(self, self._read(width), first, self._odd(skeleton, width, limits))
        self._check_lengths(limits)

    def _skeleton(self) -> bytes:
        """The separators and line ends that stand outside quotation marks, and nothing else."""
        if not self._quoted:
            return _only(self._raw, self._splits)
        quote = self._dialect.quote.encode()
        marks = _only(self._raw, self._splits + quote)
        first = marks.find(NEWLINE) + 1
        second = marks.find(NEWLINE, first) + 1
        # Most files mark the same cells in every record below their header, and then one of them shows all.
        if marks.count(quote, 0, first) % 2 == 0 and marks.count(quote, first, second) % 2 == 0:
            header, alike = marks[:first], marks[first:second]
            if marks == header + alike * (self.lines - 1):
                return _outside(header, quote) + _outside(alike, quote) * (self.lines - 1)
        return _outside(marks, quote)

    def _odd(self, skeleton: bytes, width: int, limits: Limits) -> dict[int, list[str]]:
        regular = self._dialect.delimiter.encode() * (width - 1)
        if skeleton == (regular + NEWLINE) * self.height:
            return {}
        rows = [row for row, marks in enumerate(skeleton.split(NEWLINE)[:-1]) if marks != regular]
        csv.field_size_limit(limits.cell_chars)
        odd = {row: self.cells(row) for row in rows}
        if any(len(cells) > limits.columns for cells in odd.values()):
            raise NotProvable("a record of very many cells")
        return odd

    def _read(self, width: int) -> pl.DataFrame:
        # One column more than there should be: Polars drops what it finds behind it and reads on at the next record.
        names = [str(at) for at in range(width + 1)]
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


def _outside(marks: bytes, quote: bytes) -> bytes:
    """What of some marks stands outside quotation marks."""
    here = np.frombuffer(marks, dtype=np.uint8)
    quotes = here == ord(quote)
    outside = np.bitwise_xor.accumulate(quotes.view(np.uint8)) == 0
    return here[outside & ~quotes].tobytes()


def _require_whole_quotes(here: np.ndarray, quote: int, splits: bytes) -> None:
    """Each quotation mark opens a cell at its start, closes it at its end, or stands doubled inside."""
    places = np.flatnonzero(here == quote)
    if len(places) % 2:
        raise NotProvable("an odd number of quotation marks")
    # The last byte is a line end: behind every mark there is another sign, and one stands before the first record.
    before, after = _among([*splits, quote]), _among([*splits, quote, RETURN[0]])
    if not (before[here[places[0::2] - 1]].all() and after[here[places[1::2] + 1]].all()):
        raise NotProvable("a quotation mark inside a cell")


def _among(signs: list[int]) -> np.ndarray:
    """By byte, whether it is one of these."""
    table = np.zeros(256, dtype=bool)
    table[signs] = True
    return table


class TextSource:
    """A whole file of so many columns, from its first record on: header and blank records included."""

    def __init__(self, text: Text, width: int, limits: Limits) -> None:
        self._text, self._width, self._limits = text, width, limits
        # Where the blocks were found: first record, its line, place and size in the file, whether lines are records.
        self._found: list[tuple[int, int, int, int, bool]] = []

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
        with self._text.path.open("rb", buffering=0) as file:
            place = len(MARK) if file.read(len(MARK)) == MARK else 0
            for raw in _whole_records(file, place, self._text.dialect.quote.encode()):
                block = TextBlock(raw, self._text.dialect, self._width, first, line, self._limits)
                self._found.append((first, line, place, len(raw), block.lines == block.height))
                yield block
                first, line, place = first + block.height, line + block.lines, place + len(raw)

    def records(self, numbers: Iterable[int]) -> dict[int, Record]:
        """Some records by their numbers, read again."""
        wanted = sorted(numbers)
        found: dict[int, Record] = {}
        for (first, line, place, size, lines), after in zip(self._found, [*self._found[1:], (2**62,)], strict=True):
            low, high = bisect_left(wanted, first), bisect_left(wanted, after[0])
            if low < high:
                raw = Raw(self._part(place, size), self._text.dialect, first, line, lines=lines)
                found |= {number: raw.record(number - first) for number in wanted[low:high]}
        return found

    def _part(self, place: int, size: int) -> bytes:
        with self._text.path.open("rb") as file:
            file.seek(place)
            raw = file.read(size)
        return raw if raw.endswith(NEWLINE) else raw + NEWLINE


def _whole_records(file: BinaryIO, place: int, quote: bytes) -> Iterator[bytes]:
    """A file from one place on; what stands behind the last end of a block is read once more with the next one."""
    size = BLOCK
    while raw := _read_at(file, place, size):
        if len(raw) < size:
            yield raw if raw.endswith(NEWLINE) else raw + NEWLINE
            return
        if cut := _last_end(raw, quote):
            yield raw[:cut]
            place, size = place + cut, BLOCK
        elif size > BLOCK:
            raise NotProvable("a record without an end")
        else:
            size = 2 * BLOCK


def _read_at(file: BinaryIO, place: int, size: int) -> bytes:
    file.seek(place)
    return file.read(size)


def _last_end(raw: bytes, quote: bytes) -> int:
    """Behind the last line end that no quotation mark encloses; 0 where there is none near the end."""
    quotes = np.frombuffer(raw, dtype=np.uint8) == ord(quote)  # many are counted quicker so
    at = len(raw)
    for _ in range(MOST_LINES):
        at = raw.rfind(NEWLINE, 0, at)
        if at < 0:
            return 0
        if np.count_nonzero(quotes[:at]) % 2 == 0:
            return at + 1
    return 0
