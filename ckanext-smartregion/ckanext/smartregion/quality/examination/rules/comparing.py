"""Rules that compare: one column with another, with a number, with the day of the check, with a grid."""

import datetime as dt
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import polars as pl

from ckanext.smartregion.quality.examination.rules.surroundings import Judged, Surroundings, true_rows

# Numbers that were computed are equal when they differ by less than this part of the greater one.
LEAST_PART = 1e-9


def order(frame: pl.DataFrame, said: Mapping[str, Any], _around: Surroundings) -> Judged:
    """Rows whose second column comes before the first; `strict` refuses equal ones too.

    A date and a moment are compared by their days.
    """
    first, second = map(pl.col, said["columns"])
    if len({frame.schema[name] == pl.Date for name in said["columns"]}) > 1:
        first, second = (day_of(frame, name) for name in said["columns"])
    return Judged(true_rows(frame, first >= second if said["strict"] else first > second))


def compare(frame: pl.DataFrame, said: Mapping[str, Any], _around: Surroundings) -> Judged:
    """Rows whose column does not stand to the other as said."""
    value, other = pl.col(said["column"]), operand(said["to"])
    if said["factor"] == 1:
        return Judged(true_rows(frame, unlike(said["is"], value, other, value == other)))
    other = other * float(said["factor"])
    return Judged(true_rows(frame, unlike(said["is"], value, other, near(value, other))))


def operand(said: str | float) -> pl.Expr:
    """A column or a number."""
    return pl.col(said) if isinstance(said, str) else pl.lit(said)


def near(value: pl.Expr, other: pl.Expr) -> pl.Expr:
    """Whether two computed numbers are the same but for the last digits of their arithmetic."""
    return (value - other).abs() <= LEAST_PART * pl.max_horizontal(value.abs(), other.abs())


def unlike(how: str, value: pl.Expr, other: pl.Expr, equal: pl.Expr) -> pl.Expr:
    """Whether a value stands to another in another way than said; `equal` tells when they count as the same."""
    match how:
        case "at-most":
            return (value > other) & ~equal
        case "at-least":
            return (value < other) & ~equal
        case "below":
            return (value > other) | equal
        case "above":
            return (value < other) | equal
    return ~equal


def today(frame: pl.DataFrame, said: Mapping[str, Any], around: Surroundings) -> Judged:
    """Rows whose date lies on the wrong side of the day of the check, some days added."""
    edge = around.today + dt.timedelta(days=said["days"])
    day = day_of(frame, said["column"])
    return Judged(true_rows(frame, day > edge if said["is"] == "at-most" else day < edge))


def day_of(frame: pl.DataFrame, column: str) -> pl.Expr:
    """The day of a date or of a moment, as the clocks in Brussels say it."""
    return pl.col(column) if frame.schema[column] == pl.Date else pl.col(column).dt.date()


def non_decreasing(frame: pl.DataFrame, said: Mapping[str, Any], _around: Surroundings) -> Judged:
    """Rows where a filled value is smaller than a filled one in a column before it."""
    columns = [pl.col(name) for name in said["columns"]]
    highest = [pl.max_horizontal(columns[: at + 1]) for at in range(len(columns))]
    smaller = [columns[after] < highest[before] for before, after in pairwise(range(len(columns)))]
    return Judged(true_rows(frame, pl.any_horizontal(smaller)))


def rounded(frame: pl.DataFrame, said: Mapping[str, Any], _around: Surroundings) -> Judged:
    """Rows whose number is no whole multiple of the step, but for the last digits of its arithmetic."""
    steps = pl.col(said["column"]) / said["step"]
    return Judged(true_rows(frame, (steps - steps.round()).abs() > LEAST_PART * (steps.abs() + 1)))


def grid(frame: pl.DataFrame, said: Mapping[str, Any], _around: Surroundings) -> Judged:
    """Rows whose moment is no whole number of steps after midnight, as the clocks in Brussels say it."""
    at, step = pl.col(said["column"]), operand(said["step"])
    at = at if frame.schema[said["column"]] == pl.Time else at.dt.time()
    since = at.cast(pl.Int64)  # nanoseconds since midnight
    return Judged(true_rows(frame, (step > 0) & (since % (step.cast(pl.Int64) * 60 * 10**9) != 0)))
