"""Rows a second through the gate, beside plain frictionless on the same file and the same schema.

Ours includes what plain frictionless leaves out: the child process and its start, limits, the hash, and a report
in four languages. Theirs runs in this process, warm.
"""

from __future__ import annotations

import argparse
import csv
import json
import tempfile
from collections.abc import Callable
from pathlib import Path

from frictionless import Resource, Schema

from ckanext.smartregion.quality.engine import check
from ckanext.smartregion.schemas import table_contract
from ckanext.smartregion.schemas.table_contracts import TableContract

from benchmarks.timing import Contender, compare

Row = dict[str, str]


def bicycle_parking(row: Row, number: int) -> Row:
    """The example row as another place: own key, coordinates and size."""
    place = [round(4.8 + number % 997 / 10_000, 4), round(50.4 + number % 991 / 10_000, 4)]
    return row | {
        "id": f"92094-{number}",
        "name": f"Emplacement {number}",
        "coordinates": json.dumps({"type": "Point", "coordinates": place}),
        "available_places": str(number % 60 + 1),
    }


def charging_points(row: Row, number: int) -> Row:
    """The example row as another charging point: own key and place."""
    return row | {
        "evse_id": f"BE*EXA*E{number:07d}",
        "station_id": f"BE*EXA*P{number // 2:07d}",
        "lon": f"{4.8 + number % 997 / 10_000:.4f}",
        "lat": f"{50.4 + number % 991 / 10_000:.4f}",
    }


TABLES: dict[str, Callable[[Row, int], Row]] = {
    "bicycle-parking": bicycle_parking,
    "charging-points": charging_points,
}


def write_table(contract: TableContract, vary: Callable[[Row, int], Row], rows: int, path: Path) -> None:
    """Write a valid file of so many rows, made from the contract's own valid example."""
    with contract.example_valid.open(encoding="utf-8", newline="") as file:
        example = next(csv.DictReader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(example))
        writer.writeheader()
        writer.writerows(vary(example, number) for number in range(1, rows + 1))


def plain_schema(contract: TableContract) -> Schema:
    """The contract without its titles in four languages, which Table Schema doesn't know."""
    texts = {"title", "description", "example", "version"}
    descriptor = {key: value for key, value in contract.schema.items() if key not in texts}
    descriptor["fields"] = [
        {key: value for key, value in field.items() if key not in texts} for field in contract.schema["fields"]
    ]
    return Schema.from_descriptor(descriptor)


def measure(name: str, rows: int, rounds: int) -> float:
    """Both on a valid file of this contract."""
    contract = table_contract(name)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.csv"
        write_table(contract, TABLES[name], rows, path)
        schema = plain_schema(contract)

        def ours() -> None:
            report = check(path, contract)
            assert report.verdict == "publish", report.error or report.findings
            assert report.counts["valid_rows"] == rows

        def plain() -> None:
            report = Resource(path.name, basepath=folder, schema=schema).validate()
            assert report.valid, report.flatten(["note"])[:3]

        print(f"{name}: {rows} valid rows, {len(contract.schema['fields'])} columns")
        start = Contender("gate, its start alone", lambda: check(contract.example_valid, contract))
        start.round()
        print(f"{start.name:<44} {start.median:8.2f} s")
        return compare(
            Contender("gate", ours), Contender("frictionless", plain), items=rows, unit="rows", rounds=rounds
        )


def main() -> None:
    """Read the options and measure each table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gate", description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    for name in TABLES:
        measure(name, options.rows, options.rounds)


if __name__ == "__main__":
    main()
