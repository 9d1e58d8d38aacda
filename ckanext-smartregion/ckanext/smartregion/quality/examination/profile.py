"""What a table looks like as a whole: a few numbers that the next version is compared with, whatever its size.

A profile holds no text of the table but the values that its contract lists: nothing personal gets into it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from ckanext.smartregion.quality.examination.canonical import canonical
from ckanext.smartregion.quality.examination.evaluating import evaluated
from ckanext.smartregion.quality.examination.positions import positions
from ckanext.smartregion.schemas.table_plausibility import NUMBERS, QUANTILES, is_choice

# Quantiles are those of at most so many rows, chosen by their number: the same rows for the same bytes.
MOST_SAMPLED = 20_000
SPREAD, NUMBERS_OF_ROWS = 2_654_435_761, 2**32  # Knuth's multiplier leaves no stretch of a table out
# Sums are exact in whole millionths, in whatever order the rows come. No figure of a region is larger.
MILLIONTHS, LARGEST = 1_000_000, 1e15


class Profiler:
    """Takes the canonical text of a table block by block, in bounded memory.

    places: the columns of each thing that says where something is, longitude and latitude or one geometry.
    key: columns that name the rows; their numbers mean nothing.
    Of a column that is not in `reads` it only looks whether its cells are empty.
    """

    def __init__(self, fields: list[dict[str, Any]], places: list[list[str]], key: list[str]) -> None:
        self._names = [field["name"] for field in fields]
        self._places = places
        aside = {*key, *(column for columns in places for column in columns)}
        several = [field for field in fields if not field.get("constraints", {}).get("unique")]
        self._choices = {field["name"]: _listed(field) for field in several if is_choice(field)}
        numbers = [field["name"] for field in several if field["type"] in NUMBERS and not is_choice(field)]
        self._numbers = [name for name in numbers if name not in aside]
        self.reads = {*self._numbers, *self._choices, *(column for columns in places for column in columns)}
        self._rows = 0
        self._filled: Counter[str] = Counter()
        self._sums: Counter[str] = Counter()
        self._listed = [(name, value) for name, values in self._choices.items() for value in values]
        counted = [(pl.col(name) == value).sum().alias(f" {at}") for at, (name, value) in enumerate(self._listed)]
        # What a row has no cell for is an empty text, also where that is no sign for nothing.
        self._counting = [(pl.all() != "").sum(), *counted]
        self._counts: dict[str, Counter[str]] = {name: Counter() for name in self._choices}
        self._boxes: dict[str, list[float]] = {}
        self._sample = pl.DataFrame(schema={"": pl.UInt64, **dict.fromkeys(self._numbers, pl.Float64)})
        self._below = NUMBERS_OF_ROWS

    def add(self, texts: pl.DataFrame) -> None:
        """Take the next rows, in all columns of the contract."""
        if not texts.height:
            return
        found = evaluated(texts, self._counting).row(0)  # at once, so that they share the threads
        self._filled.update(dict(zip(self._names, found, strict=False)))
        for (name, value), count in zip(self._listed, found[len(self._names) :], strict=True):
            self._counts[name][value] += count
        for columns in self._places:
            self._grow(columns[0], _positions(texts.select(columns)))
        if self._numbers:
            number = pl.col(self._numbers).cast(pl.Float64, strict=False)
            self._add_numbers(evaluated(texts, pl.when(number.abs() <= LARGEST).then(number)))
        self._rows += texts.height

    def _add_numbers(self, numbers: pl.DataFrame) -> None:
        sums = evaluated(numbers, (pl.all() * MILLIONTHS).round().cast(pl.Int128).sum()).row(0, named=True)
        self._sums.update({name: int(total) for name, total in sums.items()})
        self._take_sample(numbers)

    def _grow(self, place: str, positions: pl.DataFrame) -> None:
        box = _box(positions)
        if box is not None:
            west, south, east, north = self._boxes.get(place, box)
            self._boxes[place] = [min(west, box[0]), min(south, box[1]), max(east, box[2]), max(north, box[3])]

    def _take_sample(self, numbers: pl.DataFrame) -> None:
        rows = np.arange(self._rows, self._rows + numbers.height, dtype=np.uint64)
        chosen = numbers.insert_column(0, pl.Series("", rows * SPREAD % NUMBERS_OF_ROWS))
        if self._below < NUMBERS_OF_ROWS:
            chosen = chosen.filter(pl.col("") < self._below)
        self._sample = pl.concat([self._sample, chosen])
        while self._sample.height > MOST_SAMPLED:
            self._below //= 2
            self._sample = self._sample.filter(pl.col("") < self._below)

    def profile(self) -> dict[str, Any]:
        """The profile as JSON carries it: ``rows``, by column what ``_column`` gives, and ``boxes`` by place.

        A box is [west, south, east, north] in degrees.
        """
        asked = pl.col(self._numbers).quantile(list(QUANTILES), "linear")  # at once: each one alone would be sorted for
        bounds = evaluated(self._sample, asked).row(0, named=True) if self._numbers else {}
        columns = {name: self._column(name, bounds.get(name, [])) for name in self._names}
        return {"rows": self._rows, "columns": columns, "boxes": self._boxes}

    def _column(self, name: str, bounds: Sequence[float | None]) -> dict[str, Any]:
        """How many cells are ``filled``; of numbers ``sum`` and ``quantiles``, of a list ``counts`` of its values."""
        found: dict[str, Any] = {"filled": self._filled[name]}
        if name in self._counts:
            found["counts"] = {value: self._counts[name][value] for value in self._choices[name]}
        elif name in self._numbers and self._filled[name]:
            found["sum"] = self._sums[name] / MILLIONTHS
            found["quantiles"] = [] if None in bounds else bounds
        return found


def _listed(field: Mapping[str, Any]) -> list[str]:
    """The listed values of a column as canonical text."""
    values = [True, False] if field["type"] == "boolean" else field["constraints"]["enum"]
    return [text for value in values if (text := canonical(value))]


def _box(positions: pl.DataFrame) -> list[float] | None:
    """The area of positions that can be on earth: [west, south, east, north]."""
    lon, lat = pl.col("lon"), pl.col("lat")
    there = (lon.abs() <= 180) & (lat.abs() <= 90)
    lon, lat = lon.filter(there), lat.filter(there)
    sides = (lon.min().alias("west"), lat.min().alias("south"), lon.max().alias("east"), lat.max().alias("north"))
    box = evaluated(positions, sides).row(0)
    return None if box[0] is None else list(box)


def _positions(texts: pl.DataFrame) -> pl.DataFrame:
    """Longitude and latitude of longitudes and latitudes, or of what holds both."""
    if texts.width == 2:
        pair = texts.rename(dict(zip(texts.columns, ("lon", "lat"), strict=True)))
        return pair.cast(pl.Float64, strict=False)
    return positions(texts.to_series())
