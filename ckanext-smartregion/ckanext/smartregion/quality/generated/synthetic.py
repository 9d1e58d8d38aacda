"""Made-up rows under a contract, as many as wanted, that keep its columns' limits and its own rules. Pure.

Keys of other tables are kept where rows of those are given; else there is nothing that they could lead to.
"""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from random import Random
from typing import Any

from ckanext.smartregion import belgium
from ckanext.smartregion.quality.generated.cells import SHARE_FILLED, value, written
from ckanext.smartregion.quality.generated.json_schema import is_required, read
from ckanext.smartregion.quality.generated.keeping import KEEPERS, Making, Row, Said, applies
from ckanext.smartregion.schemas.table_contracts import TableContract, table_contract

ATTEMPTS = 12
Published = Mapping[str, Iterable[list[str]]]
"""By name of another contract, rows of its table as `valid` gives them."""


class RulesContend(ValueError):  # noqa: N818 - what the contract does
    """The rules of a contract could not all be kept by one row."""


def valid(
    contract: TableContract, rows: int, seed: int = 0, *, on: dt.date | None = None, published: Published | None = None
) -> Iterator[list[str]]:
    """So many valid rows as text, in the order of the contract's columns; the same for the same seed and day.

    Raises RulesContend where the contract's rules contradict each other, or where a key that no two rows may share
    leads to a table of fewer rows.
    """
    for row, _ in made(contract, rows, seed, on=on, published=published):
        yield texts(contract, row)


def valid_csv(contract: TableContract, rows: int, seed: int = 0, **more: Any) -> Iterator[str]:
    """The same as the lines of a CSV file with its header."""
    return lines(contract, valid(contract, rows, seed, **more))


def texts(contract: TableContract, row: Row) -> list[str]:
    """A row as a file holds it."""
    return [written(row[name]) for name in contract.field_names]


def lines(contract: TableContract, rows: Iterable[list[str]]) -> Iterator[str]:
    """Rows as the lines of a CSV file with its header."""
    for cells in (contract.field_names, *rows):
        line = io.StringIO(newline="")
        csv.writer(line, lineterminator="\n").writerow(cells)
        yield line.getvalue()


def made(
    contract: TableContract, rows: int, seed: int = 0, *, on: dt.date | None = None, published: Published | None = None
) -> Iterator[tuple[Row, Making]]:
    """So many valid rows in the types that rules compute with, each with what was known while it was made."""
    random = Random(seed)  # noqa: S311 - made-up data, no secret
    day, apart = on or belgium.today(), distinct_columns(contract)
    others = {name: _typed(name, given) for name, given in (published or {}).items()}
    _ensure_keys_suffice(contract, rows, apart, others)
    before: Row = {}
    for number in range(1, rows + 1):
        row, making = _row(contract, apart, Making(number, day, random, fill=lambda _: None, published=others))
        for rule in contract.rules:
            if rule.kind == "balance":
                _balance(row, before, rule.parameters, number, is_last=number == rows)
        before = row
        yield row, making


def _typed(name: str, rows: Iterable[list[str]]) -> list[Row]:
    fields = table_contract(name).fields
    return [
        {field["name"]: read(field, cell) if cell else None for field, cell in zip(fields, row, strict=True)}
        for row in rows
    ]


def _ensure_keys_suffice(contract: TableContract, rows: int, apart: set[str], others: Mapping[str, list[Row]]) -> None:
    for rule in contract.rules:
        if rule.kind == "foreign-key" and apart & set(rule.parameters["columns"]):
            other = rule.parameters["contract"]
            if 0 < len(others.get(other, [])) < rows:
                raise RulesContend(f"'{other}' has too few rows for {rows} keys of '{contract.name}'.")


def _row(contract: TableContract, apart: set[str], making: Making) -> tuple[Row, Making]:
    fields = {field["name"]: field for field in contract.fields}
    random = making.random

    def fill(name: str) -> Any:
        return value(fields[name], making.number, random, making.on, distinct=name in apart)

    row = {
        name: fill(name) if is_required(field) or name in apart or random.random() < SHARE_FILLED else None
        for name, field in fields.items()
    }
    making = replace(making, fill=fill)
    if changed := settled(row, contract, making):
        raise RulesContend(f"The rules of '{contract.name}' contend for {', '.join(sorted(changed))}.")
    return row, making


def settled(row: Row, contract: TableContract, making: Making, held: Row | None = None) -> set[str]:
    """Change a row until it keeps all rules, but for the cells that are ``held``; the columns still contended for."""
    changed: set[str] = set()
    for attempt in range(ATTEMPTS):
        changed = _keep(row, contract, replace(making, attempt=attempt), held or {})
        if not changed:
            break
    return changed


def _keep(row: Row, contract: TableContract, making: Making, held: Row) -> set[str]:
    """Go through the rules once; the columns that one of them changed, also where the next changed them back."""
    changed: set[str] = set()
    for rule in contract.rules:
        if rule.kind in KEEPERS and applies(rule.when, row):
            before = dict(row)
            KEEPERS[rule.kind](row, rule.parameters, making)
            row.update(held)
            if row != before:
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
