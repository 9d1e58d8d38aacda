"""What the parts of a workbook hold, seen before a reader that trusts them makes a grid of it.

A reader takes memory for every place between the first and the last filled cell, and forgets what a formula is that
was never computed: both are seen here, in one pass over the unpacked bytes that keeps none of them.
"""

import html
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from operator import lt
from pathlib import Path, PurePosixPath
from xml.parsers import expat

from ckanext.smartregion.quality.examination import archives
from ckanext.smartregion.quality.examination.limits import Limits
from ckanext.smartregion.quality.examination.refusal import Refused

EMPTY_FORMULA, ERROR = "formula-empty", "formula-error"
ROW = re.compile(rb'<row r="(\d{1,7})"')
BEYOND_Z = re.compile(rb'c r="[A-Z]{2}')
FILLED = re.compile(rb'c r="([A-Z]{1,3})(\d{1,7})(?:"|"[^>]*[^/])>')
# The same for writers that say other things of a cell before its address; three times slower.
FILLED_ANYHOW = re.compile(rb'[<:]c\s(?:[^>]*\s)?r="([A-Z]{1,3})(\d{1,7})"[^>]*(?<!/)>')
UNCOMPUTED = re.compile(
    rb"<(?:\w+:)?c\s([^>]*[^/>])>\s*<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
FAILED = re.compile(
    rb'<(?:\w+:)?c\s([^>]*\bt="e"[^>]*)>\s*(?:<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>))?\s*'
    rb"<(?:\w+:)?v>([^<]*)<"
)
ADDRESS = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
ODS_TOKEN = re.compile(
    rb"<table:table\s([^>]*)>|<(table:table-row)\b([^>]*)>|<(table:(?:covered-)?table-cell)\b([^>]*)>"
    rb"(?:\s*<text:p>([^<]*)<)?|<(/table:table-row)>"
)
ODS_NAME = re.compile(rb'table:name="([^"]*)"')
ROWS_REPEATED = re.compile(rb'number-rows-repeated="(\d{1,9})"')
COLUMNS_REPEATED = re.compile(rb'number-columns-repeated="(\d{1,9})"')
DECLARATION = b"<!DOCTYPE"
OVERLAP = 4096
# Looking at so many bytes takes longer than a thread takes to start.
LARGE = 4 * archives.CHUNK
Look = Callable[[Callable[[bytes], None]], None]
"""Looks at a sheet, and hands on its bytes, piece by piece, once they were looked at."""
LETTERS = 26


@dataclass
class Part:
    """One sheet: its last filled row and column, and the cells whose formula gives nothing: (row, column) from 1, 0.

    It is `plain` where its bytes may be cut at any row: each has a number and each cell an address, the rows stand in
    their order, and what looks like a row is one.
    """

    rows: int = 0
    columns: int = 0
    plain: bool = True
    odd: dict[int, dict[int, tuple[str, str]]] = field(default_factory=lambda: defaultdict(dict))

    def grow(self, rows: int, columns: int, limits: Limits) -> None:
        """Take note of a filled place; a grid that would take too much memory is refused."""
        self.rows, self.columns = max(self.rows, rows), max(self.columns, columns)
        if self.rows * self.columns > limits.cells:
            raise Refused("sheet-too-wide", limit=limits.cells)


def parts_of_xlsx(path: Path, limits: Limits) -> tuple[dict[str, Part], tuple[str, Look] | None]:
    """The sheets of a workbook by name, and the look at a large one that is the only one, which is not taken yet.

    That one is left to the caller, with the name of its file, to read what was looked at meanwhile.
    """
    members = {member.filename: member for member in archives.members_of(path)}
    files = _sheet_files(path, members)
    parts = {name: Part() for name in files.values()}

    def look(name: str, hand_on: Callable[[bytes], None] | None = None) -> None:
        reader = _xlsx_reader(parts[name], limits, hand_on) if name in parts else None
        _scan(archives.unpacked(path, members[name]), reader, (b"<c ", b":c "))

    alone = len(parts) == 1 and limits.threads > 1
    only = next((name for name in parts if alone and members[name].file_size >= LARGE), None)
    for name in members:
        if name.endswith((".xml", ".rels")) and name != only:
            look(name)
    return {sheet: parts[name] for sheet, name in files.items()}, (only, partial(look, only)) if only else None


def parts_of_ods(path: Path, limits: Limits) -> dict[str, Part]:
    """The sheets of an OpenDocument spreadsheet by name."""
    parts: dict[str, Part] = {}
    for member in archives.members_of(path):
        if member.filename.endswith((".xml", ".rdf")):
            reader = _OdsReader(parts, limits) if member.filename == "content.xml" else None
            _scan(archives.unpacked(path, member), reader, (b"<table:",))
    return parts


def _scan(chunks: Iterator[bytes], read: Callable[[bytes], None] | None, starts: tuple[bytes, ...]) -> None:
    """Hand whole cells to ``read``; a part that declares entities of its own is refused."""
    rest = b""
    for chunk in chunks:
        text = rest + chunk
        if b"!" in text and DECLARATION in text:  # one sign is found ten times as quickly
            raise Refused("unreadable-workbook")
        cut = _last_of(starts, text) if read else len(text) - OVERLAP
        rest = text[max(cut, 0) :]
        if len(rest) > 2 * archives.CHUNK:
            raise Refused("cell-too-long", limit=2 * archives.CHUNK, line="?")
        if read and cut > 0:
            read(text[:cut])
    if read:
        read(rest)


def _last_of(starts: tuple[bytes, ...], text: bytes) -> int:
    """Where the last of some beginnings stands; -1 where there is none."""
    last = -1
    for start in starts:
        last = max(last, text.rfind(start, max(last, 0)))
    return last


def _xlsx_reader(part: Part, limits: Limits, hand_on: Callable[[bytes], None] | None) -> Callable[[bytes], None]:
    def read(text: bytes) -> None:
        rows = [*map(int, ROW.findall(text))]
        usual = len(rows) == text.count(b"<row") and text.count(b'c r="') == text.count(b"<c ")
        part.plain = part.plain and usual and all(map(lt, [part.rows, *rows], rows)) and not _has_asides(text)
        last = max(rows, default=0)
        # Most sheets are narrow: no cell lies beyond column Z, and so many rows are few enough.
        if last and usual and last * LETTERS <= limits.cells and not BEYOND_Z.search(text):
            part.grow(last, 1, limits)
        else:
            _measure(text, part, limits)
        for rule, attributes, value in _odd_cells(text):
            if address := ADDRESS.search(attributes):
                part.odd[int(address[2])][place_of(address[1])] = (rule, value)
        if hand_on:
            hand_on(text)

    return read


def _has_asides(text: bytes) -> bool:
    """Whether there are comments, instructions beyond the first, or other passages that no row is looked for in."""
    return (b"!" in text and b"<!" in text) or (b"?" in text and b"<?" in text[1:])


def _measure(text: bytes, part: Part, limits: Limits) -> None:
    usual = text.count(b'c r="') == text.count(b"<c ") + text.count(b":c ")
    if places := (FILLED if usual else FILLED_ANYHOW).findall(text):
        letters = max({column for column, _ in places}, key=lambda column: (len(column), column))
        part.grow(max(int(row) for _, row in places), place_of(letters) + 1, limits)


def _odd_cells(text: bytes) -> Iterator[tuple[str, bytes, str]]:
    if b't="e"' in text:
        yield from ((ERROR, found[1], _text(found[2])) for found in FAILED.finditer(text))
    if b"f>" in text or b"<f" in text:
        found = (match[1] for match in UNCOMPUTED.finditer(text))
        yield from ((EMPTY_FORMULA, attributes, "") for attributes in found if b't="str"' not in attributes)


class _OdsReader:
    """Follows rows and cells, which a spreadsheet may write once for thousands of places."""

    def __init__(self, parts: dict[str, Part], limits: Limits) -> None:
        self.parts, self.limits = parts, limits
        self.part = Part()
        self.row = self.rows = self.column = 0

    def __call__(self, text: bytes) -> None:
        for table, row, of_row, cell, of_cell, shown, end in ODS_TOKEN.findall(text):
            if cell:
                self._cell(of_cell, shown)
            elif row:
                self.rows, self.column = _repeated(ROWS_REPEATED, of_row), 0
                self.row += self.rows if of_row.endswith(b"/") else 0
            elif end:
                self.row += self.rows
            else:
                self._table(table)

    def _table(self, attributes: bytes) -> None:
        self.part, self.row = Part(), 0
        if name := ODS_NAME.search(attributes):
            self.parts[_text(name[1])] = self.part

    def _cell(self, attributes: bytes, shown: bytes) -> None:
        columns = _repeated(COLUMNS_REPEATED, attributes)
        if b"office:value-type=" in attributes or b"table:formula=" in attributes:
            self.part.grow(self.row + self.rows, self.column + columns, self.limits)
            self._odd(attributes, columns, _text(shown))
        self.column += columns

    def _odd(self, attributes: bytes, columns: int, shown: str) -> None:
        failed = b'calcext:value-type="error"' in attributes
        if failed or b"office:value-type=" not in attributes:
            odd = (ERROR, shown) if failed else (EMPTY_FORMULA, "")
            for row in range(self.row + 1, self.row + self.rows + 1):
                self.part.odd[row] |= dict.fromkeys(range(self.column, self.column + columns), odd)


def _repeated(pattern: re.Pattern[bytes], attributes: bytes) -> int:
    found = pattern.search(attributes)
    return int(found[1]) if found else 1


def _text(raw: bytes) -> str:
    return html.unescape(raw.decode(errors="replace"))


def place_of(letters: bytes) -> int:
    """The position of a column by its letters: A is 0, AA is 26."""
    place = 0
    for letter in letters:
        place = place * 26 + letter - 64
    return place - 1


def _sheet_files(path: Path, members: dict) -> dict[str, str]:
    """Which member holds which sheet, by the sheet's name."""
    sheets = [found for tag, found in _elements(path, members, "xl/workbook.xml") if tag == "sheet"]
    targets = {
        found.get("Id"): str(found.get("Target"))
        for tag, found in _elements(path, members, "xl/_rels/workbook.xml.rels")
        if tag == "Relationship"
    }
    return {
        str(sheet.get("name")): _whole(targets.get(next((sheet[key] for key in sheet if key.endswith(":id")), ""), ""))
        for sheet in sheets
    }


def _whole(target: str) -> str:
    return target.lstrip("/") if target.startswith(("/", "xl/")) else str(PurePosixPath("xl") / target)


def _elements(path: Path, members: dict, name: str) -> list[tuple[str, dict[str, str]]]:
    found: list[tuple[str, dict[str, str]]] = []
    parser = expat.ParserCreate()

    def refuse(*_: object) -> None:
        raise Refused("unreadable-workbook")

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda tag, attributes: found.append((tag.rpartition(":")[2], attributes))
    for chunk in archives.unpacked(path, members[name]):
        parser.Parse(chunk)
    parser.Parse(b"", True)
    return found
