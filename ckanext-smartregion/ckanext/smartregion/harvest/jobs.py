"""What the workers execute."""

from __future__ import annotations

import logging

from ckanext.smartregion.harvest.engine import running

log = logging.getLogger(__name__)


def execute(run_id: str) -> None:
    """Execute one queued run; safe to deliver twice."""
    try:
        running.run(run_id)
    except running.BusyError as busy:
        log.info("Source %s is being run already.", busy)
