"""What the workers execute."""

from __future__ import annotations

import logging

from ckanext.smartregion import config
from ckanext.smartregion.harvest.engine import running

log = logging.getLogger(__name__)


def execute(run_id: str) -> None:
    """Execute one queued run for one turn; safe to deliver twice, and to several workers at once."""
    try:
        running.run(run_id, turn=config.harvest_turn())
    except running.BusyError as busy:
        log.info("Source %s is being run already.", busy)
