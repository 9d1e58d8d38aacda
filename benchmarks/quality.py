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
    ratio = compare(Contender("gate", ours), Contender("frictionless", plain), items=rows, unit="rows", rounds=rounds)
    if invalid["ours"] != invalid["plain"]:
        raise SystemExit(f"The gate finds {invalid['ours']} rows wrong, frictionless {invalid['plain']}.")
    return ratio


def main() -> None:
    """Read the options and measure each table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="of the large tables (default: 1,000,000)")
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    ten, parking = ten_columns(), table_contract("bicycle-parking")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "short.csv"
        write_csv(path, 200)
        check(path, ten)
        measure("200 rows, 10 columns", path, ten, 200, 5)
        write_parking(path, parking, 200)
        measure("200 rows, 27 columns with GeoJSON and rules of its own", path, parking, 200, 5)
        write_parking(path, parking, 20_000)
        measure("20,000 rows, 27 columns with GeoJSON and rules of its own", path, parking, 20_000, options.rounds)
        write_xlsx(folder / "sheet.xlsx", 50_000)
        measure("XLSX, 50,000 rows, 10 columns", folder / "sheet.xlsx", ten, 50_000, options.rounds)
        for title, wrong in (("valid", 0.0), ("0.1 % of the cells wrong", 0.001), ("5 % of the cells wrong", 0.05)):
            write_csv(path, options.rows, wrong)
            measure(f"{options.rows:,} rows, 10 columns, {title}", path, ten, options.rows, options.rounds)
            print(f"{'peak memory of the check':<44} {peak(path):8} MB", flush=True)


if __name__ == "__main__":
    main()
