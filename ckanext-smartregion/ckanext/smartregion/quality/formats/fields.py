"""The fields of a standard as its contract writes them, and whether a JSON value is what its field allows.

location_type: integer! = 0 1 2      required, one of these
capacity: integer 0..                bounds, each may be open
lang: language~                      recommended
stop_id: id -> stops.stop_id         refers to a field of another list
"""

import datetime as dt
import re
import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ckanext.smartregion.quality.rules import words
from ckanext.smartregion.schemas.format_contracts import format_kinds

Fault = str  # missing-part, recommended-part, wrong-value, not-listed, out-of-range

WRITTEN = re.compile(
    r"(?P<kind>[a-z-]+)(?P<mark>[!~]?)(?: (?P<low>-?[0-9.]*?)\.\.(?P<high>-?[0-9.]*))?"
    r"(?: = (?P<choices>[^>]+?))?(?: -> (?P<targets>.+))?"
)
URL = re.compile(r"https?://[^\s/?#.]+\.[^\s]+", re.IGNORECASE)
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,3}")
EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(?:\.[^@\s.]+){1,8}")
# After eMI3: country, operator, E, and the number of the point; a star may stand between the parts.
EVSE_ID = re.compile(r"[A-Z]{2}\*?[A-Z0-9]{3}\*?E[A-Z0-9][A-Z0-9*]{0,30}", re.IGNORECASE)
DEGREES = re.compile(r"-?[0-9]{1,3}\.[0-9]{5,7}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)", re.ASCII)
# OCPI writes UTC and may leave out the Z.
UTC_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?", re.ASCII)
LAST_SECOND = 253_402_300_799


@dataclass(frozen=True)
class Field:
    """One field of a list of a standard."""

    name: str
    kind: str
    required: bool = False
    recommended: bool = False
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    targets: tuple[str, ...] = ()

    def words(self) -> dict[str, Any]:
        """What the sentence of a rule may say of it."""
        bounds = f"{'' if self.low is None else f'{self.low:g}'}..{'' if self.high is None else f'{self.high:g}'}"
        kinds = format_kinds()
        return {
            "kind": kinds.get(self.kind) or words()["kinds"]["string"],
            "values": ", ".join(self.choices) if self.choices else bounds,
            "target": ", ".join(self.targets),
        }

    def fault(self, value: Any) -> Fault | None:
        """What is wrong with a JSON value of this field; None, as JSON has it too, stands for no value."""
        if value is None or value == "":
            return "missing-part" if self.required else "recommended-part" if self.recommended else None
        if not KINDS[self.kind](value):
            return "wrong-value"
        if self.choices and written(value) not in self.choices:
            return "not-listed"
        low, high = (None, None) if self.low is None and self.high is None else (self.low, self.high)
        if (low is not None and value < low) or (high is not None and value > high):
            return "out-of-range"
        return None


def written(value: Any) -> str:
    """A JSON value as a list of choices writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def fields_of(said: dict[str, str]) -> list[Field]:
    """The fields of one list; ValueError where one is miswritten."""
    return [field_of(name, text) for name, text in said.items()]


def field_of(name: str, said: str) -> Field:
    """One field from its shorthand."""
    match = WRITTEN.fullmatch(said)
    if match is None or match["kind"] not in KINDS:
        raise ValueError(f"Field '{name}' can't be read: {said!r}.")
    return Field(
        name=name,
        kind=match["kind"],
        required=match["mark"] == "!",
        recommended=match["mark"] == "~",
        choices=tuple((match["choices"] or "").split()),
        low=_bound(match["low"]),
        high=_bound(match["high"]),
        targets=tuple((match["targets"] or "").split()),
    )


def _bound(text: str | None) -> float | None:
    return float(text) if text else None


def is_number(value: Any) -> bool:
    """Whether a JSON value is a number, and finite."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300


def moment_of(text: Any) -> dt.datetime | None:
    """The moment that a text names, in UTC where it says no offset."""
    if not isinstance(text, str) or not UTC_MOMENT.fullmatch(text):
        return None
    try:
        moment = dt.datetime.fromisoformat(re.sub(r"\.\d+", "", text))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def is_timezone(value: Any) -> bool:
    """Whether a text names a time zone of the tz database."""
    return isinstance(value, str) and value in _timezones()


@cache
def _timezones() -> set[str]:
    return zoneinfo.available_timezones()


def is_currency(value: Any) -> bool:
    """Whether a text is the code of a currency that is in use (ISO 4217)."""
    return isinstance(value, str) and value in _currencies()


@cache
def _currencies() -> frozenset[str]:
    lines = (Path(__file__).parent / "currencies.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(code for line in lines if not line.startswith("#") for code in line.split())


def is_day(text: str) -> bool:
    """Whether eight digits are a real day."""
    try:
        return len(text) == 8 and text.isascii() and text.isdigit() and bool(dt.datetime.strptime(text, "%Y%m%d"))
    except ValueError:
        return False


def _is_date(value: Any) -> bool:
    try:
        return isinstance(value, str) and len(value) == 10 and bool(dt.date.fromisoformat(value))
    except ValueError:
        return False


def _texts(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(
            isinstance(one, dict) and _is_text(one.get("text")) and _like(LANGUAGE)(one.get("language"))
            for one in value
        )
    )


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_integer(value: Any) -> bool:
    return is_number(value) and value == int(value)


def _like(pattern: re.Pattern[str]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and len(value) <= 2000 and pattern.fullmatch(value) is not None


KINDS: dict[str, Callable[[Any], bool]] = {
    "id": _is_text,
    "text": _is_text,
    "integer": _is_integer,
    "number": is_number,
    "boolean": lambda value: isinstance(value, bool),
    "latitude": lambda value: is_number(value) and -90 <= value <= 90,
    "longitude": lambda value: is_number(value) and -180 <= value <= 180,
    "url": _like(URL),
    "email": _like(EMAIL),
    "timezone": is_timezone,
    "language": _like(LANGUAGE),
    "currency": is_currency,
    "country": _like(re.compile("[A-Z]{2,3}")),
    "colour": _like(re.compile("[0-9A-Fa-f]{6}")),
    "day": lambda value: isinstance(value, str) and is_day(value),
    "time": _like(re.compile("[0-9]{1,3}:[0-5][0-9]:[0-5][0-9]")),
    "date": _is_date,
    "moment": lambda value: _like(MOMENT)(value) and moment_of(value) is not None,
    "utc-moment": lambda value: moment_of(value) is not None,
    "seconds": lambda value: _is_integer(value) and 0 <= value <= LAST_SECOND,
    "list": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
    "texts": _texts,
    "evse-id": _like(EVSE_ID),
    "degrees-as-text": _like(DEGREES),
}
