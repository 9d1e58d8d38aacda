"""Measures two ways of doing the same thing in turn, so that whatever else the machine does hits both alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Contender:
    """One way of doing it: its name and the seconds of each round."""

    name: str
    act: Callable[[], object]
    seconds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """The middle of its rounds."""
        return statistics.median(self.seconds)

    def round(self) -> None:
        """Do it once more and note how long it took."""
        start = time.perf_counter()
        self.act()
        self.seconds.append(time.perf_counter() - start)


def compare(ours: Contender, peer: Contender, *, items: int, unit: str, rounds: int) -> float:
    """Run both in turn, print seconds, speed and ratio, and return how many times faster ours is."""
    for _ in range(rounds):
        ours.round()
        peer.round()
    for contender in (ours, peer):
        rest = ", ".join(f"{seconds:.2f}" for seconds in contender.seconds)
        print(f"{contender.name:<44} {contender.median:8.2f} s {items / contender.median:10.0f} {unit}/s   ({rest})")
    ratio = peer.median / ours.median
    print(f"{'ratio (above 1: ours is faster)':<44} {ratio:8.2f}", flush=True)
    return ratio
