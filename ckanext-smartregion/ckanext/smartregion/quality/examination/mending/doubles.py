"""Rows that stand in a table twice, to the letter."""

import polars as pl

from ckanext.smartregion.quality.examination.layout import Layout

SEEDS = (11, 23)
MARKS = ("one", "two")


class Doubles:
    """Finds rows that were there before; only where a key or a column of unique values forbids them."""

    def __init__(self, layout: Layout) -> None:
        fields = layout.descriptor["fields"]
        self._wanted = bool(layout.descriptor.get("primaryKey")) or any(
            field.get("constraints", {}).get("unique") for field in fields
        )
        self._seen = pl.DataFrame(schema=dict.fromkeys(MARKS, pl.UInt64))

    def repeated(self, frame: pl.DataFrame) -> list[int]:
        """The rows of the next part of the table that stand above already."""
        if not self._wanted or not frame.height:
            return []
        marks = pl.DataFrame(
            [frame.hash_rows(seed).alias(name) for name, seed in zip(MARKS, SEEDS, strict=True)]
        ).with_row_index("row")
        first = marks.unique(MARKS, keep="first", maintain_order=True)
        fresh = first.join(self._seen, on=MARKS, how="anti", maintain_order="left")
        self._seen = pl.concat([self._seen, fresh.select(MARKS)])
        return [] if fresh.height == frame.height else marks.join(fresh, on="row", how="anti")["row"].sort().to_list()
