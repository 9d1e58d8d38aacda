"""Watch a conversation from beside it: cut what drips or overruns, and keep its slot alive."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ckanext.smartregion.fetch.connection import PinnedConnection

LOOK = 0.25  # seconds between two looks


@dataclass
class Pace:
    """How fast an answer comes in: in each stretch of `patience` seconds it must bring `slowest` bytes a second.

    The clock runs from the first byte of the answer; it stands still while the far end prepares the body.
    """

    patience: float
    slowest: int
    since: float | None = None
    paused: float | None = None
    received: int = 0

    def heard(self, size: int, now: float) -> None:
        """Bytes came in."""
        if self.since is None:
            self.since = now
        elif self.paused is not None:
            self.since += now - self.paused
        self.paused = None
        self.received += size

    def pause(self, now: float) -> None:
        """The headers are complete; what follows may take its time to begin."""
        self.paused = now

    def too_slow(self, now: float) -> bool:
        """Whether the stretch that ends now brought too little; a stretch that brought enough begins a new one."""
        since = self.since
        if since is None or self.paused is not None or now - since < self.patience:
            return False
        if self.received < self.patience * self.slowest:
            return True
        self.since, self.received = now, 0
        return False


@contextmanager
def watching(connection: PinnedConnection, seconds: float, renew: Callable[[], None]) -> Iterator[None]:
    """Cut the connection at the deadline or when it drips: a time-out per read never ends a sender of single bytes."""
    done = threading.Event()
    arguments = (connection, time.monotonic() + seconds, renew, done)
    threading.Thread(target=_watch, args=arguments, daemon=True).start()
    try:
        yield
    finally:
        done.set()
        connection.close()


def _watch(connection: PinnedConnection, deadline: float, renew: Callable[[], None], done: threading.Event) -> None:
    renewed = time.monotonic()
    while not done.wait(min(LOOK, max(0.0, deadline - time.monotonic()))):
        now = time.monotonic()
        if now >= deadline:
            return connection.cut("timeout")
        if connection.pace.too_slow(now):
            return connection.cut("slow")
        if now - renewed > connection.policy.lease / 3:
            renew()
            renewed = now
    return None
