"""A GTFS feed while it is judged: what was kept of its files, and which rows are at fault."""

from typing import Any

import polars as pl

from ckanext.smartregion.quality.examination.refusal import Refused
from ckanext.smartregion.quality.formats.found import Found, place
from ckanext.smartregion.quality.formats.gtfs_blocks import LINE
from ckanext.smartregion.quality.formats.people import People


class Feed:
    """The files of one feed by name without ending, and how findings on their rows are told."""

    def __init__(self, found: Found, people: People) -> None:
        self.found, self.people = found, people
        self.files: dict[str, dict[str, Any]] = found.settings["files"]
        self.frames: dict[str, pl.DataFrame] = {}
        self._lines: dict[str, list[pl.Series]] = {}

    def count(self, rows: int) -> None:
        """Count rows that were read; beyond the limit the feed is refused."""
        self.found.records += rows
        if self.found.records > self.found.limits.rows:
            raise Refused("too-many-rows", limit=self.found.limits.rows)

    def has(self, name: str, *columns: str) -> bool:
        """Whether a file was read and has these fields."""
        return name in self.frames and set(columns) <= set(self.frames[name].columns)

    def key_of(self, name: str) -> str | None:
        """The field by which people know a row of a file."""
        return next(iter(self.files[name].get("key", [])), None)

    def tell(self, rule: str, where: str | None, count: int, samples: list[dict[str, Any]], **values: Any) -> None:
        """Occurrences of a rule in a file, or in a field of it (`stops.stop_lat`)."""
        file = f"{(where or '').partition('.')[0]}.txt"
        self.found.add_many(rule, where, count, samples, **{"file": file, **values})

    def tell_lines(self, rule: str, name: str, lines: list[int]) -> None:
        """Occurrences of which only the line is known."""
        self._remember(rule, name, pl.Series(lines, dtype=pl.UInt32))
        self.tell(rule, name, len(lines), [place(f"{name}.txt", line=line) for line in lines[: self._most]])

    def tell_rows(self, rule: str, name: str, column: str | None, rows: pl.DataFrame, /, **values: Any) -> None:
        """Occurrences in rows of a frame, the value of a column with each."""
        if rows.height:
            self.tell_sampled(rule, name, column, rows.head(self._most), rows, **values)

    def tell_sampled(
        self, rule: str, name: str, column: str | None, few: pl.DataFrame, rows: pl.DataFrame, /, **values: Any
    ) -> None:
        """The same where the first rows are told otherwise than all of them are known."""
        where = f"{name}.{column}" if column else name
        self._remember(rule, where, rows[LINE])
        key = self.key_of(name)
        samples = [
            place(f"{name}.txt", row.get(column) if column else "", line=row[LINE], key=row.get(key) if key else "")
            for row in few.to_dicts()
        ]
        self.tell(rule, where, rows.height, samples, **values)

    def note_lines(self, rule: str, where: str, rows: pl.DataFrame) -> None:
        """Count these rows among those at fault; `tell` says what is wrong with them."""
        self._remember(rule, where, rows[LINE])

    @property
    def _most(self) -> int:
        return self.found.limits.samples

    def _remember(self, rule: str, where: str, lines: pl.Series) -> None:
        if self.found.collector.level(rule, where) != "note":
            self._lines.setdefault(where.partition(".")[0], []).append(lines.cast(pl.UInt32))

    def rows_at_fault(self) -> int:
        """How many rows have a fault, however many each has."""
        return sum(pl.concat(lines).n_unique() for lines in self._lines.values())
