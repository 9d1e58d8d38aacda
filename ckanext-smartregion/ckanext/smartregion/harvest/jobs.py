"""What the workers execute."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from ckanext.smartregion import config
from ckanext.smartregion.harvest.engine import running, trials

log = logging.getLogger(__name__)

# So many new objects more than by default before Python looks for those that refer to each other and to nothing else.
LESS_OFTEN = 20


def execute(run_id: str) -> None:
    """Execute one queued run for one turn; safe to deliver twice, and to several workers at once."""
    try:
        with _seldom_swept():
            running.run(run_id, turn=config.harvest_turn())
    except running.BusyError as busy:
        log.info("Source %s is being run already.", busy)


@contextmanager
def _seldom_swept() -> Iterator[None]:
    """Whole batches of datasets come and go: looking through all that the portal has loaded for each is in vain."""
    often = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(LESS_OFTEN * often[0], *often[1:])
    try:
        yield
    finally:
        gc.set_threshold(*often)
        gc.unfreeze()


def try_out(trial_id: str) -> None:
    """Make one preview or probe for which a page waits; safe to deliver twice."""
    trials.carry_out(trial_id)
