"""The example catalogues as they lie in schemas/examples, and what a second visit finds changed in them."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any

EXAMPLES = Path(__file__).resolve().parents[2] / "schemas" / "examples"


@dataclass(frozen=True)
class Dataset:
    """One dataset of an Opendatasoft-like catalogue: a folder with its metadata and its table."""

    folder: Path

    @property
    def id(self) -> str:
        """The remote identifier, which is also the folder's name."""
        return self.folder.name

    def record(self, *, later: bool) -> dict[str, Any]:
        """The metadata as the portal lists them; a broken record is given as it stands."""
        broken = self.folder / "record.json"
        if broken.exists():
            return _read(broken)
        record = _merged(_read(self.folder / "dataset.json"), self._changes(later=later))
        rows = table(self.rows(later=later))
        record |= {"has_records": True, "data_visible": True, "features": [], "attachments": []}
        record["fields"] = [{"name": name, "label": name, "type": kind_of(values)} for name, values in rows.items()]
        record["metas"]["default"]["records_count"] = len(next(iter(rows.values()), []))
        return record

    def rows(self, *, later: bool) -> list[list[str]]:
        """The table with its header; empty for a broken record."""
        changed = self.folder / "later.csv"
        path = changed if later and changed.exists() else self.folder / "data.csv"
        if not path.exists():
            return []
        return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))

    def _changes(self, *, later: bool) -> dict[str, Any]:
        changed = self.folder / "later.json"
        return _read(changed) if later and changed.exists() else {}


@dataclass(frozen=True)
class Portal:
    """One remote portal: a folder of schemas/examples with a portal.json."""

    name: str
    title: str
    datasets: tuple[Dataset, ...]

    def dataset(self, dataset_id: str) -> Dataset | None:
        """The dataset with this identifier, if there is one."""
        return next((dataset for dataset in self.datasets if dataset.id == dataset_id), None)


def portals(root: Path = EXAMPLES) -> dict[str, Portal]:
    """All Opendatasoft-like portals of the examples, by name."""
    found = {}
    for description in sorted(root.glob("*/portal.json")):
        folder = description.parent
        datasets = tuple(Dataset(path) for path in sorted(folder.iterdir()) if path.is_dir())
        found[folder.name] = Portal(folder.name, _read(description)["title"], datasets)
    return found


def table(rows: list[list[str]]) -> dict[str, list[str]]:
    """The columns of a table, by name."""
    return {name: [row[index] for row in rows[1:]] for index, name in enumerate(rows[0])} if rows else {}


def kind_of(values: list[str]) -> str:
    """The type that Opendatasoft would guess from the values of a column."""
    filled = [value for value in values if value]
    for kind, read in (("int", int), ("double", float)):
        if filled and all(_reads(read, value) for value in filled):
            return kind
    return "text"


def _reads(read: Any, value: str) -> bool:
    try:
        read(value)
    except ValueError:
        return False
    return True


def _read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


def _merged(record: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """The record with the changed values put in, however deep they lie."""
    return reduce(_with_change, changes.items(), record)


def _with_change(record: dict[str, Any], change: tuple[str, Any]) -> dict[str, Any]:
    key, value = change
    return record | {key: _merged(record[key], value) if isinstance(value, dict) else value}
