"""Statistical tables: which table contracts hold statistics, and what each of their columns is, by statistics.yaml."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ckanext.smartregion.schemas.layers import PREFIX
from ckanext.smartregion.schemas.table_contracts import TableContract, table_contract

FILE = Path(__file__).parent / "statistics.yaml"


@dataclass(frozen=True)
class StatisticalTable:
    """A table contract with the names of its columns by what they are.

    ``measures`` are the codes of their units by column (None where another column tells it); ``means`` are terms of
    SDMX by column.
    """

    contract: TableContract
    measures: dict[str, str | None]
    attributes: list[str] = field(default_factory=list)
    means: dict[str, str] = field(default_factory=dict)

    @property
    def dimensions(self) -> list[str]:
        """The columns that say of what and when a row speaks: those of the contract's key."""
        return self.contract.key


@cache
def statistical_table(name: str) -> StatisticalTable | None:
    """The statistical table that a resource names in its field `schema`, a layer's too; None where it is none."""
    name = name.partition("@")[0]
    said = _said().get(name.removeprefix(PREFIX))
    return StatisticalTable(table_contract(name), **said) if said else None


@cache
def statistical_tables() -> list[str]:
    """The names of the table contracts that hold statistics."""
    return list(_said())


@cache
def _said() -> dict[str, dict[str, Any]]:
    return yaml.load(FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
