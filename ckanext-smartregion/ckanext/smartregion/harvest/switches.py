"""The switches of a source: what each sets, and what API and command line say of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Switch:
    """A switch that people turn by a verb.

    `does` is what command line and API say of it, `more` what the API adds; `gives` is what an action returns, `said`
    how the command line ends its sentence; `sets` are the facts of the source that it changes, and one that is
    `signed` keeps who turned it first, and when, under the name of its verb.
    """

    verb: str
    does: str
    said: str
    more: str = ""
    gives: str = "the source"
    sets: dict[str, Any] = field(default_factory=dict)
    signed: str = ""


SWITCHES = {
    each.verb: each
    for each in (
        Switch(
            "enable",
            "Let the scheduler pull a source",
            "is on",
            gives="the source, with its next run",
            sets={"enabled": True},
        ),
        Switch(
            "disable",
            "Keep the scheduler from pulling a source",
            "is off",
            "; it can still be run by hand",
            sets={"enabled": False},
        ),
        Switch(
            "approve",
            "Let a source run for the first time",
            "is approved",
            ": the steward has seen its preview. Done once; the steward's own need none",
            signed="approved",
        ),
        Switch(
            "pause",
            "Let a source rest for a while: its schedule stands",
            "rests",
            ", and nothing is pulled until it is resumed",
            sets={"paused": True},
        ),
        Switch(
            "resume",
            "Let a source that rests be pulled again by its schedule",
            "goes on",
            gives="the source, with its next run",
            sets={"paused": False},
        ),
    )
}
