"""One file mended, inside the child process: read as a check reads it, written anew as a CSV file of its contract."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl

from ckanext.smartregion.quality.escaping import shown
from ckanext.smartregion.quality.examination.accepting import is_one_of
from ckanext.smartregion.quality.examination.blocks import Block, NotProvable
from ckanext.smartregion.quality.examination.compiled import NOT_BLANK, Column
from ckanext.smartregion.quality.examination.header import column_letters, read_header
from ckanext.smartregion.quality.examination.layout import Layout
from ckanext.smartregion.quality.examination.limits import Limits
from ckanext.smartregion.quality.examination.mending.batch import Batch, Teller
from ckanext.smartregion.quality.examination.mending.cells import CellMender
from ckanext.smartregion.quality.examination.mending.changes import Changes
from ckanext.smartregion.quality.examination.mending.columns import (
    columns_of_points,
    mend_commas,
    mend_days,
    mend_texts,
    pairs_of_degrees,
    turn,
    turn_points,
)
from ckanext.smartregion.quality.examination.mending.doubles import Doubles
from ckanext.smartregion.quality.examination.mending.headings import mended_labels
from ckanext.smartregion.quality.examination.mending.source import Source, Way, opened_source
from ckanext.smartregion.quality.examination.mending.survey import Survey, is_ragged, survey
from ckanext.smartregion.quality.examination.own_rules import OwnRules
from ckanext.smartregion.quality.examination.personal.masking import hidden
from ckanext.smartregion.quality.examination.personal.searching import Watch, promises
from ckanext.smartregion.quality.examination.plain import MORE_ROWS
from ckanext.smartregion.quality.examination.reading import label_key
from ckanext.smartregion.quality.examination.refusal import Refused

# Ways of writing that the gate takes as they are: told where the file is written anew, but no reason to do so.
HARMLESS = frozenset({"byte-mark", "separator", "spreadsheet"})
# What a spreadsheet did to cells that a CSV file can't show any more.
LOSSES = frozenset({"digits-lost", "zeros-lost", "formula-empty", "formula-error"})
LINE_END = "\r\n"


class Mending:
    """The mending of one file; `run` gives what the parent process makes its answer from."""

    def __init__(
        self, path: Path, contract: dict[str, Any], limits: Limits, *, own: OwnRules, drop_extra: bool = False
    ) -> None:
        self.path, self.contract, self.limits, self.own, self.drop_extra = path, contract, limits, own, drop_extra

    def run(self, target: Path) -> dict[str, Any]:
        """Write the mended file; refused where the file is no table of the contract."""
        try:
            with TemporaryDirectory(prefix="opened-", ignore_cleanup_errors=True) as folder:
                return self._run(opened_source(self.path, Path(folder), self.contract["fields"], self.limits), target)
        except Refused as refused:
            return {"refused": refused.rule, "mended": False, "changes": [], "left": [], "cells": 0, "truncated": False}

    def _run(self, source: Source, target: Path) -> dict[str, Any]:
        labels = mended_labels(source.header.cells, self.contract["fields"])
        header = read_header(labels, self.contract)
        promised = promises(self.own.personal, self.own.rules)
        layout = Layout(header, self.contract, Watch(header, promised, self.own.today))
        for way in source.ways(layout):
            try:
                return Table(self, source, labels, layout, way).mend(target)
            except NotProvable:
                continue
        raise Refused("unknown-header")


class Table:
    """One pass over the blocks of a file, after a first look at all of them."""

    def __init__(self, mending: Mending, source: Source, labels: list[str], layout: Layout, way: Way) -> None:
        self._limits, self._drop_extra = mending.limits, mending.drop_extra
        self._source, self._labels, self._layout, self._way = source, labels, layout, way
        self._changes, self._left = (Changes(self._limits.samples, self._limits.findings) for _ in range(2))
        self._teller = Teller(layout, self._changes, self._left, self._limits.samples)
        seen = survey(way(), layout, serials=source.serials)
        self._menders = {
            at: CellMender(Column(layout, at), field, seen.evidence[at])
            for at, field in enumerate(layout.header.fields)
            if field
        }
        self._degrees = pairs_of_degrees(layout, mending.own.rules)
        self._points = columns_of_points(layout, mending.own.rules)
        self._order, self._doubles, self._rows = self._wanted(seen), Doubles(layout), 0

    def mend(self, target: Path) -> dict[str, Any]:
        """Mend and write every row, and tell of it."""
        for kind, about in self._source.written:
            self._changes.add(kind, about=about)
        self._tell_header()
        with target.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator=LINE_END)
            writer.writerow(self._labels[at] for at in self._order)
            for block in self._way():
                writer.writerows(self._mended(block))
        return {
            "refused": None,
            "mended": bool(self._changes.kinds() - HARMLESS),
            "changes": self._changes.to_list(),
            "left": self._left.to_list(),
            "cells": self._teller.cells,
            "truncated": self._changes.truncated or self._left.truncated,
        }

    # The columns

    def _wanted(self, seen: Survey) -> list[int]:
        """The columns to be written, in their order; all as they stand where rows are too short or too long."""
        every = range(self._layout.width)
        if seen.ragged:
            return list(every)
        own = [self._layout.positions[name] for name in self._layout.names if name in self._layout.positions]
        others = [at for at in every if at not in own and not self._goes(at, seen)]
        return [*own, *others] if own != sorted(own) else sorted([*own, *others])

    def _goes(self, at: int, seen: Survey) -> bool:
        """Whether a column outside the contract is left out: nothing stands in it, or so it was asked."""
        if not self._labels[at] and at in seen.empty:
            return True
        return self._drop_extra and label_key(self._labels[at]) not in map(label_key, self._layout.names)

    def _tell_header(self) -> None:
        header = self._source.header
        for at, (old, new) in enumerate(zip(header.cells, self._labels, strict=True)):
            if at not in self._order:
                self._changes.add("extra-column" if new else "empty-column", about=new or column_letters(at))
            elif written(old) != new:
                place = {"cell": f"{column_letters(at)}{header.number}", "line": header.line}
                self._changes.add(
                    "column-name", new, places=[{**place, "before": shown(hidden(written(old))), "after": new}]
                )
        if self._order != sorted(self._order):
            self._changes.add("column-order")

    # The rows

    def _mended(self, block: Block) -> Iterable[Sequence[str]]:
        """The rows of a block as they are written: blank and double ones are gone, ragged ones as they were."""
        height, blank = block.frame.height, self._blank(block)
        self._rows += height - len(blank)
        if self._rows > self._limits.rows:
            raise Refused(MORE_ROWS, limit=self._limits.rows)
        odd = {row: cells for row, cells in block.odd.items() if row not in blank}
        ragged = {row: cells for row, cells in odd.items() if is_ragged(cells, self._layout.width)}
        self._tell_rows(block, "blank-row", sorted(blank))
        self._tell_rows(block, "empty-cells", [row for row in odd if row not in ragged])
        rows = pl.Series([row for row in range(height) if row not in blank and row not in ragged], dtype=pl.UInt32)
        batch = self._batch(block, rows)
        frame = batch.frame.select(str(at) for at in self._order)
        double = self._doubles.repeated(frame)
        self._tell_rows(block, "duplicate-row", [rows[row] for row in double])
        if double:
            single = ~pl.int_range(frame.height, eager=True).is_in(double)
            frame, rows = frame.filter(single), rows.filter(single)
        if not ragged:
            return frame.iter_rows()
        return (cells for _, cells in sorted([*zip(rows, map(list, frame.iter_rows()), strict=True), *ragged.items()]))

    def _batch(self, block: Block, rows: pl.Series) -> Batch:
        batch = Batch(block, rows, self._teller)
        self._tell_losses(batch)
        for lon, lat in self._degrees:
            turn(batch, lon, lat)
        for at in self._points:
            turn_points(batch, at)
        for at, mender in self._menders.items():
            mend_commas(batch, at, mender.evidence)
            mend_days(batch, at, mender.evidence)
            mend_texts(batch, at, mender)
        return batch

    def _blank(self, block: Block) -> set[int]:
        """Rows without anything in them."""
        cells = [
            ~pl.col(str(at)).str.contains(NOT_BLANK) | is_one_of(pl.col(str(at)), missing)
            for at, missing in enumerate(self._layout.missing)
        ]
        nothing = block.frame.select(pl.all_horizontal(cells)).to_series().arg_true()
        return {row for row in nothing if self._layout.is_blank(block.record(row))}

    def _tell_rows(self, block: Block, kind: str, rows: Sequence[int]) -> None:
        if rows:
            some = [block.record(row) for row in rows[: self._limits.samples]]
            places = [{"cell": f"A{one.number}", "line": one.line, "before": "", "after": None} for one in some]
            self._changes.add(kind, count=len(rows), places=places)

    def _tell_losses(self, batch: Batch) -> None:
        """What the spreadsheet did to cells; the error of a formula is written out where that is no value."""
        block, rows = batch.block, {row: at for at, row in enumerate(batch.rows)} if any(batch.block.told) else {}
        for number, rule, at in block.told:
            row = number - block.first
            if rule not in LOSSES or row not in rows:
                continue
            text = (getattr(block.record(row), "shown", None) or {}).get((rule, at), batch.frame[str(at)][rows[row]])
            if rule == "formula-error" and not self._menders[at].passes(text, empty=True):
                column = batch.frame[str(at)].clone().scatter(rows[row], text)
                batch.frame = batch.frame.with_columns(column.alias(str(at)))
            else:
                place = self._teller.place(block, row, at, text, None)
                self._left.add(rule, self._teller.column(at), places=[place])


def written(label: object) -> str:
    """A label as it stands in the file."""
    return "" if label is None else str(label)
