"""The rules that a contract adds: judged once the cells are, and told as all other findings are."""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from ckanext.smartregion import belgium
from ckanext.smartregion.quality.examination.canonical import canonical
from ckanext.smartregion.quality.examination.collecting import Collector
from ckanext.smartregion.quality.examination.layout import Layout
from ckanext.smartregion.quality.examination.personal.masking import masked
from ckanext.smartregion.quality.examination.reading import Record
from ckanext.smartregion.quality.examination.rules.gathering import surroundings
from ckanext.smartregion.quality.examination.rules.judging import NOTHING_TO_COMPARE, Broken, broken_rules
from ckanext.smartregion.quality.examination.rules.lasting import holds_until
from ckanext.smartregion.quality.examination.told import Told
from ckanext.smartregion.quality.examination.typed import typed_column
from ckanext.smartregion.schemas.rules.rule import Rule
from ckanext.smartregion.schemas.table_contracts import table_contract

NOT_LOOKED_UP = "not-looked-up"
Records = Callable[[Collection[int]], Mapping[int, Record]]
"""Gives the records of some numbers, read once more."""


class OwnRules:
    """The rules of one contract and the day on which they are judged.

    published: by name of another contract, the typed CSV files that the same organisation has published under it; None
    where nobody has looked.
    personal: by column, the kinds of personal data that the contract promises there.
    After `judge`, `until` is the first day on which the same file could be judged otherwise.
    """

    def __init__(
        self,
        contract: str = "",
        rules: Iterable[Mapping[str, Any]] = (),
        today: str | None = None,
        published: Mapping[str, list[str]] | None = None,
        personal: Mapping[str, list[str]] | None = None,
    ) -> None:
        self.contract, self.published, self.personal = contract, published, personal or {}
        self.rules = [Rule.from_dict(rule) for rule in rules]
        self.today = dt.date.fromisoformat(today) if today else belgium.today()
        self.until: dt.date | None = None

    @property
    def kinds(self) -> dict[str, str]:
        """The kind of each rule by its id."""
        return {rule.id: rule.kind for rule in self.rules}

    @property
    def columns(self) -> set[str]:
        """The columns that are needed to judge; a key of the contract's own table is looked up in the file itself."""
        read = {column for rule in self.rules for column in rule.columns_read}
        return read | self._columns_led_to(self.contract)

    def _columns_led_to(self, contract: str) -> set[str]:
        """The columns of a contract that foreign keys lead to."""
        keys = [rule.parameters for rule in self.rules if rule.kind == "foreign-key"]
        return {column for said in keys if said["contract"] == contract for column in said["to"]}

    def judge(self, frame: pl.DataFrame, found: Collector, layout: Layout, told: Told, records: Records) -> int:
        """Collect what is broken; gives how many rows more than before do so, and not merely by way of a note."""
        wrong = {column: pl.Series(rows, dtype=pl.UInt32) for column, rows in told.wrong().items()}
        around = surroundings(
            frame, self.rules, today=self.today, contract=self.contract, published=dict(self._tables()), wrong=wrong
        )
        self.until = holds_until(frame, self.rules, around)
        broken = list(broken_rules(frame, self.rules, around))
        again = records({told.number(row) for one in broken for row in _rows_to_show(one, found.samples)})
        invalid: set[int] = set()
        for one in broken:
            column = one.columns[0]
            if one.kind == NOTHING_TO_COMPARE:
                found.add(NOT_LOOKED_UP if self.published is None else NOTHING_TO_COMPARE, column, own=one.rule_id)
                continue
            found.add_many(one.rule_id, column, len(one.row_numbers), list(_samples(one, found, layout, told, again)))
            if found.level(one.rule_id, column) != "note":
                invalid.update(map(told.number, one.row_numbers))
        return len(invalid - told.invalid)

    def _tables(self) -> Iterator[tuple[str, pl.DataFrame]]:
        """What is published under other contracts, with the columns that foreign keys lead to."""
        for name, paths in (self.published or {}).items():
            wanted = self._columns_led_to(name)
            fields = [field for field in table_contract(name).fields if field["name"] in wanted]
            if fields and paths:
                yield name, pl.concat([typed_copy(Path(path), fields) for path in paths])


def typed_copy(path: Path, fields: list[dict[str, Any]]) -> pl.DataFrame:
    """These columns of a typed CSV, each in the type of its field."""
    texts = pl.read_csv(path, columns=[field["name"] for field in fields], infer_schema=False)
    return texts.select(typed_column(field) for field in fields)


def _rows_to_show(broken: Broken, most: int) -> Iterator[int]:
    """The first rows that break a rule, and the rows that they are told to meet."""
    yield from broken.row_numbers.head(most)
    if "other" in broken.details.columns:
        yield from broken.details["other"].head(most)


def _samples(
    broken: Broken, found: Collector, layout: Layout, told: Told, again: Mapping[int, Record]
) -> Iterator[dict[str, Any]]:
    """The first places where a rule is broken; what is said of one beyond its value is its `hint`."""
    rows = broken.row_numbers.head(found.samples)
    details = broken.details.head(found.samples).to_dicts() or [{} for _ in rows]
    at = layout.positions.get(broken.columns[0])
    for row, said in zip(rows, details, strict=True):
        if said.get("other") is not None:
            said["other"] = again[told.number(said["other"])].line
        if isinstance(said.get("item"), str) and at is not None:
            said["item"] = _item(said["item"], str(again[told.number(row)].cells[at]), layout, at)
        hint = {name: _text(value) for name, value in said.items() if value is not None}
        sample = layout.sample(again[told.number(row)], at, broken.rule_id)
        yield sample | ({"hint": hint} if hint.get("hint") else {})


def _item(item: str, cell: str, layout: Layout, at: int) -> str:
    """An item of a list in a cell; masked where the cell or the item is."""
    return layout.watch.hidden(item, at) if layout.watch.hidden(cell, at) == cell else masked(item)


def _text(value: Any) -> str:
    """A value as people write it: whole numbers without a decimal point."""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{value:.6g}"
    return canonical(value)
