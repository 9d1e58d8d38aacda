"""Rules about amounts: too small to be shown, sums, ratios, balances."""

from collections.abc import Mapping
from functools import reduce
from operator import mul
from typing import Any

import polars as pl

from ckanext.smartregion.quality.examination.rules.comparing import LEAST_PART, operand
from ckanext.smartregion.quality.examination.rules.listing import hint
from ckanext.smartregion.quality.examination.rules.surroundings import (
    ROW,
    Judged,
    Surroundings,
    rows_where,
    true_rows,
)

DAYS_PER_YEAR, SECONDS_PER_DAY = 365, 86_400


def k_anonymity(frame: pl.DataFrame, said: Mapping[str, Any], _around: Surroundings) -> Judged:
    """Rows whose count is above zero, below the threshold, and not masked."""
    value, threshold = pl.col(said["column"]), operand(said["threshold"])
    shown = ~rows_where(frame, said["masked"]) if said["masked"] else pl.lit(value=True)
    return Judged(true_rows(frame, (value > 0) & (value < threshold) & shown))


def sum_(frame: pl.DataFrame, said: Mapping[str, Any], _around: Surroundings) -> Judged:
    """Rows in which the columns do not add up to what they should, but for a difference that does not count."""
    # As floating-point numbers: whole ones of eighteen digits would run over.
    parts, wanted = [pl.col(name).cast(pl.Float64) for name in said["columns"]], operand(said["to"])
    off = pl.sum_horizontal(parts) - wanted
    within = said["within"] + LEAST_PART * (pl.sum_horizontal([part.abs() for part in parts]) + wanted.abs())
    wrong = {"equal": off.abs() > within, "at-most": off > within, "at-least": -off > within}[said["is"]]
    return Judged(true_rows(frame, wrong & pl.any_horizontal([part.is_not_null() for part in parts])))


def ratio(frame: pl.DataFrame, said: Mapping[str, Any], _around: Surroundings) -> Judged:
    """Rows whose ratio lies outside the bounds; what can't be divided is not judged."""
    over = [said["over"]] if isinstance(said["over"], str) else said["over"]
    divisor = reduce(mul, [pl.col(name).cast(pl.Float64) for name in over])
    if said["per_year"]:
        days = days_between(frame, *said["per_year"])
        divisor = pl.when(days > 0).then(divisor * days / DAYS_PER_YEAR)
    value = pl.when(divisor != 0).then(pl.col(said["column"]) / divisor)
    low, high = said["between"]
    slack = LEAST_PART * value.abs()
    outside = (value < low - slack) | (value > high + slack)
    return Judged(true_rows(frame, outside), frame.select(ratio=value, hint=hint("ratio")))


def duration(frame: pl.DataFrame, said: Mapping[str, Any], _around: Surroundings) -> Judged:
    """Rows in which fewer or more days lie between two columns than said."""
    days, (fewest, most) = days_between(frame, *said["columns"]), said["days"]
    return Judged(true_rows(frame, (days < fewest) | (days > most)))


def days_between(frame: pl.DataFrame, start: str, end: str) -> pl.Expr:
    """The days from one column to another, parts of days for moments."""
    if frame.schema[start] == pl.Date:
        return (pl.col(end) - pl.col(start)).dt.total_days()
    return (pl.col(end) - pl.col(start)).dt.total_seconds() / SECONDS_PER_DAY


def balance(frame: pl.DataFrame, said: Mapping[str, Any], _around: Surroundings) -> Judged:
    """The first row of every group in which what goes in differs from what goes out."""
    side, amount = pl.col(said["sign"]["column"]), pl.col(said["column"])
    signed = (
        pl.when(side.is_in(said["sign"]["plus"])).then(amount).when(side.is_in(said["sign"]["minus"])).then(-amount)
    )
    whole = frame.filter(pl.all_horizontal([pl.col(name).is_not_null() for name in said["group"]]))
    groups = whole.group_by(said["group"]).agg(
        pl.col(ROW).min(), difference=signed.sum(), size=signed.abs().sum(), is_there=signed.is_not_null().any()
    )
    wrong = groups.filter(
        pl.col("is_there") & (pl.col("difference").abs() > said["within"] + LEAST_PART * pl.col("size"))
    )
    told = frame.select(ROW).join(wrong.select(ROW, "difference"), on=ROW, how="left", maintain_order="left")
    return Judged(told["difference"].is_not_null(), told.select("difference", hint=hint("difference")))
