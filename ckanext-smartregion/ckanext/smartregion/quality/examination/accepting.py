"""A field of a contract as an expression of Polars that accepts a cell only where frictionless surely does.

Beside it stands the canonical text of what was accepted. What is not accepted is not wrong: frictionless looks at it.
"""

import re
from collections.abc import Callable
from typing import Any

import polars as pl

from ckanext.smartregion.belgium import BELGIUM
from ckanext.smartregion.quality.examination.patterns import translated

Constraints = dict[str, Any]
NEVER = pl.lit(False)
# Constraints that are seen to elsewhere: over all rows, or together with the signs for an empty cell.
ASIDE = ("required", "unique")
TRUE, FALSE = ["true", "True", "TRUE", "1"], ["false", "False", "FALSE", "0"]

# A real day, without the 29th of February, in a year that every calendar agrees upon.
MONTH_DAY = (
    "(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
)  # fmt: skip
DAY = rf"[12][0-9]{{3}}-{MONTH_DAY}"
CLOCK = "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
OFFSET = "(?:Z|[+](?:0[0-9]|1[0-4]):[03]0|-(?:0[1-9]|1[0-2]):[03]0)"
# A moment without offset, in the years of which everybody knows the region's time, and not in the hour of March that
# may be skipped when summer begins.
RECENT = "(?:19[89][0-9]|20[0-2][0-9]|203[0-6])"
OTHER_MONTH_DAY = (
    MONTH_DAY.replace("0[1-9]|1[0-2]", "0[124-9]|1[0-2]", 1)
    .replace("0[13-9]", "0[14-9]")
    .replace("0[13578]", "0[1578]")
)
NAIVE = rf"{RECENT}-(?:{MONTH_DAY}[T ](?:0[013-9]|1[0-9]|2[0-3])|{OTHER_MONTH_DAY}[T ]02):[0-5][0-9]:[0-5][0-9]"
# At most fifteen digits, none of them idle, as Python writes them.
INTEGER = r"\A(?:0|-?[1-9][0-9]{0,14})\z"
# At most fifteen digits, none of them idle: such a number is written again as it stands.
COORDINATE = r"-?(?:[1-9][0-9]{0,2}(?:\.[0-9]{0,11}[1-9])?|0\.0{0,3}[1-9](?:[0-9]{0,10}[1-9])?)"
POSITION = rf"\[ ?{COORDINATE}, ?{COORDINATE} ?\]"
TYPE, COORDINATES = '"type" ?: ?"Point"', f'"coordinates" ?: ?{POSITION}'
POINT = rf"\A\{{ ?(?:{TYPE} ?, ?{COORDINATES}|{COORDINATES} ?, ?{TYPE}) ?\}}\z"
LONGITUDE = r"-?(?:1[0-7][0-9]|[1-9]?[0-9])(?:\.[0-9]{1,20})?"
LATITUDE = r"-?(?:[1-8]?[0-9])(?:\.[0-9]{1,20})?"
NAME = "[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?"
FORMATS = {
    "uri": rf"\Ahttps?://{NAME}(?:\.{NAME}){{1,5}}(?:/[A-Za-z0-9/._~-]*)?(?:\?[A-Za-z0-9/._~&=+-]*)?\z",
    "email": r"\A[a-z0-9]+(?:[._-][a-z0-9]+){0,3}@(?:[a-z0-9]{1,30}(?:-[a-z0-9]{1,20})?\.){1,3}[a-z]{2,6}\z",
    "uuid": r"\A[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\z",
}


def accepted(field: dict[str, Any], missing: list[str], cell: pl.Expr) -> pl.Expr:
    """Which cells of a column frictionless surely accepts; `missing` are its signs for an empty cell."""
    constraints = {name: value for name, value in field.get("constraints", {}).items() if name not in ASIDE}
    build = ACCEPTED.get(field["type"], lambda *_: None)
    required = field.get("constraints", {}).get("required", False)
    right = build(field, constraints, cell)
    if right is None:
        return NEVER if required else is_one_of(cell, missing)
    if not required:
        return right | is_one_of(cell, missing)
    return right & ~is_one_of(cell, _taken(build(field, constraints, pl.col("")), missing))


def _taken(right: pl.Expr | None, missing: list[str]) -> list[str]:
    """The signs for an empty cell that would be accepted as values."""
    signs = pl.DataFrame({"": missing}, schema={"": pl.String})
    return [] if right is None else signs.filter(right).to_series().to_list()


def is_one_of(cell: pl.Expr, values: list[str]) -> pl.Expr:
    """Whether a cell is one of these texts; few of them are compared one by one, which is quicker."""
    if len(values) > 3:
        return cell.is_in(values)
    return pl.any_horizontal([cell == value for value in values]) if values else NEVER


def _string(field: dict[str, Any], constraints: Constraints, cell: pl.Expr) -> pl.Expr | None:
    parts: list[pl.Expr] = []
    format_ = field.get("format", "default")
    if format_ != "default":
        if format_ not in FORMATS:
            return None
        parts.append(cell.str.contains(FORMATS[format_]))
    for name, value in constraints.items():
        part = _TEXT_CONSTRAINTS[name](cell, value) if name in _TEXT_CONSTRAINTS else None
        if part is None:
            return None
        parts.append(part)
    return pl.all_horizontal(parts) if parts else cell.is_not_null()


def _pattern(cell: pl.Expr, pattern: str) -> pl.Expr | None:
    here = translated(pattern)
    return None if here is None else cell.str.contains(here)


def _at_least(cell: pl.Expr, least: int) -> pl.Expr:
    return cell.str.len_bytes() >= 1 if least == 1 else cell.str.len_chars() >= least


