"""What rules need to know besides the table itself, handed in as data."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

# Names that no column of a contract can have.
ROW = " row"
WRONG = " wrong"


class Judged(NamedTuple):
    """Which rows of a frame break a rule (Boolean, without nulls), and per row what is to be said of it.

    Details have as many rows as the frame; a column `hint` names the sentence of quality/rules.yaml that they fill.
    """

    broken: pl.Series
    details: pl.DataFrame | None = None


@dataclass(frozen=True)
class Surroundings:
    """The day of the check, the lists and boundaries that rules name, and what the organisation has published.

    references: by list, a frame of code, valid_from, valid_to (the day it no longer holds), successor, name.
    boundaries: by NIS code, former codes too, the boundary in WGS 84 (degrees).
    published: by contract, its typed rows; a contract that is not there has nothing published yet.
    wrong: by column, the positions of cells that were filled but not of the column's type.
    """

    today: dt.date
    contract: str = ""
    references: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    boundaries: Mapping[str, "BaseGeometry"] = field(default_factory=dict)
    published: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    wrong: Mapping[str, pl.Series] = field(default_factory=dict)


def true_rows(frame: pl.DataFrame, condition: pl.Expr) -> pl.Series:
    """Where a condition holds; where it can't be told, it does not."""
    return frame.select(condition.fill_null(value=False).alias("broken")).to_series()


def rows_where(frame: pl.DataFrame, said: Mapping[str, Any]) -> pl.Expr:
    """The rows that {column, in} or {column, filled} names."""
    if "in" in said:
        return pl.col(said["column"]).is_in(said["in"]).fill_null(value=False)
    return filled(frame, said["column"]) == said["filled"]


def filled(frame: pl.DataFrame, column: str) -> pl.Expr:
    """Whether something was written in a cell, be it of the right type or not."""
    wrong = f"{column}{WRONG}"
    return pl.col(column).is_not_null() | (pl.col(wrong) if wrong in frame.columns else pl.lit(value=False))
