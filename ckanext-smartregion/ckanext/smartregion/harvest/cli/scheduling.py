"""`ckan smartregion scheduler ...`: what is due is queued."""

from __future__ import annotations

import logging
import time

import click

from ckan import model as ckan_model

from ckanext.smartregion import config
from ckanext.smartregion.harvest import model
from ckanext.smartregion.harvest.engine import ticking

log = logging.getLogger(__name__)


@click.group()
def scheduler() -> None:
    """The scheduler: it starts every source that is due."""


@scheduler.command("run")
@click.option("--once", is_flag=True, help="Look once and end.")
def scheduler_run(once: bool) -> None:
    """Look every few seconds for sources that are due and queue them; two schedulers never start one twice."""
    while True:
        try:
            for name in ticking.tick():
                click.echo(f"{model.now():%Y-%m-%d %H:%M:%S} {name} is queued")
        except Exception:
            # A database or Redis that restarts must not end the scheduler; the next look finds them again.
            log.exception("The scheduler could not look for due sources")
        finally:
            ckan_model.Session.remove()
        if once:
            return
        time.sleep(config.harvest_poll())
