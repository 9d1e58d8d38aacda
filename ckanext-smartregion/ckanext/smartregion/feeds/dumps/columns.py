"""The rows of a dump as a Parquet file, written in groups so that no more than one is in memory. Pure."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Any

import polars as pl

from ckanext.smartregion.feeds.dumps.rows import COLUMNS, Row

TYPES: dict[str, Any] = {
    "text": pl.String,
    "texts": pl.List(pl.String),
    "number": pl.Int64,
    "yes": pl.Boolean,
    "day": pl.String,
    "moment": pl.String,
}
DATASET = "dataset"  # a column more than the CSV has: the whole dictionary as JSON
SCHEMA = {**{column: TYPES[kind] for column, kind in COLUMNS.items()}, DATASET: pl.String}
GROUP = 500  # rows


class Columns:
    """A Parquet file in a folder; groups of rows wait in a folder beside it until the end."""

    def __init__(self, folder: Path, name: str) -> None:
        self._path = folder / name
        self._parts = folder / f".{name}"
        self._parts.mkdir()
        self._rows: list[Row] = []
        self._groups = 0

    def write(self, row: Row, dataset: str) -> None:
        """Add a row, with its dataset as JSON."""
        self._rows.append({**row, DATASET: dataset})
        if len(self._rows) == GROUP:
            self._write_group()

    def close(self) -> dict[str, Any]:
        """End the file; gives its name, size and SHA-256."""
        if self._rows or not self._groups:
            self._write_group()
        found = pl.scan_parquet(sorted(self._parts.glob("*.parquet")))
        # Row groups are read, and written, one after the other.
        found.sink_parquet(self._path, compression="zstd", row_group_size=GROUP, maintain_order=True)
        shutil.rmtree(self._parts)
        return {"name": self._path.name, **_measured(self._path), "packed": []}

    def _write_group(self) -> None:
        frame = pl.DataFrame(self._rows, schema=SCHEMA)
        days = [pl.col(column).str.to_date(strict=False) for column, kind in COLUMNS.items() if kind == "day"]
        moments = [_moment(column) for column, kind in COLUMNS.items() if kind == "moment"]
        frame.with_columns(days + moments).write_parquet(self._parts / f"{self._groups:06}.parquet")
        self._groups += 1
        self._rows.clear()


def held(path: Path, ids: Collection[str]) -> set[str]:
    """Which of these datasets stand in a Parquet file; nothing but its column of ids is read."""
    found = pl.scan_parquet(path).select("id").filter(pl.col("id").is_in(list(ids))).collect()
    return set(found["id"])


def _moment(column: str) -> pl.Expr:
    return pl.col(column).str.to_datetime(time_unit="us", time_zone="UTC", strict=False)


def _measured(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        os.fsync(file.fileno())
        return {"bytes": path.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}
