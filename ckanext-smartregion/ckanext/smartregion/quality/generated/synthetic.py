"""Made-up rows under a contract, as many as wanted, that keep its columns' limits and its own rules. Pure.

Keys of other tables can't be kept, for nothing is published that they could lead to; a check says so in a note.
"""

import csv
import datetime as dt
import io
from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any

from ckanext.smartregion.quality.examination.canonical import REGION_TIME
from ckanext.smartregion.quality.generated.cells import SHARE_FILLED, value, written
from ckanext.smartregion.quality.generated.json_schema import is_required
from ckanext.smartregion.quality.generated.keeping import KEEPERS, Making, Row, Said, applies
from ckanext.smartregion.schemas.table_contracts import TableContract

ATTEMPTS = 12


class RulesContend(ValueError):  # noqa: N818 - what the contract does
    """The rules of a contract could not all be kept by one row."""


def valid(contract: TableContract, rows: int, seed: int = 0, *, on: dt.date | None = None) -> Iterator[list[str]]:
    """So many valid rows as text, in the order of the contract's columns; the same for the same seed and day.

    Raises RulesContend where the contract's rules contradict each other.
    """
    random = Random(seed)  # noqa: S311 - made-up data, no secret
    day, apart = on or dt.datetime.now(REGION_TIME).date(), distinct_columns(contract)
    before: Row = {}
    for number in range(1, rows + 1):
        row = _row(contract, apart, number, random, day)
        for rule in contract.rules:
            if rule.kind == "balance":
                _balance(row, before, rule.parameters, number, is_last=number == rows)
        before = row
        yield [written(row[name]) for name in contract.field_names]


def valid_csv(contract: TableContract, rows: int, seed: int = 0, *, on: dt.date | None = None) -> Iterator[str]:
    """The same as the lines of a CSV file with its header."""
    for cells in (contract.field_names, *valid(contract, rows, seed, on=on)):
        line = io.StringIO(newline="")
        csv.writer(line, lineterminator="\n").writerow(cells)
        yield line.getvalue()


def _row(contract: TableContract, apart: set[str], number: int, random: Random, on: dt.date) -> Row:
    fields = {field["name"]: field for field in contract.fields}

    def fill(name: str) -> Any:
        return value(fields[name], number, random, on, distinct=name in apart)

    row = {
        name: fill(name) if is_required(field) or name in apart or random.random() < SHARE_FILLED else None
        for name, field in fields.items()
    }
    making = Making(number, on, random, fill)
    changed: set[str] = set()
    for attempt in range(ATTEMPTS):
        changed = _keep(row, contract, replace(making, attempt=attempt))
        if not changed:
            return row
    raise RulesContend(f"The rules of '{contract.name}' contend for {', '.join(sorted(changed))}.")


def _keep(row: Row, contract: TableContract, making: Making) -> set[str]:
    """Go through the rules once; the columns that one of them changed, also where the next changed them back."""
    changed: set[str] = set()
    for rule in contract.rules:
        if rule.kind in KEEPERS and applies(rule.when, row):
            before = dict(row)
            KEEPERS[rule.kind](row, rule.parameters, making)
            changed |= {name for name in row if row[name] != before[name]}
    return changed


def distinct_columns(contract: TableContract) -> set[str]:
    """Columns with another text in every row: unique ones, one of the key, and one that keeps periods apart."""
    unique = {field["name"] for field in contract.fields if field.get("constraints", {}).get("unique")}
    texts = [
        field["name"]
        for field in contract.fields
        if field["type"] == "string" and "enum" not in field.get("constraints", {})
    ]
    chosen = {rule.parameters["column"] for rule in contract.rules if rule.kind in ("check-digits", "reference")}
    free = [name for name in texts if name not in chosen]
    keys = [contract.key, *(rule.parameters["key"] for rule in contract.rules if rule.kind == "no-overlap")]
    return unique | {next(name for name in key if name in free) for key in keys if set(key) & set(free)}


def _balance(row: Row, before: Row, said: Said, number: int, *, is_last: bool) -> None:
    """Rows two by two: what goes in, and the same going out; a last one that stands alone moves nothing."""
    side, column = said["sign"]["column"], said["column"]
    if number % 2:
        row[side] = said["sign"]["plus"][0]
        row[column] = 0 if is_last else row[column]
        return
    row.update({name: before[name] for name in [*said["group"], column]})
    row[side] = said["sign"]["minus"][0]
