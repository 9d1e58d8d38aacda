"""The cells of a GTFS file against the fields of the standard, as expressions of Polars over columns of text."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from ckanext.smartregion.quality.formats.fields import Field, is_currency, is_day, is_timezone

FLOAT = r"^[+-]?(?:[0-9]{1,15}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})(?:[eE][+-]?[0-9]{1,2})?$"
Cells = Callable[[pl.Expr], pl.Expr]


def _matches(pattern: str) -> Cells:
    return lambda cell: cell.str.contains(pattern)


def _distinct(right: Callable[[str], bool]) -> Cells:
    """By a function of Python, once for each text."""

    def judged(series: pl.Series) -> pl.Series:
        texts = series.unique().drop_nulls()
        return series.is_in([text for text in texts.to_list() if right(text)])

    return lambda cell: cell.map_batches(judged, return_dtype=pl.Boolean)


@dataclass(frozen=True)
class Kind:
    """A kind of cell: the code of the canonical validator, and which cells are right."""

    rule: str
    right: Cells


KINDS = {
    "integer": Kind("invalid_integer", _matches(r"^[+-]?[0-9]{1,9}$")),
    "number": Kind("invalid_float", _matches(FLOAT)),
    "latitude": Kind("invalid_float", _matches(FLOAT)),
    "longitude": Kind("invalid_float", _matches(FLOAT)),
    "day": Kind("invalid_date", _distinct(is_day)),
    "time": Kind("invalid_time", _matches(r"^[0-9]{1,3}:[0-5][0-9]:[0-5][0-9]$")),
    "url": Kind("invalid_url", _matches(r"^(?i:https?)://[^\s/?#.]+\.[^\s]+$")),
    "email": Kind("invalid_email", _matches(r"^[^@\s]{1,64}@[^@\s.]+(?:\.[^@\s.]+){1,8}$")),
    "timezone": Kind("invalid_timezone", _distinct(is_timezone)),
    "language": Kind("invalid_language_code", _matches(r"^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,3}$")),
    "currency": Kind("invalid_currency", _distinct(is_currency)),
    "colour": Kind("invalid_color", _matches(r"^[0-9A-Fa-f]{6}$")),
}
DEGREES = {"latitude": 90.0, "longitude": 180.0}


def faults(field: Field) -> dict[str, pl.Expr]:
    """By code of the canonical validator, which cells of a column are at fault; empty cells are null."""
    cell = pl.col(field.name)
    found: dict[str, pl.Expr] = {"missing_required_field": cell.is_null()} if field.required else {}
    right = pl.lit(True)
    if kind := KINDS.get(field.kind):
        right = kind.right(cell)
        found[kind.rule] = ~right
    if field.choices:
        found["unexpected_enum_value"] = right & ~cell.is_in(field.choices)
    low, high = field.low, field.high
    if degrees := DEGREES.get(field.kind):
        low, high = -degrees, degrees
    if low is not None or high is not None:
        number = cell.cast(pl.Float64, strict=False)
        beyond = [number < low] if low is not None else []
        beyond += [number > high] if high is not None else []
        found["number_out_of_range"] = right & pl.any_horizontal(beyond)
    return {rule: wrong.fill_null(False) for rule, wrong in found.items()}


def trimmed(frame: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """The frame with the blanks around its cells taken away, and null for cells that are empty then."""
    bare = [pl.col(name).str.strip_chars() for name in names]
    return frame.with_columns(pl.when(one != "").then(one) for one in bare)


def seconds(name: str) -> pl.Expr:
    """A time as seconds since midnight of the day of service; null for what is none."""
    cell = pl.col(name)
    right = cell.str.contains(r"^[0-9]{1,3}:[0-5][0-9]:[0-5][0-9]$")
    hours = cell.str.head(-6).cast(pl.Int32, strict=False)
    minutes = cell.str.tail(5).str.head(2).cast(pl.Int32, strict=False)
    rest = cell.str.tail(2).cast(pl.Int32, strict=False)
    return pl.when(right).then(hours * 3600 + minutes * 60 + rest)
