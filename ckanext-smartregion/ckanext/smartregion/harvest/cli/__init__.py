"""`ckan smartregion source|run|record|scheduler ...`: what the pages do, from the command line."""

from ckanext.smartregion.harvest.cli.records import record
from ckanext.smartregion.harvest.cli.runs import run
from ckanext.smartregion.harvest.cli.scheduling import scheduler
from ckanext.smartregion.harvest.cli.sources import source

__all__ = ["record", "run", "scheduler", "source"]
