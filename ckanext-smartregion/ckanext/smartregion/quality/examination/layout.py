"""The table as both paths of an examination see it: which field a column is, what is empty, where a finding goes."""

from collections.abc import Iterable
from typing import Any

from ckanext.smartregion.quality.examination.collecting import sample_of
from ckanext.smartregion.quality.examination.header import Header
from ckanext.smartregion.quality.examination.judging import defused, is_comma_number, rule_of
from ckanext.smartregion.quality.examination.personal.searching import Watch
from ckanext.smartregion.quality.examination.reading import Record

# Rules of a whole row, which no column is to blame for.
ROW_RULES = frozenset({"missing-cell", "extra-cell", "key", "blank-row"})
Broken = tuple[str, int]
"""A rule that a row breaks and the position of the cell; -1 where it is the row as a whole."""


class Layout:
    """The columns of one file beside the fields of its contract; `watch` says what no report may show."""

    def __init__(self, header: Header, contract: dict[str, Any], watch: Watch | None = None) -> None:
        self.header, self.watch = header, watch or Watch(header)
        self.names = [field["name"] for field in contract["fields"]]
        self.key_names: list[str] = contract.get("primaryKey", [])
        self.descriptor = header.descriptor(contract)
        self.kinds = [field["type"] if field else "string" for field in header.fields]
        missing = contract.get("missingValues", [""])
        self.missing: list[list[str]] = [(field or {}).get("missingValues", missing) for field in header.fields]
        self._empty = [frozenset(values) for values in self.missing]
        self._numeric = [at for at, kind in enumerate(self.kinds) if kind in ("number", "integer")]
        self._key = [header.positions[name] for name in self.key_names if name in header.positions]

    @property
    def width(self) -> int:
        """How many cells a row should have."""
        return len(self.kinds)

    @property
    def positions(self) -> dict[str, int]:
        """Column position by field name."""
        return self.header.positions

    def is_blank(self, record: Record) -> bool:
        """Whether nothing stands in a row but emptiness and the signs for it."""
        return not getattr(record, "odd", ()) and all(
            not cell or cell.isspace() or (at < self.width and cell in self._empty[at])
            for at, cell in enumerate(record.cells)
        )

    def guarded(self, cells: list[str]) -> list[str]:
        """The cells as frictionless may see them; only columns of numbers can hold what must be defused."""
        guarded = cells[:]
        for at in self._numeric:
            if at < len(cells):
                guarded[at] = self.guarded_cell(cells[at], at)
        return guarded

    def guarded_cell(self, cell: str, at: int) -> str:
        """One cell as frictionless may see it."""
        return cell if cell in self._empty[at] else defused(cell, self.kinds[at])

    def broken(self, errors: Iterable[Any], cells: list[str]) -> list[Broken]:
        """Our rules for the errors of a row, in their order."""
        found = [(rule_of(error), getattr(error, "field_number", 0) - 1) for error in errors]
        told = self._key_is_told(found)
        return [
            (self.sharper(rule, cells[at], at) if rule == "type" else rule, at)
            for rule, at in found
            if rule != "key" or not told
        ]

    def _key_is_told(self, found: list[Broken]) -> bool:
        """A key of one column that is empty or double in this row has already been said of the column itself."""
        place = self.positions.get(self.key_names[0]) if len(self.key_names) == 1 else None
        return any(rule in ("required", "unique") and at == place for rule, at in found)

    def sharper(self, rule: str, cell: str, at: int) -> str:
        """The rule for a cell of the wrong type, which may be a number with a decimal comma."""
        return "decimal-comma" if rule == "type" and is_comma_number(cell, self.kinds[at]) else rule

    def place(self, rule: str, at: int) -> tuple[str | None, int | None] | None:
        """The column that a finding belongs to and the cell to show; None for columns outside the contract."""
        if rule in ROW_RULES:
            return None, (self.positions[self.key_names[0]] if rule == "key" else None if at < 0 else at)
        field = self.header.fields[at]
        return (field["name"], at) if field else None

    def sample(self, record: Record, at: int | None, rule: str) -> dict[str, Any]:
        """A place where a rule is broken, with the key of its row."""
        hide, cells = self.watch.hidden, record.cells
        key = " / ".join(hide(str(cells[place]), place) for place in self._key if place < len(cells))
        value = (getattr(record, "shown", None) or {}).get((rule, at))
        if value is None and at is not None and at < len(cells):
            value = str(cells[at])
        return sample_of(record, at, key, hide(value, at) if value and at is not None else value)
