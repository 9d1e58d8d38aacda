"""The rows of a GTFS file in blocks of text columns: bounded memory, however long the file is."""

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field

import polars as pl

from ckanext.smartregion.quality.examination.limits import MEGABYTE
from ckanext.smartregion.quality.examination.refusal import Refused

BLOCK = 8 * MEGABYTE
# A quotation mark that is never closed must not make one block of the whole file.
LONGEST_BLOCK = 64 * MEGABYTE
LONGEST_CELL = 131_072
# The line of the file in which a row stands; rows with line breaks in their cells shift those below in their block.
LINE = "\0line"


@dataclass
class Rows:
    """Some rows of a file: text columns by field and the column `LINE`, and the lines of a wrong length."""

    frame: pl.DataFrame
    ragged: list[int] = field(default_factory=list)


class Reader:
    """One file of an archive: its header, then its rows."""

    def __init__(self, pieces: Iterator[bytes], encoding: str = "utf-8") -> None:
        self._blocks = _blocks(pieces)
        self._first = next(self._blocks, b"").removeprefix(codecs.BOM_UTF8)
        self.unreadable: list[int] = []
        head, _, self._first = self._first.partition(b"\n")
        cells = next(csv.reader([self._text(head, 1)]), [])
        self.header = [cell.strip() for cell in cells]
        # Names that stand twice are told; a frame needs them different.
        self.names = [name if name not in self.header[:at] else f"{name}\0{at}" for at, name in enumerate(self.header)]

    def rows(self) -> Iterator[Rows]:
        """The rows below the header, block by block."""
        line = 2
        block: bytes | None = self._first
        while block is not None:
            if block.strip():
                yield self._parsed(self._readable(block, line), line)
            line += block.count(b"\n")
            block = next(self._blocks, None)

    def _text(self, raw: bytes, line: int) -> str:
        return self._readable(raw, line).decode()

    def _readable(self, block: bytes, line: int) -> bytes:
        """The block in UTF-8; what is no UTF-8 is told and replaced."""
        try:
            block.decode()
        except UnicodeDecodeError as error:
            self.unreadable.append(line + block.count(b"\n", 0, error.start))
            return block.decode(errors="replace").encode()
        return block

    def _parsed(self, block: bytes, line: int) -> Rows:
        width, lines = len(self.names), block.count(b"\n") + (not block.endswith(b"\n"))
        even = b'"' not in block and block.count(b",") == (width - 1) * lines
        if even or (b'"' in block and _are_even(block, width)):
            try:
                return Rows(self._numbered(_quickly(block, self.names), line))
            except pl.exceptions.PolarsError:
                pass
        return self._slowly(block, line)

    def _slowly(self, block: bytes, line: int) -> Rows:
        """The way of Python's csv, where rows are of different lengths: too long ones are cut, short ones filled up."""
        width, rows, ragged, lines = len(self.names), [], [], []
        table = csv.reader(io.StringIO(block.decode(), newline=""))
        csv.field_size_limit(LONGEST_CELL)  # one for the whole process: whoever reads tables sets their own
        try:
            for row in table:
                if not row:
                    continue
                at = line + table.line_num - 1
                if len(row) != width:
                    ragged.append(at)
                rows.append((*row[:width], *[""] * (width - len(row))))
                lines.append(at)
        except csv.Error as error:
            raise Refused("cell-too-long", limit=LONGEST_CELL, line=line + table.line_num) from error
        frame = pl.DataFrame(rows, schema=dict.fromkeys(self.names, pl.String), orient="row")
        return Rows(frame.with_columns(pl.Series(LINE, lines, dtype=pl.UInt32)), ragged)

    @staticmethod
    def _numbered(frame: pl.DataFrame, line: int) -> pl.DataFrame:
        return frame.with_columns(pl.int_range(line, line + pl.len(), dtype=pl.UInt32).alias(LINE))


def _quickly(block: bytes, names: list[str]) -> pl.DataFrame:
    """The way of Polars, which refuses rows that are too long."""
    return pl.read_csv(io.BytesIO(block), has_header=False, schema=dict.fromkeys(names, pl.String))


def _are_even(block: bytes, width: int) -> bool:
    """Whether every row has its cells, by Python's csv."""
    try:
        return all(len(row) == width for row in csv.reader(io.StringIO(block.decode(), newline="")))
    except csv.Error:
        return False


def _blocks(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Bytes cut where a row ends, with line feeds at the ends of lines however the file writes them."""
    held, size = [], 0
    for piece in _with_line_feeds(pieces):
        held.append(piece)
        size += len(piece)
        if size >= BLOCK:
            joined = b"".join(held)
            cut = joined.rfind(b"\n") + 1
            if not cut or (joined.count(b'"', 0, cut) % 2 and size < LONGEST_BLOCK):
                if size >= LONGEST_BLOCK:
                    raise Refused("cell-too-long", limit=LONGEST_CELL, line=1)
                held = [joined]
                continue
            yield joined[:cut]
            held, size = [joined[cut:]], len(joined) - cut
    if size:
        yield b"".join(held)


def _with_line_feeds(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Line feeds for carriage returns, of which a pair may be torn between two pieces."""
    torn = False
    for piece in pieces:
        if torn and piece.startswith(b"\n"):
            piece = piece[1:]
        torn = piece.endswith(b"\r")
        yield piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in piece else piece
