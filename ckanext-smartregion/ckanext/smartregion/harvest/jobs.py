"""What the workers execute."""

from __future__ import annotations

import logging

from ckanext.smartregion import config
from ckanext.smartregion.harvest.engine import running, trials

log = logging.getLogger(__name__)


def execute(run_id: str) -> None:
    """Execute one queued run for one turn; safe to deliver twice, and to several workers at once."""
    try:
        running.run(run_id, turn=config.harvest_turn())
    except running.BusyError as busy:
        log.info("Source %s is being run already.", busy)


def try_out(trial_id: str) -> None:
    """Make one preview or probe for which a page waits; safe to deliver twice."""
    trials.carry_out(trial_id)
