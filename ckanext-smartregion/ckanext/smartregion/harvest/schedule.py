"""When a source is due: a cron expression in Belgian or another wall time, spread by a jitter of its own. Pure."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from croniter import CroniterBadCronError, CroniterBadDateError, croniter

ZONE = "Europe/Brussels"


class ScheduleError(ValueError):
    """A cron expression that can't be read or never comes."""

    def __init__(self, expression: str) -> None:
        self.expression = expression
        super().__init__(
            f"“{expression}” is no schedule. Give five fields: minute hour day month weekday, for example “0 3 * * *”."
        )


def check(expression: str) -> str:
    """The expression itself, when it has five fields and comes round; empty means never."""
    expression = " ".join(expression.split())
    if expression and (len(expression.split()) != 5 or not croniter.is_valid(expression)):
        raise ScheduleError(expression)
    if expression:
        following(expression, "", datetime.now(UTC))
    return expression


def jitter(name: str, seconds: int) -> timedelta:
    """Always the same for one source, different between sources, so that not all start on the same minute."""
    if seconds <= 0:
        return timedelta()
    digest = hashlib.sha256(name.encode()).digest()
    return timedelta(seconds=int.from_bytes(digest[:4], "big") % seconds)


def following(
    expression: str, name: str, after: datetime, spread: int = 0, count: int = 1, zone: str = ZONE
) -> list[datetime]:
    """The next times (in UTC) after a moment, each with the source's jitter; the expression is in the zone's time."""
    if not expression:
        return []
    shift = jitter(name, spread)
    try:
        # Wall time: three o'clock stays three o'clock when the clocks change.
        clock = croniter(expression, (after - shift).astimezone(ZoneInfo(zone)))
        return [(clock.get_next(datetime) + shift).astimezone(UTC) for _ in range(count)]
    except (CroniterBadCronError, CroniterBadDateError) as error:
        raise ScheduleError(expression) from error
