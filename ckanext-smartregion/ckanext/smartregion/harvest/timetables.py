"""The schedules that a form offers in words; any other is a cron expression. Pure."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

TIMETABLES: list[dict[str, Any]] = json.loads(Path(__file__).with_name("timetables.json").read_text("utf-8"))
OWN = "own"  # the choice of a schedule that none of the timetables is


def choice(cron: str) -> dict[str, str]:
    """A schedule as a choice of the form, and the expression where it is none of them."""
    if any(row["cron"] == cron for row in TIMETABLES):
        return {"timetable": cron, "cron": ""}
    return {"timetable": OWN, "cron": cron}
