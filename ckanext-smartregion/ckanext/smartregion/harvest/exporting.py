"""Records and outcomes as files that people keep: CSV for a spreadsheet, JSON for a program. Pure."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

# A spreadsheet would run what begins so as a formula; the texts come from far ends.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def csv_lines(rows: Iterable[Mapping[str, Any]], columns: tuple[str, ...]) -> Iterator[str]:
    """The lines of a CSV file, with a mark by which spreadsheets know that it is UTF-8."""
    yield "\ufeff" + _line(columns)
    for row in rows:
        yield _line([cell(row.get(column)) for column in columns])


def json_lines(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """A JSON list, one row a line."""
    before = "[\n"
    for row in rows:
        yield before + json.dumps(row, ensure_ascii=False, default=str)
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def cell(value: Any) -> str:
    """A value as one cell: rules and findings by their names, anything else as it is, never as a formula."""
    if isinstance(value, list):
        value = " ".join(
            sorted({str(each.get("rule", each)) if isinstance(each, dict) else str(each) for each in value})
        )
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(list(cells))
    return out.getvalue()
