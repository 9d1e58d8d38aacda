"""The keys of a table over all its blocks: which rows may have one that another row has too."""

import polars as pl

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
        self._values: dict[int, list[pl.Series]] = {at: [] for at in self.places}
        self._numbers: list[tuple[int, int]] = []

    def add(self, texts: dict[int, pl.Series], height: int, first: int, blank: list[int]) -> set[int]:
        """Take the canonical texts of a block; gives the rows whose whole primary key is empty."""
        if not self.places:
            return set()
        self._numbers.append((first, height))
        for at in self.places:
            values = texts[at].scatter(blank, None) if blank else texts[at]
            self._values[at].append(_comparable(values, self._kinds[at]))
        if not self._key:
            return set()
        empty = texts[self._key[0]].is_null()
        for at in self._key[1:]:
            empty = empty & texts[at].is_null()
        return set(empty.arg_true().to_list())

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
        return {row + self._numbers[0][0] for row in rows}


def _comparable(values: pl.Series, kind: str) -> pl.Series:
    if kind in ("integer", "year"):
        return values.cast(pl.Int64, strict=False)
    # Numbers that are equal are equal as floats; whether others are, frictionless says.
    return values.cast(pl.Float64, strict=False) + 0.0 if kind == "number" else values


def _double(columns: list[pl.Series]) -> list[int]:
    """The rows of which all values stand in another row too; rows without any value are none."""
    first = columns[0]
    if len(columns) == 1 and not first.null_count() and _rises(first):
        return []
    frame = pl.DataFrame([column.alias(str(at)) for at, column in enumerate(columns)])
    same = frame.is_duplicated() & frame.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
    return same.arg_true().to_list()


def _rises(values: pl.Series) -> bool:
    """Most files stand in the order of their keys, and then none is double."""
    return bool((values.slice(1) > values.slice(0, max(len(values) - 1, 0))).all())
