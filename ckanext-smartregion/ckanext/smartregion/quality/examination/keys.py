"""The keys of a table over all its blocks: which rows may have one that another row has too."""

import polars as pl

from ckanext.smartregion.quality.examination.accepting import is_one_of
from ckanext.smartregion.quality.examination.layout import Layout

# Types of which it is known when two canonical texts mean the same.
KEY_TYPES = frozenset({"string", "integer", "year", "number", "date", "boolean", "yearmonth"})


class Keys:
    """Collects the values of every column that must be unique, and of the primary key."""

    def __init__(self, layout: Layout) -> None:
        fields = layout.descriptor["fields"]
        self._unique = [at for at, field in enumerate(fields) if field.get("constraints", {}).get("unique")]
        self._key = [layout.positions[name] for name in layout.descriptor.get("primaryKey", [])]
        self._kinds = [field["type"] for field in fields]
        self.places = sorted({*self._unique, *self._key})
        # frictionless looks at these first, and tells what is wrong with them before all else.
        self.first = [*self._unique, *(at for at in self._key if at not in self._unique)]
        self._values: dict[int, list[pl.Series]] = {at: [] for at in self.places}
        self._required = bool(self._key) and bool(fields[self._key[0]].get("constraints", {}).get("required"))
        self._missing = layout.missing[self._key[0]] if self._key else []
        self._begin = 2**32

    def add(self, texts: dict[int, pl.Series], first: int, blank: list[int]) -> None:
        """Take the canonical texts of a block; blank rows have no key."""
        self._begin = min(self._begin, first)
        for at in self.places:
            values = texts[at].scatter(blank, None) if blank else texts[at]
            self._values[at].append(_comparable(values, self._kinds[at]))

    def empty(self, frame: pl.DataFrame, texts: dict[int, pl.Series]) -> pl.Series | None:
        """The rows of a block of which it has to be said that they have no primary key.

        Where a key of one column is empty although it is required, that is said already.
        """
        if not all(texts[at].null_count() for at in self._key):
            return None
        empty = [texts[at].is_null().alias(str(at)) for at in self._key]
        if len(empty) == 1 and self._required:
            empty.append(~frame.select(is_one_of(pl.col(str(self._key[0])), self._missing).alias(" said")).to_series())
        return pl.DataFrame(empty).select(pl.all_horizontal(pl.all())).to_series().arg_true() if empty else None

    def double(self) -> set[int]:
        """The numbers of all records of which a key may not be their own."""
        found: set[int] = set()
        for at in self._unique:
            found |= self._numbers_of(_double([self._whole(at)]))
        if self._key and self._key != [at for at in self._unique if [at] == self._key]:
            found |= self._numbers_of(_double([self._whole(at) for at in self._key]))
        return found

    def _whole(self, at: int) -> pl.Series:
        return pl.concat(self._values[at]) if self._values[at] else pl.Series([], dtype=pl.String)

    def _numbers_of(self, rows: list[int]) -> set[int]:
        """Blocks follow each other: the row of the whole is the number of the record but for where they begin."""
        return {row + self._begin for row in rows}


def _comparable(values: pl.Series, kind: str) -> pl.Series:
    if kind in ("integer", "year"):
        return values.cast(pl.Int64, strict=False)
    # Numbers that are equal are equal as floats; whether others are, frictionless says.
    return values.cast(pl.Float64, strict=False) + 0.0 if kind == "number" else values


def _double(columns: list[pl.Series]) -> list[int]:
    """The rows of which all values may stand in another row too; rows without any value are none."""
    first = columns[0]
    if len(columns) == 1 and not first.null_count() and _rises(first):
        return []
    frame = pl.DataFrame([column.alias(str(at)) for at, column in enumerate(columns)])
    # Values that are the same have the same hash, and hashes are sorted much quicker than values are counted.
    hashes, filled = frame.hash_rows(), frame.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
    ordered = hashes.filter(filled).sort()
    double = ordered.slice(1).filter(ordered.slice(1) == ordered.slice(0, max(len(ordered) - 1, 0)))
    return (hashes.is_in(double.unique().implode()) & filled).arg_true().to_list() if len(double) else []


def _rises(values: pl.Series) -> bool:
    """Most files stand in the order of their keys, and then none is double."""
    return bool((values.slice(1) > values.slice(0, max(len(values) - 1, 0))).all())
