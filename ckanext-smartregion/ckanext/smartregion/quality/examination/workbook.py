"""Records of the sheet of a workbook that fits the contract, through a reader in Rust and within the limits."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any
from xml.parsers.expat import ExpatError

from ckanext.smartregion.quality.examination.archives import BROKEN
from ckanext.smartregion.quality.examination.cells import Odd
from ckanext.smartregion.quality.examination.limits import Limits
from ckanext.smartregion.quality.examination.parts import Look, Part, parts_of_ods, parts_of_xlsx
from ckanext.smartregion.quality.examination.pieces import Pieces, rows_of
from ckanext.smartregion.quality.examination.reading import Key, Record, label_key, naming
from ckanext.smartregion.quality.examination.refusal import Refused


@dataclass(frozen=True)
class Sheet:
    """The sheet that was taken and its records, the visible ones that were left, and the hidden ones."""

    name: str
    others: list[str]
    hidden: list[str]
    records: "Grid"


def sheet_of(path: Path, kind: str, names: list[str], limits: Limits, *, key: Key = label_key) -> Sheet:
    """The visible sheet whose first row names most of the contract's columns; the first one of equals."""
    from python_calamine import CalamineError, CalamineWorkbook  # only a workbook needs it, and only in the child

    try:
        parts, only = (parts_of_ods(path, limits), None) if kind == "ods" else parts_of_xlsx(path, limits)
        book = CalamineWorkbook.from_path(path)  # closed by nobody: a sheet that was refused may still be read
        visible, hidden = _names(book)
        if not visible:
            raise Refused("no-visible-sheet")
        best = visible[0] if len(visible) == 1 else max(visible, key=lambda name: _score(book, name, names, key))
        rows = _read_meanwhile(path, best, parts[best], *only) if only else rows_of(book.get_sheet_by_name(best))
    # Whatever the broken part makes a reader stumble over, also in Rust.
    except (CalamineError, KeyError, ExpatError, *BROKEN) as error:
        raise Refused("unreadable-workbook") from error
    others = [name for name in visible if name != best]
    return Sheet(best, others, hidden, Grid(rows, parts.get(best, Part()), limits))


def _read_meanwhile(path: Path, name: str, part: Part, member: str, look: Look) -> Iterator[list[Any]]:
    """The rows of a sheet that is read in another thread while this one looks whether it may be."""
    pieces = Pieces(path, member, name, part)
    try:
        look(pieces.take)
    except BaseException:
        pieces.leave()
        raise
    return pieces.rows()


def _names(book: Any) -> tuple[list[str], list[str]]:
    """The sheets that everybody sees, and those that are hidden; charts and macros are no sheets."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    sheets = [sheet for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    visible = [sheet.name for sheet in sheets if sheet.visible == SheetVisibleEnum.Visible]
    return visible, [sheet.name for sheet in sheets if sheet.name not in visible]


def _score(book: Any, name: str, names: list[str], key: Key) -> int:
    rows = book.get_sheet_by_name(name).iter_rows()
    return naming(names, key)(next((row for row in rows if any(row)), []))


class Grid(Iterator[Record]):
    """The records of a sheet, one by one or many at once; they end with the last row that holds anything.

    Sheets often carry formatted emptiness below and to the right.
    """

    def __init__(self, rows: Iterator[list[Any]], part: Part, limits: Limits) -> None:
        self._rows, self._part, self._limits = rows, part, limits
        self._width = 0  # of the header
        self._number = 0  # of the last row that was looked at
        self._given = 0  # number of the last record
        self._records: Iterator[Record] = self._read()

    def __next__(self) -> Record:
        return next(self._records)

    def many(self, most: int) -> tuple[int, list[list[Any]]] | None:
        """The number of the next record and the cells of as many as are wanted, where all of them are usual ones.

        Those are as wide as the header, none is blank, and no formula among them gives nothing. Else None: the next
        ones have to be taken one by one.
        """
        if not self._width or self._given != self._number:
            return None
        rows = list(islice(self._rows, most))
        first, last = self._number + 1, self._number + len(rows)
        if not rows or not self._are_usual(rows) or any(first <= number <= last for number in self._part.odd):
            self._rows = chain(rows, self._rows)
            return None
        self._number = self._given = last
        return first, rows

    def _are_usual(self, rows: list[list[Any]]) -> bool:
        width = self._width
        return {*map(len, rows)} == {width} and not any(row.count("") == width for row in rows if row[0] == "")

    def _read(self) -> Iterator[Record]:
        while (cells := next(self._rows, None)) is not None:
            self._number += 1
            number = self._number
            if number in self._part.odd:
                cells = _with_odd(cells, self._part.odd[number])
            cells = _trimmed(cells, self._width, self._limits)
            if cells.count("") == len(cells):
                continue
            self._width = self._width or len(cells)
            yield from (Record(blank, blank, [""] * self._width) for blank in range(self._given + 1, number))
            self._given = number
            yield Record(number, number, cells)


def _with_odd(cells: list[Any], odd: dict[int, tuple[str, str]]) -> list[Any]:
    cells += [""] * (max(odd) + 1 - len(cells))
    for at, (rule, shown) in odd.items():
        cells[at] = Odd(rule, shown)
    return cells


def _trimmed(cells: list[Any], width: int, limits: Limits) -> list[Any]:
    """A row as wide as the header, or as far as it is filled."""
    end = len(cells)
    while end > width and cells[end - 1] == "":
        end -= 1
    if end > limits.columns:
        raise Refused("too-many-columns", limit=limits.columns)
    if end == width == len(cells):
        return cells
    return cells[:end] + [""] * (width - end)
