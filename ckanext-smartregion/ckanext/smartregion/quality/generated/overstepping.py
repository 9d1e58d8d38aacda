"""Each limit of a column as something that oversteps it: a value for the cell that the limit forbids."""

import datetime as dt
import math
import re
from typing import Any

from ckanext.smartregion.quality.generated.breaking import STRANGE
from ckanext.smartregion.quality.generated.json_schema import is_required, read

ANYTHING = frozenset({"string"})  # every text is one
CANDIDATES = ("?", STRANGE, STRANGE.upper(), "0", "é", "?" * 40)
TEXT_LIMITS = {"minLength": "min-length", "maxLength": "max-length"}
DIGITS = 987654


def limits(field: dict[str, Any]) -> list[str]:
    """The rules that a column sets by itself, by the names that reports use."""
    said = field.get("constraints", {})
    found = ["required"] if is_required(field) else []
    found += ["type"] if field["type"] not in ANYTHING or field.get("format") == "uri" else []
    found += [name for name in ("unique", "pattern", "enum", "minimum", "maximum") if name in said]
    return found + [name for key, name in TEXT_LIMITS.items() if key in said]


def beyond(field: dict[str, Any], rule: str, above: Any) -> Any:
    """A value that a column's limit forbids; ``above`` is the value of another row."""
    said = field.get("constraints", {})
    match rule:
        case "required":
            return None
        case "unique":
            return above
        case "enum":
            return STRANGE if field["type"] == "string" else DIGITS
        case "pattern":
            return next(one for one in CANDIDATES if not re.fullmatch(said["pattern"], one) and _fits(one, said))
        case "minimum" | "maximum":
            return _past(field, said[rule], -1 if rule == "minimum" else 1)
        case "min-length":
            return "é" * (said["minLength"] - 1)
        case "max-length":
            return _long(field, said["maxLength"] + 1)
    return STRANGE


def _fits(text: str, said: dict[str, Any]) -> bool:
    return said.get("minLength", 0) <= len(text) <= said.get("maxLength", math.inf)


def _past(field: dict[str, Any], bound: Any, step: int) -> Any:
    if field["type"] in ("date", "datetime"):
        return dt.date.fromisoformat(str(bound)) + dt.timedelta(days=step)
    return read(field, bound) + step


def _long(field: dict[str, Any], length: int) -> str:
    """A text of this length that begins as the example does, so that nothing else is wrong with it."""
    example = str(field.get("example") or STRANGE)
    return example + example[-1] * (length - len(example))
