"""How far a fetch may go: times, sizes, attempts, manners, and which private addresses are let through."""

from __future__ import annotations

from dataclasses import dataclass

from ckanext.smartregion.fetch.rests import Quiet


@dataclass(frozen=True)
class Policy:
    """The limits of a client; times in seconds, sizes in bytes.

    ``connect`` bounds the look-up of a name, and once more the connection to what it gives.
    ``patience`` and ``slowest`` cut a drip: in each stretch of `patience` seconds an answer must bring `slowest` bytes
    a second. ``persistence`` is the talking time after which nothing is tried again at once. ``at_once`` conversations
    may be under way with one host, each on a ``lease`` that ends by itself when its holder dies. ``longest_wait`` is
    what a call waits for its turn or for the far end; what takes longer is raised as "resting".
    ``unprotected`` lets a redirect lead from https to http where no credentials are at stake: what comes may have been
    changed on its way, so who opens it tells of it (`Response.unprotected`).
    """

    agent: str = "smartregion/0.1"
    connect: float = 10
    read: float = 30
    total: float = 300
    patience: float = 10
    slowest: int = 1024
    max_bytes: int = 50 * 1024 * 1024
    redirects: int = 5
    attempts: int = 3
    persistence: float = 15
    back_off: float = 0.5
    longest_wait: float = 30
    pause: float = 0
    at_once: int = 2
    lease: float = 15
    quiet: tuple[Quiet, ...] = ()
    allow_private: tuple[str, ...] = ()
    unprotected: bool = False
