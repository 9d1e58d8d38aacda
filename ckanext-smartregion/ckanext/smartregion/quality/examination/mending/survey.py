"""A first look at the whole table, for what a single cell cannot tell."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import polars as pl

from ckanext.smartregion.quality.examination.blocks import Block
from ckanext.smartregion.quality.examination.layout import Layout
from ckanext.smartregion.quality.examination.mending.choices import CROSSES
from ckanext.smartregion.quality.examination.mending.moments import MONTH_FIRST
from ckanext.smartregion.quality.examination.mending.numbers import ENGLISH, SURE_COMMA
from ckanext.smartregion.quality.examination.mending.reading import Evidence

BLANK = r"^\s*$"


@dataclass
class Survey:
    """What the cells of each column say together, columns without anything, and whether rows are too long or short."""

    evidence: list[Evidence]
    empty: set[int] = field(default_factory=set)
    ragged: bool = False


def survey(blocks: Iterable[Block], layout: Layout, *, serials: bool) -> Survey:
    """Look at every block once."""
    found = Survey([Evidence(serials=serials) for _ in layout.kinds], set(range(layout.width)))
    seen: dict[str, set[int]] = defaultdict(set)
    asked = _asked(layout)
    for block in blocks:
        said = block.frame.select(asked).row(0, named=True) if asked and block.frame.height else {}
        ragged = (row for row, cells in block.odd.items() if is_ragged(cells, layout.width))
        found.ragged |= any(not layout.is_blank(block.record(row)) for row in ragged)
        for key in (key for key, value in said.items() if value):
            seen[key.split()[1]].add(int(key.split()[0]))
    found.empty -= seen["filled"]
    for at, evidence in enumerate(found.evidence):
        evidence.month_first = at in seen["month"]
        evidence.ticked = at in seen["cross"] - seen["other"]
        evidence.decimal_comma = at in seen["decimal"] - seen["english"]
    return found


def is_ragged(cells: list[str], width: int) -> bool:
    """Whether a row has too few cells, or too many that are filled."""
    return len(cells) < width or any(cell.strip() for cell in cells[width:])


def _asked(layout: Layout) -> list[pl.Expr]:
    asked: list[pl.Expr] = []
    for at, kind in enumerate(layout.kinds):
        cell = pl.col(str(at))
        if layout.header.fields[at] is None:
            asked.append((~cell.str.contains(BLANK)).any().alias(f"{at} filled"))
        elif kind == "boolean":
            cross = cell.str.strip_chars().str.to_lowercase().is_in(sorted(CROSSES))
            asked += [cross.any().alias(f"{at} cross"), (~cross & ~cell.str.contains(BLANK)).any().alias(f"{at} other")]
        elif kind in ("date", "datetime"):
            asked.append(cell.str.contains(MONTH_FIRST).any().alias(f"{at} month"))
        elif kind in ("number", "integer"):
            asked += [cell.str.contains(ENGLISH).any().alias(f"{at} english")]
            asked += [cell.str.contains(SURE_COMMA).any().alias(f"{at} decimal")]
    return asked
