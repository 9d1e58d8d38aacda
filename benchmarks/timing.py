"""Measures two ways of doing the same thing in turn, so that whatever else the machine does hits both alike."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Contender:
    """One way of doing it: its name, the seconds of each round, and those of the processor in all of them."""

    name: str
    act: Callable[[], object]
    processor: Callable[[], float] = time.process_time
    seconds: list[float] = field(default_factory=list)
    effort: float = 0.0

    @property
    def median(self) -> float:
        """The middle of its rounds."""
        return statistics.median(self.seconds)

    def round(self) -> None:
        """Do it once more and note how long it took."""
        gc.collect()  # what the other has left behind is nobody's time
        start, before = time.perf_counter(), self.processor()
        self.act()
        self.seconds.append(time.perf_counter() - start)
        self.effort += self.processor() - before


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
    if ours.effort and peer.effort:
        effort = f"{ours.effort / rounds:.3f} and {peer.effort / rounds:.3f} s"
        print(f"{'ratio in seconds of the processor':<44} {peer.effort / ours.effort:8.2f}   ({effort})", flush=True)
    return ratio
