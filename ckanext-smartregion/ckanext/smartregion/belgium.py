"""The time of the region: where a day begins and ends, wherever the machine stands."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

BELGIUM = ZoneInfo("Europe/Brussels")


def today() -> dt.date:
    """The day in Belgium."""
    return dt.datetime.now(BELGIUM).date()
