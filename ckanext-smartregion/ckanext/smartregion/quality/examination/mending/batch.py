"""Some rows of a table while they are mended: their text, where each stands, and what is told of them."""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from ckanext.smartregion.quality.escaping import shown
from ckanext.smartregion.quality.examination.blocks import Block
from ckanext.smartregion.quality.examination.header import column_letters
from ckanext.smartregion.quality.examination.layout import Layout
from ckanext.smartregion.quality.examination.mending.changes import Changes, Place

CHANGED = {"row": pl.UInt32, "before": pl.String, "after": pl.String, "kinds": pl.String}


@dataclass
class Teller:
    """What was changed, what is left, and how many cells are other than they were."""

    layout: Layout
    changes: Changes
    left: Changes
    samples: int
    cells: int = 0

    def column(self, at: int) -> str | None:
        """The contract's name of a column, or the label of one outside it."""
        field = self.layout.header.fields[at] if at < self.layout.width else None
        return field["name"] if field else None

    def place(self, block: Block, row: int, at: int | None, before: str, after: str | None) -> Place:
        """A place as a report may show it: personal data are masked."""
        record = block.record(row)

        def told(text: str) -> str:
            return shown(text if at is None else self.layout.watch.hidden(text, at))

        return {
            "cell": f"{column_letters(at or 0)}{record.number}",
            "line": record.line,
            "before": told(before),
            "after": None if after is None else told(after),
        }


class Batch:
    """The rows of one block that are to be mended; `rows` says where in the block each of them stands."""

    def __init__(self, block: Block, rows: pl.Series, teller: Teller) -> None:
        self.block, self.rows, self.teller = block, rows, teller
        self.frame = block.frame if rows.len() == block.frame.height else block.frame[rows]

    def replace(self, at: int, mask: pl.Series, after: pl.Series, kinds: Iterable[str]) -> None:
        """Put another text into the cells of a column where the mask is true, and tell it."""
        places = mask.arg_true()
        if not len(places):
            return
        before, new = self.frame[str(at)].gather(places), after.gather(places)
        said = {"row": places.cast(pl.UInt32), "before": before, "after": new}
        self.put(at, pl.DataFrame(said).with_columns(kinds=pl.lit(" ".join(kinds))))

    def put(self, at: int, changed: pl.DataFrame) -> None:
        """Put texts into cells of a column: row of the batch, before, after, and the kinds parted by spaces."""
        if changed.is_empty():
            return
        name = str(at)
        column = self.frame[name].clone().scatter(changed["row"], changed["after"])
        self.frame = self.frame.with_columns(column.alias(name))
        self.teller.cells += changed.height
        self._tell(self.teller.changes, at, changed)

    def leave(self, at: int, left: pl.DataFrame) -> None:
        """Tell of cells that stay as they are: row of the batch, before, and the reason as their kind."""
        self._tell(self.teller.left, at, left.with_columns(after=pl.lit(None, pl.String)))

    def _tell(self, told: Changes, at: int, said: pl.DataFrame) -> None:
        most = self.teller.samples
        groups = said.group_by("kinds", maintain_order=True).agg(
            pl.len().alias("count"), pl.col("row", "before", "after").head(most)
        )
        for kinds, count, rows, before, after in groups.iter_rows():
            places = [
                self.teller.place(self.block, self.rows[row], at, old, new)
                for row, old, new in zip(rows, before, after, strict=True)
            ]
            for kind in kinds.split():
                told.add(kind, self.teller.column(at), count, places)
