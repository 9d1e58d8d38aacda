"""When a delivery that failed is tried again: later each time, and not all at the same moment. Pure."""

from __future__ import annotations

FIRST = 10.0  # seconds
FACTOR = 4
LONGEST = 12 * 3600.0
JITTER = 0.25
GONE = 410  # the far end wants nothing more


def wait(failures: int, chance: float, asked: float | None = None) -> float:
    """Seconds until the next attempt after so many failures; ``chance`` from 0 to 1 spreads them.

    ``asked`` is what the far end asked for; it is heeded up to a day.
    """
    back_off = min(FIRST * FACTOR ** min(failures - 1, 20), LONGEST) * (1 + JITTER * chance)
    return max(back_off, min(asked or 0.0, 2 * LONGEST))
