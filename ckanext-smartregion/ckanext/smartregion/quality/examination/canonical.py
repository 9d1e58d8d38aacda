"""Typed values as the text that PostgreSQL's COPY reads back with the same type."""

import datetime as dt
import json
from decimal import Decimal
from typing import Any

from ckanext.smartregion.belgium import BELGIUM


class NotStorable(ValueError):  # noqa: N818 - a property of the value
    """A value that is well-formed but that no PostgreSQL column can hold."""


def canonical(value: Any) -> str:
    """ISO dates, a decimal point, true and false, compact JSON; nothing is the empty text."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dt.datetime):
        # Written without offset it is the region's own time.
        return (value if value.tzinfo else value.replace(tzinfo=BELGIUM)).isoformat()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, dict | list):
        return _json(value)
    if isinstance(value, tuple):
        if hasattr(value, "month"):
            year, month = value
            return f"{year:04}-{month:02}"
        return ",".join(canonical(part) for part in value)
    return str(value)


def _json(value: Any) -> str:
    """PostgreSQL's jsonb holds neither null characters, nor halves of characters, nor NaN."""
    try:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str, allow_nan=False)
        text.encode()
    except (ValueError, RecursionError) as error:
        raise NotStorable from error
    if "\\u0000" in text:
        raise NotStorable
    return text
