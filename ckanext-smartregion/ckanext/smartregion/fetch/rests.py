"""When a host is to be left in peace: what it asks for itself, its quota, and the quiet hours we are given for it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from fnmatch import fnmatchcase

from ckanext.smartregion.belgium import BELGIUM

LONGEST = 24 * 3600.0  # whatever a far end asks, it is asked again after a day
UNKNOWN_RESET = 3600.0
QUIET = re.compile(r"([^=\s]+)=([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
EPOCH = 1_000_000_000  # a smaller number in a header is a number of seconds from now
MILLISECONDS = 100_000_000_000


@dataclass(frozen=True)
class Quiet:
    """Hours of each day, in Belgian time, during which the hosts of a pattern are not called."""

    hosts: str
    start: dt.time
    end: dt.time

    @classmethod
    def parse(cls, text: str) -> Quiet:
        """Read ``host=22:00-06:00``, where the host may be a pattern; raises ValueError with a sentence."""
        found = QUIET.fullmatch(text)
        if not found:
            raise ValueError(f"Quiet hours are written host=22:00-06:00, not {text!r}.")
        hosts, *numbers = found.groups()
        hour, minute, last_hour, last_minute = map(int, numbers)
        return cls(hosts.lower(), dt.time(hour, minute), dt.time(last_hour, last_minute))

    def left(self, host: str, now: dt.datetime) -> float:
        """Seconds of quiet that are left for a host at a moment; 0 outside of its quiet hours."""
        here = now.astimezone(BELGIUM)
        if not fnmatchcase(host, self.hosts) or not self._covers(here.time()):
            return 0.0
        day = here.date() + dt.timedelta(days=here.time() >= self.end)
        return max(0.0, (dt.datetime.combine(day, self.end, BELGIUM).astimezone(dt.UTC) - now).total_seconds())

    def _covers(self, time: dt.time) -> bool:
        if self.start < self.end:
            return self.start <= time < self.end
        return time >= self.start or time < self.end


def quiet_left(quiet: Iterable[Quiet], host: str, now: dt.datetime) -> float:
    """Seconds until no quiet hours hold for a host any more."""
    return max((one.left(host, now) for one in quiet), default=0.0)


def asked(headers: Mapping[str, str], now: dt.datetime) -> float | None:
    """Seconds for which an answer asks to be left alone (Retry-After), at most a day; None when it does not ask."""
    return _seconds(headers.get("retry-after", ""), now)


def spent(headers: Mapping[str, str], now: dt.datetime) -> float | None:
    """Seconds until a quota is renewed that is about to be spent; None when there is none or enough of it is left.

    Opendatasoft names the quota, what is left of it and the moment of its renewal in X-RateLimit-Limit, -Remaining and
    -Reset. The last fiftieth is left to others behind the same address.
    """
    left, quota = _number(headers, "x-ratelimit-remaining"), _number(headers, "x-ratelimit-limit")
    if left is None or left > max(1, (quota or 0) // 50):
        return None
    until = _seconds(headers.get("x-ratelimit-reset", ""), now)
    return UNKNOWN_RESET if until is None else until


def _number(headers: Mapping[str, str], name: str) -> int | None:
    text = headers.get(name, "").strip()
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 19 else None


def _seconds(text: str, now: dt.datetime) -> float | None:
    """Seconds from now until what a header says: seconds, a moment since 1970, a date of HTTP or of ISO 8601."""
    text = text.strip()
    if text.isascii() and text.replace(".", "", 1).isdecimal():
        number = float(text)
        if number > EPOCH:
            number = (number / 1000 if number > MILLISECONDS else number) - now.timestamp()
        return min(max(0.0, number), LONGEST)
    moment = _moment(text)
    return None if moment is None else min(max(0.0, (moment - now).total_seconds()), LONGEST)


def _moment(text: str) -> dt.datetime | None:
    for read in (parsedate_to_datetime, dt.datetime.fromisoformat):
        try:
            moment = read(text)
        except (TypeError, ValueError, OverflowError):
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return None
