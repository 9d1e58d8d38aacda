"""How hosts are shared: a pause between calls, few conversations at once, and peace when a host asks for it.

A *seat* is ``host:port``, a *slot* one conversation with it. `Alone` holds this inside one process; workers on several
machines share another implementation of the same protocol.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Protocol

from ckanext.smartregion.fetch.policy import Policy

FULL = 0.1  # seconds until a host that has enough conversations is looked at again


class Manners(Protocol):
    """What a client asks before it calls; no method ever raises for want of what it is built on."""

    def ask(self, seat: str, slot: str, policy: Policy) -> float:
        """0 when the host may be called, and the slot is then taken; else the seconds after which to ask again."""
        ...

    def renew(self, seat: str, slot: str, policy: Policy) -> None:
        """Say that the holder of a slot is alive and still talking."""
        ...

    def leave(self, seat: str, slot: str) -> None:
        """Give a slot back."""
        ...

    def rest(self, seat: str, seconds: float) -> None:
        """Leave a host in peace for so long; a longer rest that was agreed before stays."""
        ...


@dataclass
class _Seat:
    due: float = 0
    rested: float = 0
    slots: dict[str, float] = field(default_factory=dict)


@dataclass
class Alone:
    """Manners of one process; its threads share them."""

    _seats: dict[str, _Seat] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def ask(self, seat: str, slot: str, policy: Policy) -> float:
        """See `Manners`."""
        with self._lock:
            state, now = self._seats.setdefault(seat, _Seat()), time.monotonic()
            if state.rested > now:
                return state.rested - now
            state.slots = {held: ends for held, ends in state.slots.items() if ends > now}
            if len(state.slots) >= policy.at_once:
                return FULL
            if state.due > now:
                return state.due - now
            state.due = now + policy.pause
            state.slots[slot] = now + policy.lease
            return 0

    def renew(self, seat: str, slot: str, policy: Policy) -> None:
        """See `Manners`."""
        with self._lock:
            self._seats.setdefault(seat, _Seat()).slots[slot] = time.monotonic() + policy.lease

    def leave(self, seat: str, slot: str) -> None:
        """See `Manners`."""
        with self._lock:
            if seat in self._seats:
                self._seats[seat].slots.pop(slot, None)

    def rest(self, seat: str, seconds: float) -> None:
        """See `Manners`."""
        with self._lock:
            state = self._seats.setdefault(seat, _Seat())
            state.rested = max(state.rested, time.monotonic() + seconds)
