"""Rows a second through the gate, beside plain frictionless on the same file and the same schema.

Ours includes what plain frictionless leaves out: a child process under limits, the hash, the contract's own rules, and
a report in four languages. Both are warm: plain frictionless runs in this process, ours is forked from one that has
loaded everything. That both find the same is seen by the rows that they find wrong.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from frictionless import Resource, Schema

from ckanext.smartregion.quality.engine import check
from ckanext.smartregion.schemas import table_contract
from ckanext.smartregion.schemas.table_contracts import TableContract

from benchmarks.checking.effort import processor_seconds
from benchmarks.checking.peak import peak
from benchmarks.checking.tables import ten_columns, write_csv, write_parking, write_xlsx
from benchmarks.timing import Contender, compare

OURS = {"title", "description", "example", "version", "source", "labels"}


def plain_schema(contract: TableContract) -> Schema:
    """The contract without its titles in four languages, which Table Schema doesn't know."""
    descriptor = {key: value for key, value in contract.schema.items() if key not in OURS}
    descriptor["fields"] = [
        {key: value for key, value in field.items() if key not in OURS} for field in contract.schema["fields"]
    ]
    return Schema.from_descriptor(descriptor)


def measure(title: str, path: Path, contract: TableContract, rows: int, rounds: int) -> float:
    """Both on one file; how many times faster ours is."""
    schema = plain_schema(contract)
    invalid: dict[str, int] = {}

    def ours() -> None:
        report = check(path, contract)
        assert report.error is None, report.error
        invalid["ours"] = report.counts["invalid_rows"]

    def plain() -> None:
        report = Resource(path.name, basepath=str(path.parent), schema=schema).validate(limit_errors=10**9)
        invalid["plain"] = len({row for task in report.tasks for (row,) in task.flatten(["rowNumber"])})

    print(f"\n{title}")
    gate, peer = Contender("gate", ours, processor_seconds), Contender("frictionless", plain)
    ratio = compare(gate, peer, items=rows, unit="rows", rounds=rounds)
    if invalid["ours"] != invalid["plain"]:
        raise SystemExit(f"The gate finds {invalid['ours']} rows wrong, frictionless {invalid['plain']}.")
    return ratio


def short(folder: Path, options: argparse.Namespace) -> None:
    """200 rows of ten columns, and of 27 with GeoJSON."""
    ten, parking, path = ten_columns(), table_contract("bicycle-parking"), folder / "short.csv"
    write_csv(path, 200)
    rounds = max(options.rounds, 15)
    measure("200 rows, 10 columns", path, ten, 200, rounds)
    write_parking(path, parking, 200)
    measure("200 rows, 27 columns with GeoJSON and rules of its own", path, parking, 200, rounds)


def geojson(folder: Path, options: argparse.Namespace) -> None:
    """20,000 rows of 27 columns with GeoJSON."""
    parking, path = table_contract("bicycle-parking"), folder / "geojson.csv"
    write_parking(path, parking, 20_000)
    measure("20,000 rows, 27 columns with GeoJSON and rules of its own", path, parking, 20_000, options.rounds)


def xlsx(folder: Path, options: argparse.Namespace) -> None:
    """A workbook of 50,000 rows."""
    path = folder / "sheet.xlsx"
    write_xlsx(path, 50_000)
    measure("XLSX, 50,000 rows, 10 columns", path, ten_columns(), 50_000, options.rounds)


def large(folder: Path, options: argparse.Namespace) -> None:
    """A million rows: valid, with a few cells wrong, with many; and the memory that a check of them takes."""
    ten, path = ten_columns(), folder / "large.csv"
    for title, wrong in (("valid", 0.0), ("0.1 % of the cells wrong", 0.001), ("5 % of the cells wrong", 0.05)):
        write_csv(path, options.rows, wrong)
        measure(f"{options.rows:,} rows, 10 columns, {title}", path, ten, options.rows, options.rounds)
        print(f"{'peak memory of the check':<44} {peak(path):8} MB", flush=True)


CASES = {"short": short, "geojson": geojson, "xlsx": xlsx, "large": large}


def main() -> None:
    """Read the options and measure each table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality", description=__doc__)
    parser.add_argument("cases", nargs="*", choices=[[], *CASES], help=f"which of {', '.join(CASES)} (default: all)")
    parser.add_argument("--rows", type=int, default=1_000_000, help="of the large tables (default: 1,000,000)")
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        warm = Path(folder) / "warm.csv"
        write_csv(warm, 1)
        check(warm, ten_columns())
        for case in options.cases or CASES:
            CASES[case](Path(folder), options)


if __name__ == "__main__":
    main()
