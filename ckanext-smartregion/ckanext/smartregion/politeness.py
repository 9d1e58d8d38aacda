"""Manners towards the hosts we call, shared by all workers on all machines through Redis.

Where Redis is away, each process keeps its own manners until it is back: still polite, and never an error.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from redis import Redis, RedisError

import ckan.plugins.toolkit as tk
from ckan.lib.redis import connect_to_redis

from ckanext.smartregion.fetch import Alone, Manners, Policy
from ckanext.smartregion.fetch.manners import FULL

log = logging.getLogger(__name__)

AWAY = 30.0  # seconds for which Redis is not asked again once it has not answered

# The clock is that of Redis, so that machines with different clocks agree. Times in milliseconds.
NOW = "local t = redis.call('TIME') local now = t[1] * 1000 + math.floor(t[2] / 1000) "

# KEYS rest, due, slots; ARGV slot, pause, how many at once, lease. Gives the milliseconds to wait, 0 for "go".
ASK = f"""{NOW}
local rested = tonumber(redis.call('GET', KEYS[1]) or 0)
if rested > now then return rested - now end
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now)
if redis.call('ZCARD', KEYS[3]) >= tonumber(ARGV[3]) then return {int(FULL * 1000)} end
local due = tonumber(redis.call('GET', KEYS[2]) or 0)
if due > now then return due - now end
local pause, lease = tonumber(ARGV[2]), tonumber(ARGV[4])
redis.call('SET', KEYS[2], string.format('%d', now + pause), 'PX', pause + 1000)
redis.call('ZADD', KEYS[3], now + lease, ARGV[1])
redis.call('PEXPIRE', KEYS[3], lease + 1000)
return 0
"""

# KEYS slots; ARGV slot, lease.
RENEW = f"""{NOW}
redis.call('ZADD', KEYS[1], now + tonumber(ARGV[2]), ARGV[1])
redis.call('PEXPIRE', KEYS[1], tonumber(ARGV[2]) + 1000)
"""

# KEYS rest; ARGV how long. The longer of two rests holds.
REST = f"""{NOW}
local long, rested = tonumber(ARGV[1]), tonumber(redis.call('GET', KEYS[1]) or 0)
if now + long > rested then redis.call('SET', KEYS[1], string.format('%d', now + long), 'PX', long + 1000) end
"""


@lru_cache(maxsize=1)
def shared() -> Manners:
    """The manners of this process, in common with all others of this site."""
    return Shared(connect_to_redis, f"ckan:{tk.config['ckan.site_id']}:fetch")


@dataclass
class Shared:
    """`Manners` in Redis; ``connect`` gives a connection, ``prefix`` begins every key."""

    connect: Callable[[], Redis]
    prefix: str
    alone: Alone = field(default_factory=Alone)
    away_until: float = 0

    def ask(self, seat: str, slot: str, policy: Policy) -> float:
        """See `Manners`."""
        keys = [self._key(seat, part) for part in ("rest", "due", "slots")]
        wait = self._script(ASK, keys, [slot, _ms(policy.pause), policy.at_once, _ms(policy.lease)])
        return self.alone.ask(seat, slot, policy) if wait is None else wait / 1000

    def renew(self, seat: str, slot: str, policy: Policy) -> None:
        """See `Manners`."""
        if self._script(RENEW, [self._key(seat, "slots")], [slot, _ms(policy.lease)], 0) is None:
            self.alone.renew(seat, slot, policy)

    def leave(self, seat: str, slot: str) -> None:
        """See `Manners`."""
        self.alone.leave(seat, slot)
        self._asking(lambda redis: redis.zrem(self._key(seat, "slots"), slot))

    def rest(self, seat: str, seconds: float) -> None:
        """See `Manners`."""
        self.alone.rest(seat, seconds)  # remembered here as well, for when Redis goes away
        self._script(REST, [self._key(seat, "rest")], [_ms(seconds)])

    def _key(self, seat: str, part: str) -> str:
        return f"{self.prefix}:{{{seat}}}:{part}"

    def _script(self, script: str, keys: list[str], arguments: list[Any], silent: int | None = None) -> int | None:
        """What a script answers (``silent`` where it answers nothing), or None when Redis is away."""
        away, answer = object(), None
        answer = self._asking(lambda redis: redis.eval(script, len(keys), *keys, *arguments), away)
        return None if answer is away else silent if answer is None else answer

    def _asking(self, question: Callable[[Redis], Any], away: Any = None) -> Any:
        if time.monotonic() < self.away_until:
            return away
        try:
            return question(self.connect())
        except (RedisError, OSError) as error:
            self.away_until = time.monotonic() + AWAY
            log.warning("Redis is away (%s): this process is polite to hosts on its own.", type(error).__name__)
            return away


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
