"""How far a fetch may go: times, sizes, attempts, and which private addresses are let through."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Policy:
    """The limits of a client; times in seconds, sizes in bytes."""

    agent: str = "smartregion/0.1"
    connect: float = 10
    read: float = 30
    total: float = 300
    patience: float = 15
    slowest: int = 64
    max_bytes: int = 50 * 1024 * 1024
    redirects: int = 5
    attempts: int = 3
    back_off: float = 0.5
    longest_wait: float = 30
    pause: float = 0
    allow_private: tuple[str, ...] = ()