_TEXT_CONSTRAINTS: dict[str, Callable[[pl.Expr, Any], pl.Expr | None]] = {
    "pattern": _pattern,
    "minLength": _at_least,
    # A text has no more characters than bytes; one with more bytes is counted by frictionless.
    "maxLength": lambda cell, most: cell.str.len_bytes() <= most,
    "enum": lambda cell, values: cell.is_in([value for value in values if isinstance(value, str)]),
}


def _integer(field: dict[str, Any], constraints: Constraints, cell: pl.Expr) -> pl.Expr | None:
    if not field.get("bareNumber", True) or not _are_bounds(constraints, int):
        return None
    return _within(cell.str.contains(INTEGER), cell.cast(pl.Int64, strict=False), constraints, inclusive=True)


def _number(field: dict[str, Any], constraints: Constraints, cell: pl.Expr) -> pl.Expr | None:
    if not field.get("bareNumber", True) or not _are_bounds(constraints, (int, float)):
        return None
    sign = field.get("decimalChar", ".")
    mark = rf"\x{{{ord(sign):x}}}" if len(sign) == 1 and sign in ".," else None
    if mark is None:
        return None
    plain = cell.str.contains(rf"\A-?(?:0|[1-9][0-9]{{0,14}})(?:{mark}[0-9]{{1,20}})?\z")
    value = _with_point(field, cell).cast(pl.Float64, strict=False)
    # Nothing is rounded across a bound, but something may be rounded onto it.
    return _within(plain, value, constraints, inclusive=False)


def _with_point(field: dict[str, Any], cell: pl.Expr) -> pl.Expr:
    return cell.str.replace(",", ".", literal=True) if field.get("decimalChar") == "," else cell


def _are_bounds(constraints: Constraints, kinds: Any) -> bool:
    return set(constraints) <= {"minimum", "maximum"} and all(
        isinstance(bound, kinds) and not isinstance(bound, bool) and abs(bound) < 10**15
        for bound in constraints.values()
    )


def _within(plain: pl.Expr, value: pl.Expr, constraints: Constraints, *, inclusive: bool) -> pl.Expr:
    if (low := constraints.get("minimum")) is not None:
        plain = plain & (value >= low if inclusive else value > low).fill_null(False)
    if (high := constraints.get("maximum")) is not None:
        plain = plain & (value <= high if inclusive else value < high).fill_null(False)
    return plain


def _boolean(field: dict[str, Any], constraints: Constraints, cell: pl.Expr) -> pl.Expr | None:
    values = [*field.get("trueValues", TRUE), *field.get("falseValues", FALSE)]
    return None if constraints or not all(isinstance(value, str) for value in values) else cell.is_in(values)


def _date(field: dict[str, Any], constraints: Constraints, cell: pl.Expr) -> pl.Expr | None:
    if not set(constraints) <= {"minimum", "maximum"}:
        return None
    if not all(isinstance(bound, str) and re.fullmatch(DAY, bound) for bound in constraints.values()):
        return None
    # Days written this way stand in the order of their texts.
    return _within(cell.str.contains(rf"\A{DAY}\z"), cell, constraints, inclusive=True)


def _shape(pattern: str) -> Callable[[dict[str, Any], Constraints, pl.Expr], pl.Expr | None]:
    return lambda _field, constraints, cell: None if constraints else cell.str.contains(pattern)


def _datetime(field: dict[str, Any], constraints: Constraints, cell: pl.Expr) -> pl.Expr | None:
    if constraints:
        return None
    return cell.str.contains(rf"\A(?:{DAY}[T ]{CLOCK}{OFFSET}|{NAIVE})\z")


def _year(field: dict[str, Any], constraints: Constraints, cell: pl.Expr) -> pl.Expr | None:
    if not _are_bounds(constraints, int):
        return None
    value = cell.cast(pl.Int64, strict=False)
    return _within(cell.str.contains(r"\A[1-9][0-9]{3}\z"), value, constraints, inclusive=True)


ACCEPTED: dict[str, Callable[[dict[str, Any], Constraints, pl.Expr], pl.Expr | None]] = {
    "string": _string,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
    "time": _shape(rf"\A{CLOCK}\z"),
    "year": _year,
    "yearmonth": _shape(r"\A[12][0-9]{3}-(?:0[1-9]|1[0-2])\z"),
    "geopoint": lambda field, constraints, cell: (
        _shape(rf"\A{LONGITUDE}, ?{LATITUDE}\z")(field, constraints, cell)
        if field.get("format", "default") == "default"
        else None
    ),
    "geojson": _shape(POINT),
}


def canonical_text(field: dict[str, Any], cell: pl.Expr) -> pl.Expr:
    """The canonical text of the cells that were accepted."""
    match field["type"]:
        case "number":
            return _with_point(field, cell)
        case "boolean":
            wrong = field.get("falseValues", FALSE)
            return pl.when(cell.is_in(wrong)).then(pl.lit("false")).otherwise(pl.lit("true"))
        case "datetime":
            return _moment(cell)
        case "geopoint":
            return cell.str.replace(", ", ",", literal=True)
        case "geojson":
            return cell.str.replace_all(" ", "", literal=True)
    return cell


def _moment(cell: pl.Expr) -> pl.Expr:
    """With the offset that it has, or else with that of the region on that day."""
    text = cell.str.replace(" ", "T", literal=True)
    naive = text.str.slice(0, 19).str.to_datetime("%Y-%m-%dT%H:%M:%S", time_unit="us", strict=False)
    here = naive.dt.replace_time_zone(str(BELGIUM), ambiguous="earliest", non_existent="null")
    with_offset = text.str.replace("Z", "+00:00", literal=True)
    return pl.when(cell.str.len_bytes() == 19).then(here.dt.to_string("%Y-%m-%dT%H:%M:%S%:z")).otherwise(with_offset)
