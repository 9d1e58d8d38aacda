"""The text that a spreadsheet's cell would have had in a CSV file, and what the spreadsheet did to it."""

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

MIDNIGHT = dt.time()
LAST_SERIAL = 2_958_465  # the last day of the year 9999
# Spreadsheets keep fifteen digits of a number and write zeros for the others.
KEPT_DIGITS = 10**15
LONGEST_CODE = 20
CLOCK_NOISE = dt.timedelta(microseconds=500)


@dataclass(frozen=True, slots=True)
class Odd:
    """A cell whose formula gave nothing: the rule that says so, and what the spreadsheet shows."""

    rule: str
    shown: str

    def __str__(self) -> str:
        return self.shown


def written_out(value: Any, field: dict[str, Any]) -> tuple[str, str | None]:
    """The text of a cell for a column of the contract, and the rule that tells what is odd about it, if anything."""
    kind = field.get("type", "string")
    if value is None or isinstance(value, str):
        return value or "", None
    if isinstance(value, Odd):
        return "", value.rule
    if isinstance(value, bool):
        return _boolean(value, field), "boolean-in-text" if kind == "string" else None
    if isinstance(value, int | float | Decimal):
        return _number(value, field, kind)
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return _moment(value, kind), "date-in-text" if kind == "string" else None
    return str(value), None


def _boolean(value: bool, field: dict[str, Any]) -> str:
    allowed = field.get("trueValues" if value else "falseValues")
    return str(allowed[0]) if allowed else str(value).lower()


def _number(value: float | Decimal, field: dict[str, Any], kind: str) -> tuple[str, str | None]:
    text = _digits(value)
    if kind != "string":
        return text, "number-as-date" if kind in ("date", "datetime") and 0 < value <= LAST_SERIAL else None
    if abs(value) >= KEPT_DIGITS:
        return text, "digits-lost"
    constraints = field.get("constraints", {})
    short = has_lost_zeros(text, constraints.get("pattern", ""), constraints.get("minLength", 0))
    return text, "zeros-lost" if short else "number-in-text"


def _digits(value: float | Decimal) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < KEPT_DIGITS:
        return str(int(value))
    exact = Decimal(repr(value) if isinstance(value, float) else value)
    if not exact.is_finite():
        return str(value)
    return str(int(exact)) if exact == exact.to_integral_value() else format(exact, "f")


@lru_cache(maxsize=10_000)
def has_lost_zeros(text: str, pattern: str, shortest: int) -> bool:
    """Whether a code of digits fits its column only with zeros before it."""
    if not text.isdecimal() or _fits(text, pattern, shortest):
        return False
    return any(_fits(text.zfill(length), pattern, shortest) for length in range(len(text) + 1, LONGEST_CODE + 1))


def _fits(text: str, pattern: str, shortest: int) -> bool:
    return len(text) >= shortest and (not pattern or bool(re.fullmatch(pattern, text)))


def _moment(value: dt.datetime | dt.date | dt.time, kind: str) -> str:
    """Spreadsheets keep every date as a moment; midnight in a date column is a date."""
    if isinstance(value, dt.datetime):
        value = _exact(value)
        return value.date().isoformat() if kind != "datetime" and value.time() == MIDNIGHT else value.isoformat()
    if kind == "datetime" and isinstance(value, dt.date):
        return f"{value.isoformat()}T00:00:00"
    return value.isoformat()


def _exact(value: dt.datetime) -> dt.datetime:
    """A moment kept as a fraction of a day is a few microseconds off."""
    if value.year == dt.MAXYEAR:
        return value
    value += CLOCK_NOISE
    return value.replace(microsecond=value.microsecond // 1000 * 1000)
