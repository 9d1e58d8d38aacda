"""List a source in a test as the engine does."""

from __future__ import annotations

from ckanext.smartregion.fetch import Client
from ckanext.smartregion.harvest.records import Record, Source
from ckanext.smartregion.harvest.walking import Walk
from ckanext.smartregion.harvesters import harvester


def records(source: Source, client: Client) -> list[Record]:
    """Every record of a source, or the error that breaks the list off."""
    return [record for page in Walk(harvester(source.kind), source, client).pages() for record in page.fresh]
