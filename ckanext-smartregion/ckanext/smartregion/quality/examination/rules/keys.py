"""Rules about keys and periods: no two rows at one time, no key that stands nowhere."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from ckanext.smartregion.quality.examination.rules.listing import hint
from ckanext.smartregion.quality.examination.rules.surroundings import ROW, Judged, Surroundings, true_rows

FOR_EVER = 2**63 - 1


def no_overlap(frame: pl.DataFrame, said: Mapping[str, Any], _around: Surroundings) -> Judged:
    """Rows whose period begins before one of the same key has ended; of two, the one that begins later."""
    key, (start, end) = said["key"], map(pl.col, said["period"])
    complete = pl.all_horizontal([pl.col(name).is_not_null() for name in [*key, said["period"][0]]])
    periods = frame.filter(complete & (end.is_null() | (start <= end))).select(
        ROW, *key, _start=moment(frame, said["period"][0]), _end=moment(frame, said["period"][1])
    )
    by_start = periods.with_columns(pl.col("_end").fill_null(for_ever(periods))).sort("_start", ROW)
    before = by_start.with_columns(_longest=pl.col("_end").cum_max().over(key)).with_columns(
        _until=pl.col("_longest").shift(1).over(key),
        _begun=pl.col("_start").shift(1).over(key),
        _holder=pl.when(pl.col("_longest") == pl.col("_end")).then(pl.col(ROW)),
    )
    before = before.with_columns(other=pl.col("_holder").forward_fill().shift(1).over(key))
    wrong = before.filter(pl.col("_start").lt(pl.col("_until")) | pl.col("_start").eq(pl.col("_begun")))
    told = frame.select(ROW).join(wrong.select(ROW, "other"), on=ROW, how="left", maintain_order="left")
    return Judged(told["other"].is_not_null(), told.select("other", hint=hint("other")))


def moment(frame: pl.DataFrame, column: str) -> pl.Expr:
    """A date or a moment as a number; a number as it is."""
    return pl.col(column) if frame.schema[column].is_numeric() else pl.col(column).to_physical().cast(pl.Int64)


def for_ever(periods: pl.DataFrame) -> pl.Expr:
    """The end of what has no end."""
    return pl.lit(float("inf") if periods.schema["_end"] == pl.Float64 else FOR_EVER)


def foreign_key(frame: pl.DataFrame, said: Mapping[str, Any], around: Surroundings) -> Judged:
    """Rows whose key stands in no published table of the other contract (this very one, if it is its own)."""
    table = around.published[said["contract"]]
    alike = [_alike(frame, own, table, other) for own, other in zip(said["columns"], said["to"], strict=True)]
    here = frame.select(ROW, *(own.alias(str(at)) for at, (own, _) in enumerate(alike)))
    there = table.select(other.alias(str(at)) for at, (_, other) in enumerate(alike))
    missing = here.drop_nulls().join(there, on=list(map(str, range(len(alike)))), how="anti")
    return Judged(true_rows(frame, pl.col(ROW).is_in(missing[ROW].implode())))


def _alike(frame: pl.DataFrame, own: str, table: pl.DataFrame, other: str) -> tuple[pl.Expr, pl.Expr]:
    """Two columns in one type, so that they can be joined: numbers as numbers, all others as text."""
    types = frame.schema[own], table.schema[other]
    if types[0] == types[1]:
        return pl.col(own), pl.col(other)
    common = pl.Float64 if all(one.is_numeric() for one in types) else pl.String
    return pl.col(own).cast(common), pl.col(other).cast(common)
