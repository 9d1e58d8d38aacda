"""The child process that reads workbooks: XLSX in, the rows of each visible sheet as texts out."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from typing import Any

from ckanext.smartregion.harvest.reading.child import serve

MEGABYTE = 1024 * 1024
UNPACKED = 200 * MEGABYTE
# Real sheets shrink twenty- to fiftyfold; a part beyond this was made to fill the memory.
HIGHEST_RATIO = 200
ROWS = 20_000
COLUMNS = 200
CELL = 20_000
# Sheets often carry formatted emptiness below; so many empty rows in a row are the end.
EMPTY_ROWS = 200


def main() -> None:
    """Serve workbooks."""
    serve(lambda body, head: {"sheets": sheets(body)})


def sheets(body: bytes) -> list[list[list[str]]]:
    """The rows of every visible sheet as texts; raises ValueError for what is no plain workbook."""
    import openpyxl  # slow to load, and of use in the child process only

    _inspect(body)
    book = openpyxl.load_workbook(io.BytesIO(body), read_only=True, data_only=True, keep_links=False)
    return [list(_rows(sheet)) for sheet in book.worksheets if sheet.sheet_state == "visible"]


def _inspect(body: bytes) -> None:
    """Look at the parts before any of them is unpacked."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        members = archive.infolist()
    if "xl/workbook.xml" not in {member.filename for member in members}:
        raise ValueError("no XLSX workbook")
    swollen = (each for each in members if each.file_size > HIGHEST_RATIO * max(each.compress_size, 1))
    if any(each.file_size > 10 * MEGABYTE for each in swollen) or sum(each.file_size for each in members) > UNPACKED:
        raise ValueError("swollen archive")


def _rows(sheet: Any) -> Iterator[list[str]]:
    empty = 0
    # A sheet may claim 16,384 columns and would be padded to them.
    width = min(sheet.max_column or COLUMNS, COLUMNS)
    for number, cells in enumerate(sheet.iter_rows(max_col=width, values_only=True)):
        row = [_text(cell) for cell in cells]
        empty = 0 if any(row) else empty + 1
        if empty > EMPTY_ROWS:
            return
        if number >= ROWS + EMPTY_ROWS:
            raise ValueError(f"more than {ROWS} rows")
        yield row


def _text(value: Any) -> str:
    """What the cell would say in a CSV file: dates in ISO form, whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()[:CELL]


if __name__ == "__main__":
    main()
