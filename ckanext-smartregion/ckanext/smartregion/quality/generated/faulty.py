"""Made-up tables of which one row breaks one thing, for every rule of a contract. Pure."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ckanext.smartregion.quality.generated.breaking import BREAKERS, Breaking, avoid, break_rule
from ckanext.smartregion.quality.generated.json_schema import is_required
from ckanext.smartregion.quality.generated.keeping import Row
from ckanext.smartregion.quality.generated.overstepping import beyond, limits
from ckanext.smartregion.quality.generated.synthetic import Published, lines, made, settled, texts
from ckanext.smartregion.schemas.table_contracts import TableContract

ROWS = 3  # the last is broken; the first is there for rules over several rows


@dataclass(frozen=True)
class Fault:
    """What a row is there to break: a rule of the contract by its id, or a limit of a column."""

    rule: str
    column: str | None = None

    def __str__(self) -> str:
        return f"{self.rule} {self.column}" if self.column else self.rule


def faults(contract: TableContract) -> list[Fault]:
    """Everything that rows may break under a contract: the limits of columns, the key, rules of its own."""
    columns = [Fault(rule, field["name"]) for field in contract.fields for rule in limits(field)]
    told_alone = [[fault.column] for fault in columns if fault.rule == "unique"]
    key = [Fault("key")] if contract.key and contract.key not in told_alone else []
    return [*columns, *key, *(Fault(rule.id) for rule in contract.rules if rule.kind in BREAKERS)]


def invalid(
    contract: TableContract,
    fault: Fault,
    seed: int = 0,
    *,
    on: dt.date | None = None,
    published: Published | None = None,
) -> Iterator[list[str]]:
    """Three rows as text of which the last breaks one thing; it keeps all other rules as far as that goes.

    What a fault brings along of necessity stays: a code that misses its pattern stands in no list either. A key of
    another table is broken only beside ``published`` rows of it.
    """
    rows = list(made(contract, ROWS, seed, on=on, published=published))
    (above, _), (row, making) = rows[0], rows[-1]
    breaking = Breaking(making, {field["name"]: field for field in contract.fields}, above)
    touched = _break(row, contract, fault, breaking)
    if fault.rule != "type":  # no rule looks at a cell that is not what it should be
        _free(row, contract, fault, touched, breaking)
        settled(row, contract, making, {name: row[name] for name in touched})
    for each, _ in rows:
        yield texts(contract, each)


def invalid_csv(contract: TableContract, fault: Fault, seed: int = 0, **more: Any) -> Iterator[str]:
    """The same as the lines of a CSV file with its header."""
    return lines(contract, invalid(contract, fault, seed, **more))


def _break(row: Row, contract: TableContract, fault: Fault, breaking: Breaking) -> set[str]:
    """Break one thing; gives the columns that must then stay as they are."""
    if fault.rule == "key":
        row.update({name: breaking.above[name] for name in contract.key})
        return set(contract.key)
    if fault.column:
        row[fault.column] = beyond(breaking.fields[fault.column], fault.rule, breaking.above[fault.column])
        return {fault.column}
    rule = next(rule for rule in contract.rules if rule.id == fault.rule)
    break_rule(row, rule, breaking)
    return set(rule.columns_read)


def _free(row: Row, contract: TableContract, fault: Fault, touched: set[str], breaking: Breaking) -> None:
    """Have other rules not look at the touched columns, or at nothing beside them, where the contract allows it."""
    needed = {*touched, *contract.key, *(field["name"] for field in contract.fields if is_required(field))}
    others = [rule for rule in contract.rules if rule.id != fault.rule and touched & set(rule.columns_read)]
    whens = [rule.when for rule in others if rule.when and not (rule.when.filled and rule.when.column in needed)]
    for column in dict.fromkeys(when.column for when in whens):
        if column not in touched:
            avoid(row, column, [when for when in whens if when.column == column], breaking)
    for rule in others:
        row.update(dict.fromkeys(set(rule.columns_read) - needed))
