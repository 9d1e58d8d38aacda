"""Tables of any length, valid or with a share of wrong cells, and the contracts that they follow."""

from __future__ import annotations

import csv
import datetime as dt
import json
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl

from ckanext.smartregion.schemas import table_contract
from ckanext.smartregion.schemas.table_contracts import TableContract

Row = list[Any]
FIELDS: list[dict[str, Any]] = [
    {"name": "id", "type": "integer", "constraints": {"required": True, "unique": True}},
    {"name": "count", "type": "integer", "constraints": {"minimum": 0, "maximum": 1_000_000}},
    {"name": "amount", "type": "number", "constraints": {"minimum": 0, "maximum": 100_000}},
    {"name": "day", "type": "date", "constraints": {"minimum": "2000-01-01"}},
    {"name": "moment", "type": "datetime"},
    {"name": "kind", "type": "string", "constraints": {"required": True, "enum": ["a", "b", "c", "d"]}},
    {"name": "code", "type": "string", "constraints": {"pattern": "[A-Z]{2}[0-9]{4}"}},
    {"name": "open", "type": "boolean"},
    {"name": "place", "type": "geopoint"},
    {"name": "label", "type": "string", "constraints": {"minLength": 3, "maxLength": 80}},
]
# One of each is wrong in most columns; two are whole numbers that may stand twice, as keys do.
WRONG = ("x", "", "2026-02-30", "-1", "1e9x", "500000000", "NaN", "12,5")


def ten_columns() -> TableContract:
    """A contract of ten columns, one of each usual type, with a key and no rules of its own."""
    schema = {"fields": FIELDS, "primaryKey": ["id"], "missingValues": [""]}
    own = {"name": "ten-columns", "schema": schema, "policy": {}, "rules": [], "tolerance": {}, "key": ["id"]}
    return replace(table_contract("bicycle-parking"), **own)


def rows(count: int, wrong: float = 0.0) -> Iterator[Row]:
    """Rows of ten columns as a spreadsheet would hold them, this share of the cells replaced by something wrong."""
    chance = random.Random(count)
    for number in range(1, count + 1):
        month, day = number % 12 + 1, number % 28 + 1
        row: Row = [
            number,
            chance.randrange(100_000),
            round(chance.random() * 9_999, 2),
            dt.date(2000 + number % 26, month, day),
            dt.datetime(2026, month, day, number % 24, 30),
            "abcd"[number % 4],
            f"AB{number % 10_000:04}",
            number % 2 == 0,
            f"{4 + number % 997 / 1000},{50 + number % 991 / 1000}",
            f"Emplacement numéro {number}",
        ]
        yield [chance.choice(WRONG) if wrong and chance.random() < wrong else cell for cell in row]


def write_csv(path: Path, count: int, wrong: float = 0.0) -> None:
    """A CSV file of such rows."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(field["name"] for field in FIELDS)
        writer.writerows(map(_text, rows(count, wrong)))


def _text(row: Row) -> list[str]:
    return [_cell(cell) for cell in row]


def _cell(cell: Any) -> str:
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return str(cell).lower() if isinstance(cell, bool) else str(cell)


def write_xlsx(path: Path, count: int) -> None:
    """An XLSX file of valid rows, numbers, dates and truth values in cells of their own kind."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Data")
    sheet.append([field["name"] for field in FIELDS])
    for row in rows(count):
        sheet.append(row)
    book.save(path)


def write_parking(path: Path, contract: TableContract, count: int) -> None:
    """The valid example of the contract of bicycle parking, as so many places near each other."""
    with contract.example_valid.open(encoding="utf-8", newline="") as file:
        example = next(csv.DictReader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(example))
        writer.writeheader()
        for number in range(1, count + 1):
            place = [round(6.03 + number % 97 / 10_000, 4), round(50.62 + number % 99 / 10_000, 4)]
            point = json.dumps({"type": "Point", "coordinates": place})
            own = {"id": f"63023-{number}", "name": f"Emplacement {number}", "coordinates": point}
            writer.writerow(example | own)
