"""The plain path: frictionless judges every row as it is read. It is the truth that the compiled path is held to."""

from collections import deque
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import polars as pl

from ckanext.smartregion.quality.examination.canonical import NotStorable, canonical
from ckanext.smartregion.quality.examination.collecting import Collector
from ckanext.smartregion.quality.examination.judging import table
from ckanext.smartregion.quality.examination.layout import Broken, Layout
from ckanext.smartregion.quality.examination.limits import Limits
from ckanext.smartregion.quality.examination.outcome import Judged, Witness
from ckanext.smartregion.quality.examination.personal.searching import Search
from ckanext.smartregion.quality.examination.reading import Record
from ckanext.smartregion.quality.examination.refusal import Refused
from ckanext.smartregion.quality.examination.typed import TypedTable

MORE_ROWS = "too-many-rows"
BLOCK_ROWS = 5_000


class PlainPath:
    """One pass over the records of a file, in bounded memory but for its keys."""

    def __init__(
        self, layout: Layout, found: Collector, limits: Limits, typed: TypedTable, witness: Witness, search: Search
    ) -> None:
        self.layout, self.found, self.limits, self.typed, self.witness = layout, found, limits, typed, witness
        self._search = search
        self._records: list[Record] = []
        self._pending: deque[Record] = deque()
        self._texts: list[list[str | None]] = []
        self.judged = Judged()

    def run(self, source: Iterator[Record]) -> Judged:
        """Judge every record; where the file is refused halfway, what stands before is judged."""
        names = [field["name"] for field in self.layout.descriptor["fields"]]
        with table(self._cells(source, names), self.layout.descriptor) as resource:
            for row in resource.row_stream:
                self._find_blank()
                self._judge(row, self._pending.popleft())
        self._find_blank()
        self._hand_over()
        self._look()
        return self.judged

    def _cells(self, source: Iterator[Record], names: list[str]) -> Iterator[list[str]]:
        """Cells for frictionless, which reads ahead of its rows; a refusal ends them and is raised afterwards."""
        yield names
        taken = 0
        try:
            for record in source:
                self._pending.append(record)
                if self.layout.is_blank(record):
                    continue
                if taken >= self.limits.rows:
                    self._pending.pop()
                    raise Refused(MORE_ROWS, limit=self.limits.rows)
                taken += 1
                yield self.layout.guarded(record.cells)
        except Refused as refused:
            self.judged.refusal = refused

    def _find_blank(self) -> None:
        while self._pending and self.layout.is_blank(self._pending[0]):
            self._find([("blank-row", -1)], self._pending.popleft())

    def _judge(self, row: Any, record: Record) -> None:
        before = self.found.serious
        self._find(list(getattr(record, "odd", ())), record)
        self._find(self.layout.broken(row.errors, record.cells), record)
        self._find(self._values(row, record), record)
        self.judged.rows += 1
        self.judged.invalid += self.found.serious > before
        self._records.append(record)
        if len(self._records) >= BLOCK_ROWS:
            self._look()

    def _find(self, broken: list[Broken], record: Record) -> None:
        for rule, at in broken:
            self.witness(record.number, rule, at)
            if (place := self.layout.place(rule, at)) is not None:
                column, shown = place
                self.found.add(rule, column, partial(self.layout.sample, record, shown, rule))

    def _values(self, row: Any, record: Record) -> list[Broken]:
        """Take the canonical text of a row; gives the cells that no database holds."""
        values: dict[str, str | None] = dict.fromkeys(self.layout.names)
        broken: list[Broken] = []
        for name in self.layout.names:
            if name in self.layout.positions:
                value = row[name]
                try:
                    values[name] = None if value is None else canonical(value)
                except NotStorable:
                    broken.append(("type", self.layout.positions[name]))
        if self.typed.wanted:
            self._texts.append(list(values.values()))
            if len(self._texts) >= BLOCK_ROWS:
                self._hand_over()
        return broken

    def _hand_over(self) -> None:
        schema = dict.fromkeys(self.layout.names, pl.String)
        self.typed.add(pl.DataFrame(self._texts, schema=schema, orient="row"))
        self._texts = []

    def _look(self) -> None:
        """Have the last rows searched for personal data."""
        if not self._records:
            return
        frame = _texts([record.cells for record in self._records], self.layout.width)
        self._search.add(frame, np.array([record.number for record in self._records], dtype=np.uint32))
        self._records = []


def _texts(rows: list[list[str]], width: int) -> pl.DataFrame:
    """Rows as a frame of one column per cell; short ones are filled up, and long ones cut."""
    empty = [""] * width
    columns = zip(*((row + empty)[:width] for row in rows), strict=True)
    return pl.DataFrame({str(at): pl.Series(cells, dtype=pl.String) for at, cells in enumerate(columns)})
