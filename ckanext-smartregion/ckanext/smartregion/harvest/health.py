"""How a source stands: whether it is pulled, and whether what it gives can be relied on. Pure.

A source is the dictionary that `smartregion_source_show` gives.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal

State = Literal["on", "off", "resting", "waits"]
Health = Literal["well", "held", "asking", "incomplete", "failed", "late", "never"]

STATES: tuple[State, ...] = ("on", "resting", "waits", "off")
TROUBLE: tuple[Health, ...] = ("failed", "late", "incomplete", "asking")
ENDED = ("done", "incomplete", "asking", "failed")
# The scheduler looks every minute or so; a start that is an hour overdue means that nobody looks.
PATIENCE = dt.timedelta(hours=1)


def state(source: Mapping[str, Any]) -> State:
    """Whether a source is pulled: it waits for the steward's approval, is off, rests, or is on."""
    if not source["approved"]:
        return "waits"
    if not source["enabled"]:
        return "off"
    return "resting" if source["paused"] else "on"


def health(source: Mapping[str, Any], moment: dt.datetime) -> Health:
    """How its last run ended: `held` says that all went well but for records that must be mended.

    `late` says that it should have started long ago; `never` that no run of it has ended yet.
    """
    if source["next_run"] and moment - dt.datetime.fromisoformat(source["next_run"]) > PATIENCE:
        return "late"
    last = next((run for run in reversed(source["trend"]) if run["status"] in ENDED), None)
    if last is None:
        return "never"
    if last["status"] != "done":
        return last["status"]
    return "held" if source["datasets"]["held"] or last["counts"]["failed"] else "well"
