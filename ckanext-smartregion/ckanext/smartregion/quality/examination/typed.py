"""The typed table: canonical text becomes typed columns, a clean CSV made to be loaded by COPY, and a Parquet file."""

import csv
import io
from collections.abc import Collection
from pathlib import Path
from types import TracebackType
from typing import Any

import polars as pl

from ckanext.smartregion.belgium import BELGIUM
from ckanext.smartregion.quality.examination.evaluating import evaluated
from ckanext.smartregion.quality.examination.profile import Profiler

MOMENT = "%Y-%m-%dT%H:%M:%S%.f%:z"
NULL = pl.lit(None, pl.String)


def typed_column(field: dict[str, Any]) -> pl.Expr:
    """The values of a column of canonical text in the type of its field; points and JSON stay text."""
    text = pl.col(field["name"])
    match field["type"]:
        case "integer" | "year":
            return text.cast(pl.Int64, strict=False)
        case "number":
            return text.cast(pl.Float64, strict=False)
        case "boolean":
            return text == "true"
        case "date":
            return text.str.to_date("%Y-%m-%d", strict=False)
        case "datetime":
            moments = text.str.to_datetime(MOMENT, time_unit="us", time_zone="UTC", strict=False)
            return moments.dt.convert_time_zone(str(BELGIUM))
        case "time":
            return text.str.to_time("%H:%M:%S%.f", strict=False)
    return text


class TypedTable:
    """Takes the canonical text of a table block by block, in the contract's columns and order.

    The CSV is written as the blocks come; `keep` names the columns of the typed frame that will be asked for. A
    `profiler` sees all of it.
    """

    def __init__(
        self,
        fields: list[dict[str, Any]],
        csv: Path | None = None,
        *,
        keep: Collection[str] = (),
        profiler: Profiler | None = None,
    ) -> None:
        self.names = [field["name"] for field in fields]
        self._columns = [typed_column(field) for field in fields if field["name"] in keep]
        self._file = csv.open("wb") if csv else None
        self._frames: list[pl.DataFrame] = []
        self._profiler = profiler
        self._read = {*keep, *(profiler.reads if profiler else ())}
        if self._file:
            self._file.write(_line(self.names))

    @property
    def wanted(self) -> bool:
        """Whether anybody wants the table."""
        return bool(self._columns) or self._file is not None or self._profiler is not None

    def reads(self, name: str) -> bool:
        """Whether anybody reads the canonical text of a column, and not merely whether something stands there."""
        return self._file is not None or name in self._read

    def add(self, texts: pl.DataFrame) -> None:
        """Take the next rows; a column that is not in the file may be absent.

        Where nobody reads a column's text, its cells may stand there as the file has them.
        """
        if texts.columns != self.names:
            absent = [NULL.alias(name) for name in self.names if name not in texts.columns]
            texts = texts.with_columns(absent).select(self.names)
        if self._file:
            _write(texts, self._file)
        if self._profiler:
            self._profiler.add(texts)
        if self._columns:
            self._frames.append(texts.select(self._columns))

    def frame(self) -> pl.DataFrame:
        """The columns that were kept, typed; null where a cell was empty or of the wrong type."""
        if not self._frames:
            return pl.DataFrame(schema=dict.fromkeys(self.names, pl.String)).select(self._columns)
        return pl.concat(self._frames)

    def __enter__(self) -> "TypedTable":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._file:
            self._file.close()


def write_parquet(fields: list[dict[str, Any]], csv: Path, parquet: Path) -> None:
    """Write the table of a clean CSV as Parquet, in types of their own, without holding the whole of it in memory."""
    texts = pl.scan_csv(csv, infer_schema=False)
    texts.select(typed_column(field).alias(field["name"]) for field in fields).sink_parquet(parquet)


def _line(cells: list[str]) -> bytes:
    """One line of a CSV, which Polars would begin a query for."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue().encode()


def _write(texts: pl.DataFrame, file: Any) -> None:
    """COPY takes a bare carriage return and a lone \\. for more than text: such blocks have all their text quoted."""
    odd = pl.all().str.contains("\r", literal=True) | (pl.all() == "\\.")
    style = "non_numeric" if any(evaluated(texts, odd.any()).row(0)) else "necessary"
    filled = evaluated(texts, pl.when(pl.all() != "").then(pl.all()))
    filled.write_csv(file, include_header=False, quote_style=style)
