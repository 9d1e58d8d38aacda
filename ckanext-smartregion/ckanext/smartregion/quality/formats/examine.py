"""One file against one format contract, inside the child process: the validator of its kind, the outcome of all."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ckanext.smartregion.quality.examination.limits import Limits
from ckanext.smartregion.quality.examination.refusal import Refused
from ckanext.smartregion.quality.formats import datex2, gbfs, geojson, gtfs, ocpi
from ckanext.smartregion.quality.formats.found import Found
from ckanext.smartregion.quality.formats.people import People

VALIDATORS: dict[str, Callable[[Path, Found, People], None]] = {
    "gtfs": gtfs.validate,
    "gbfs": gbfs.validate,
    "ocpi": ocpi.validate,
    "geojson": geojson.validate,
    "datex2": datex2.validate,
}


def examine(
    path: Path, name: str, policy: dict[str, str], settings: dict[str, Any], limits: Limits, today: dt.date
) -> dict[str, Any]:
    """Examine the whole file; gives what the parent process makes the report from, as `Examination.run` does."""
    found = Found(policy, settings, limits, today)
    people = People(found)
    refused = False
    try:
        VALIDATORS[name](path, found, people)
        people.end()
        if not found.records and not found.collector.serious:
            raise Refused("no-records")
    except Refused as refusal:
        refused = True
        found.collector.add(refusal.rule, **{"line": None, **refusal.values})
    return _outcome(found, refused)


def _outcome(found: Found, refused: bool) -> dict[str, Any]:
    rows = found.records
    invalid = min(rows, len(found.invalid) + found.invalid_beside)
    return {
        # Of a file that was refused nothing is said to have been read to its end.
        "file": {
            "rows": None if refused else rows,
            "columns": None,
            "encoding": found.encoding,
            "delimiter": None,
            "sheet": None,
        },
        "counts": {"rows": rows, "valid_rows": rows - invalid, "invalid_rows": invalid},
        "findings": found.collector.to_list(),
        "truncated": found.collector.truncated,
        "profile": None if refused else found.profile(),
        "until": found.until.isoformat() if found.until else None,
    }
