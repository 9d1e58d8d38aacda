"""The rows of an inventory from the bytes of a file: CSV of any dialect, or XLSX in a child process under limits."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from ckanext.smartregion.harvest.mapping.inventory_columns import Column, Header, read_header
from ckanext.smartregion.harvest.reading import reader
from ckanext.smartregion.harvest.records import Change, ListingError
from ckanext.smartregion.harvest.sentences import say

DELIMITERS = (";", ",", "\t", "|")
# A title or a logo may stand above the names of the columns.
HEADER_ROWS = 10
MOST_ROWS = 20_000
# Of a line so much tells the separator; what is longer is no row of names.
LONGEST_LINE = 10_000
ZIP, OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
Rows = Sequence[tuple[int, list[str]]]


@dataclass(frozen=True)
class Table:
    """A list as it was found: its header, the names in it, and its rows with their number in the sheet."""

    header: Header
    names: list[str]
    rows: Rows
    changes: tuple[Change, ...] = ()


def read(body: bytes, url: str) -> Table:
    """The table in a file, or in a ListingError why there is none."""
    if not body.strip():
        raise ListingError(say("empty-body", url=url))
    if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        raise ListingError(say("html", url=url))
    if body.startswith(OLD_EXCEL):
        raise ListingError(say("no-table", url=url, reason="XLS"))
    if body.startswith(ZIP):
        return _table(max(_workbook(body, url), key=_fitness, default=[]), url)
    text, changes = _decoded(body, url)
    return _table(_csv(text, _delimiter(text), url), url, changes)


def _decoded(body: bytes, url: str) -> tuple[str, tuple[Change, ...]]:
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", errors="replace"), ()
    if b"\0" in body:
        raise ListingError(say("no-table", url=url, reason="NUL"))
    try:
        return body.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        guessed = Change("encoding-guessed", "", "utf-8", "windows-1252")
        return body.decode("cp1252", errors="replace"), (guessed,)


def _delimiter(text: str) -> str:
    """The separator under which the first lines name most columns."""
    head = [line[:LONGEST_LINE] for line, _ in zip(io.StringIO(text), range(HEADER_ROWS), strict=False)]
    return max(DELIMITERS, key=lambda delimiter: _fitness(list(enumerate(csv.reader(head, delimiter=delimiter)))))


def _csv(text: str, delimiter: str, url: str) -> Rows:
    """Every row with the line it begins on; quotes must be whole, or the rest of the list would be one cell."""
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows, line = [], 1
    try:
        for cells in lines:
            rows.append((line, [cell.strip() for cell in cells]))
            line = lines.line_num + 1
    except csv.Error as error:
        raise ListingError(say("unreadable-line", url=url, line=line, reason=error)) from error
    return rows


def _workbook(body: bytes, url: str) -> list[Rows]:
    return [list(enumerate(sheet, start=1)) for sheet in reader.read("workbook", body, url)["sheets"]]


def _table(rows: Rows, url: str, changes: tuple[Change, ...] = ()) -> Table:
    """The rows below the names of the columns; raises ListingError where a column is missing or there are too many."""
    at, header = _header(rows)
    if header.missing:
        raise ListingError(_lacking(header.missing[0], url))
    filled = [(number, cells) for number, cells in rows[at + 1 :] if any(cells)]
    if len(filled) > MOST_ROWS:
        raise ListingError(say("too-many-records", total=len(filled), limit=MOST_ROWS))
    return Table(header, rows[at][1], filled, changes)


def _header(rows: Rows) -> tuple[int, Header]:
    """Where the names of the columns stand, and what they mean."""
    found = [(at, read_header(cells)) for at, (_, cells) in enumerate(rows[:HEADER_ROWS])]
    return max(found, key=lambda each: len(each[1].columns), default=(0, Header({})))


def _fitness(rows: Rows) -> int:
    return len(_header(rows)[1].columns)


def _lacking(column: Column, url: str) -> dict[str, str]:
    """Which column is missing, by its name in the reader's language."""
    names = column.label
    return {language: say("missing-column", url=url, column=names[language])[language] for language in names}
