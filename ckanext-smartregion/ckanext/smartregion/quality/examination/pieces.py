"""A large sheet, read piece by piece while it is looked at: each piece in a small workbook that holds nothing else."""

import io
import zipfile
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import repeat
from pathlib import Path
from typing import Any

from ckanext.smartregion.quality.examination import archives
from ckanext.smartregion.quality.examination.limits import MEGABYTE
from ckanext.smartregion.quality.examination.parts import Part

# What a reader needs beside the sheet itself.
SHELL = (
    "[content_types].xml",
    "_rels/.rels",
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/styles.xml",
    "xl/sharedstrings.xml",
)
ROW, END = b"<row ", b"</sheetData></worksheet>"
PIECE = 2 * MEGABYTE
# Texts that the cells share are read again with each piece, which has to be so many times as long.
LONGER = 8
# So many pieces wait to be read before the look at the sheet waits for them.
MOST_WAITING = 4


class Pieces:
    """Takes the bytes of one sheet as they are looked at, and gives its rows; `part` is what the look has found.

    A sheet that can't be cut is read as a whole, in another thread as well.
    """

    def __init__(self, path: Path, member: str, sheet: str, part: Part) -> None:
        self._path, self._member, self._sheet, self._part = path, member, sheet, part
        members = {one.filename: one for one in archives.members_of(path)}
        self._shell = {
            name: b"".join(archives.unpacked(path, one)) for name, one in members.items() if name.lower() in SHELL
        }
        self._size = max(PIECE, LONGER * sum(map(len, self._shell.values())))
        self._texts: list[bytes] = []
        self._head = b""
        self._reader = ThreadPoolExecutor(1)
        self._read: deque[Future[Any]] = deque()
        self._whole: Future[Any] | None = None

    def leave(self) -> None:
        """Read nothing more of a sheet that was refused, and wait for nothing."""
        self._reader.shutdown(wait=False, cancel_futures=True)

    def take(self, text: bytes) -> None:
        """Take the next bytes, which were looked at."""
        if self._whole:
            return
        self._texts.append(text)
        if not self._part.plain:
            self._whole = self._reader.submit(_grid, self._path, self._sheet)
            self._texts.clear()
        elif sum(map(len, self._texts)) >= self._size:
            self._cut()

    def _cut(self) -> None:
        """Have all whole rows read."""
        text = b"".join(self._texts)
        start, cut = (0 if self._head else max(text.find(ROW), 0)), text.rfind(ROW)
        self._head = self._head or text[:start]
        if cut > start:
            self._submit(text[start:cut] + END)
            text = text[cut:]
        self._texts = [text]

    def _submit(self, rows: bytes) -> None:
        if len(self._read) >= MOST_WAITING:
            self._read[-MOST_WAITING].result()
        self._read.append(self._reader.submit(_grid, self._workbook(self._head + rows), self._sheet))

    def _workbook(self, sheet: bytes) -> io.BytesIO:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for name, content in (self._shell | {self._member: sheet}).items():
                archive.writestr(name, content)
        packed.seek(0)
        return packed

    def rows(self) -> Iterator[list[Any]]:
        """All rows from the first of the sheet on, once all was taken."""
        if not self._whole:
            self._submit(b"".join(self._texts))
            self._texts.clear()
        self._reader.shutdown(wait=False)
        return rows_of(self._whole.result()) if self._whole else self._rows()

    def _rows(self) -> Iterator[list[Any]]:
        given = 0
        while self._read:
            sheet = self._read.popleft().result()
            if sheet.start:
                first, column = sheet.start
                yield from repeat([], first - given)
                rows = sheet.to_python()
                given = first + len(rows)
                before = [""] * column
                yield from (before + row for row in rows) if column else rows


def _grid(workbook: Any, sheet: str) -> Any:
    from python_calamine import CalamineWorkbook

    return CalamineWorkbook.from_object(workbook).get_sheet_by_name(sheet)


def rows_of(grid: Any) -> Iterator[list[Any]]:
    """All rows of a sheet from the first one on, each from its first column on."""
    before = [""] * (grid.start[1] if grid.start else 0)
    return (before + row for row in grid.iter_rows()) if before else grid.iter_rows()
