"""Records of an XLSX sheet, and the text a cell would have had in a CSV file."""

import datetime as dt
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from ckanext.smartregion.quality.examination.limits import Limits
from ckanext.smartregion.quality.examination.reading import Record, matches
from ckanext.smartregion.quality.examination.scanning import Refused

MIDNIGHT = dt.time()


def sheet_records(path: Path, names: list[str], limits: Limits) -> tuple[str, Iterator[Record]]:
    """The name and records of the sheet whose first row names most of the contract's columns."""
    import openpyxl  # only a workbook needs it, and only in the child process

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        best = max(sheets, key=lambda sheet: matches(_first(sheet, limits), names))
    except MemoryError:
        raise
    except Exception as error:  # openpyxl raises whatever the broken part makes it stumble over
        raise Refused("unreadable-workbook") from error
    return best.title, _records(best, limits)


def _first(sheet: Any, limits: Limits) -> tuple[Any, ...]:
    return next(sheet.iter_rows(max_row=1, max_col=limits.columns + 1, values_only=True), ())


def _records(sheet: Any, limits: Limits) -> Iterator[Record]:
    """Rows up to the last that holds anything: sheets often carry formatted emptiness below and to the right."""
    waiting: list[Record] = []
    width = 0
    try:
        for number, cells in enumerate(_rows(sheet, limits), start=1):
            width = width or _width(cells, limits)
            record = Record(number, number, _trimmed(cells, width, limits))
            if record.blank:
                waiting = [*waiting[-100:], record]
                continue
            yield from (*waiting, record)
            waiting = []
    except (zipfile.BadZipFile, OSError, ValueError, KeyError, TypeError, SyntaxError) as error:
        raise Refused("unreadable-workbook") from error


def _rows(sheet: Any, limits: Limits) -> Iterator[tuple[Any, ...]]:
    """Rows no wider than need be: a sheet may claim 16,384 columns and would be padded to them."""
    claimed = sheet.max_column
    return sheet.iter_rows(max_col=min(claimed, limits.columns + 1) if claimed else None, values_only=True)


def _width(cells: tuple[Any, ...], limits: Limits) -> int:
    width = max((at for at, cell in enumerate(cells, start=1) if cell not in (None, "")), default=0)
    if width > limits.columns:
        raise Refused("too-many-columns", limit=limits.columns)
    return width


def _trimmed(cells: tuple[Any, ...], width: int, limits: Limits) -> list[Any]:
    end = len(cells)
    while end > width and cells[end - 1] in (None, ""):
        end -= 1
    if end > limits.columns:
        raise Refused("too-many-columns", limit=limits.columns)
    return [*cells[:end], *[None] * (width - end)]


def text_of(value: Any, kind: str) -> tuple[str, bool]:
    """The text of a spreadsheet cell for a column of this type, and whether a code had been kept as a number."""
    if value is None or isinstance(value, str):
        return value or "", False
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return _moment(value, kind), False
    if isinstance(value, bool):
        return str(value).lower(), kind == "string"
    if isinstance(value, int | float | Decimal):
        return _number(value), kind == "string"
    return str(value), False


def _moment(value: dt.datetime | dt.date | dt.time, kind: str) -> str:
    """Spreadsheets keep every date as a moment; midnight in a date column is a date."""
    if isinstance(value, dt.datetime) and kind != "datetime" and value.time() == MIDNIGHT:
        return value.date().isoformat()
    if kind == "datetime" and not isinstance(value, dt.datetime | dt.time):
        return f"{value.isoformat()}T00:00:00"
    return value.isoformat()


def _number(value: float | Decimal) -> str:
    exact = Decimal(repr(value) if isinstance(value, float) else value)
    if not exact.is_finite():
        return str(value)
    return str(int(exact)) if exact == exact.to_integral_value() else format(exact, "f")
