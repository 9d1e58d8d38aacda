"""Records of the sheet of a workbook that fits the contract, through a reader in Rust and within the limits."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.parsers.expat import ExpatError

from ckanext.smartregion.quality.examination.archives import BROKEN
from ckanext.smartregion.quality.examination.cells import Odd
from ckanext.smartregion.quality.examination.limits import Limits
from ckanext.smartregion.quality.examination.parts import Part, parts_of_ods, parts_of_xlsx
from ckanext.smartregion.quality.examination.reading import Key, Record, label_key, matches
from ckanext.smartregion.quality.examination.refusal import Refused


@dataclass(frozen=True)
class Sheet:
    """The sheet that was taken and its records, the visible ones that were left, and the hidden ones."""

    name: str
    others: list[str]
    hidden: list[str]
    records: Iterator[Record]


def sheet_of(path: Path, kind: str, names: list[str], limits: Limits, *, key: Key = label_key) -> Sheet:
    """The visible sheet whose first row names most of the contract's columns; the first one of equals."""
    from python_calamine import CalamineError, CalamineWorkbook  # only a workbook needs it, and only in the child

    try:
        parts = (parts_of_ods if kind == "ods" else parts_of_xlsx)(path, limits)
        with CalamineWorkbook.from_path(path) as book:
            visible, hidden = _names(book)
            if not visible:
                raise Refused("no-visible-sheet")
            best = visible[0] if len(visible) == 1 else max(visible, key=lambda name: _score(book, name, names, key))
            grid = book.get_sheet_by_name(best)
    # Whatever the broken part makes a reader stumble over, also in Rust.
    except (CalamineError, KeyError, ExpatError, *BROKEN) as error:
        raise Refused("unreadable-workbook") from error
    others = [name for name in visible if name != best]
    return Sheet(best, others, hidden, _records(grid, parts.get(best, Part()), limits))


def _names(book: Any) -> tuple[list[str], list[str]]:
    """The sheets that everybody sees, and those that are hidden; charts and macros are no sheets."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    sheets = [sheet for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    visible = [sheet.name for sheet in sheets if sheet.visible == SheetVisibleEnum.Visible]
    return visible, [sheet.name for sheet in sheets if sheet.name not in visible]


def _score(book: Any, name: str, names: list[str], key: Key) -> int:
    rows = book.get_sheet_by_name(name).iter_rows()
    return matches(next((row for row in rows if any(row)), []), names, key)


def _records(grid: Any, part: Part, limits: Limits) -> Iterator[Record]:
    """Rows up to the last that holds anything: sheets often carry formatted emptiness below and to the right."""
    before = [""] * (grid.start[1] if grid.start else 0)
    blank_from = 1
    width = 0
    for number, cells in enumerate(grid.iter_rows(), start=1):
        if number in part.odd:
            cells = _with_odd(before + cells, part.odd[number])
        elif before:
            cells = before + cells
        cells = _trimmed(cells, width, limits)
        if cells.count("") == len(cells):
            continue
        width = width or len(cells)
        yield from (Record(blank, blank, [""] * width) for blank in range(blank_from, number))
        yield Record(number, number, cells)
        blank_from = number + 1


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
