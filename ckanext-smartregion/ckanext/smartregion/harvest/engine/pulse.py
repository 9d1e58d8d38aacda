"""A run's sign of life: it says that it lives, hears that it is cancelled, and knows when to let others have a turn."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import sqlalchemy as sa

from ckan import model as ckan_model

from ckanext.smartregion.harvest import model

HEARTBEAT = 5.0
TELLING = 1.0
Told = Callable[[str, dict[str, int]], None]


class CancelledError(Exception):
    """A person has cancelled the run."""


def silent(stage: str, counts: dict[str, int]) -> None:
    """Tell nobody."""


@dataclass
class Pulse:
    """Beside the transaction at hand; `turn` is how many seconds a run may work while others wait, None for any."""

    run_id: str
    told: Told = silent
    turn: float | None = None
    others_wait: Callable[[], bool] = lambda: False
    check: Callable[[], None] = lambda: None
    began: float = field(default_factory=time.monotonic)
    last: float = field(default_factory=time.monotonic)
    spoke: float = 0.0

    def tell(self, stage: str, counts: Callable[[], dict[str, int]]) -> None:
        """Say how far the run is, at most once a second; where nobody listens nothing is counted."""
        if self.told is silent or time.monotonic() - self.spoke < TELLING:
            return
        self.told(stage, counts())
        self.spoke = time.monotonic()

    def beat(self) -> None:
        """Say now and then that the run is alive; raises CancelledError where it should not be.

        What `check` raises says that it is not ours any more.
        """
        if time.monotonic() - self.last < HEARTBEAT:
            return
        self.last = time.monotonic()
        self.check()
        table = model.Run
        change = sa.update(table).where(table.id == self.run_id).values(heartbeat=model.now())
        with ckan_model.ensure_engine().begin() as connection:
            cancelled = connection.execute(change.returning(table.cancelled)).scalar()
        if cancelled:
            raise CancelledError(self.run_id)

    def over(self) -> bool:
        """Whether the run has had its turn and others wait for theirs."""
        return self.turn is not None and time.monotonic() - self.began > self.turn and self.others_wait()
