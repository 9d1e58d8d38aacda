"""Outlines of places: what stands in a dictionary as WKT or as GeoJSON, as the WKT that feeds write. Pure."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from geomet import InvalidGeoJSONException, wkt

DECIMALS = 4  # of a degree: some ten metres, as ckanext-dcat writes


def as_wkt(value: Any) -> str | None:
    """The outline as WKT, or nothing when the value is no outline."""
    if isinstance(value, dict):
        value = json.dumps(value)
    return _as_wkt(value) if value and isinstance(value, str) else None


@lru_cache(maxsize=1_000)
def _as_wkt(text: str) -> str | None:
    try:
        outline = json.loads(text)
    except ValueError:
        return text if _is_wkt(text) else None
    try:
        return wkt.dumps(outline, decimals=DECIMALS)
    except (AttributeError, KeyError, TypeError, ValueError, IndexError, InvalidGeoJSONException):
        return None


def _is_wkt(text: str) -> bool:
    try:
        wkt.loads(text)
    except (ValueError, StopIteration, IndexError, TypeError, KeyError):
        return False
    return True
