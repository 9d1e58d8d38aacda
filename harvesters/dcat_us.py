"""`dcat_us`: a data.json of Project Open Data 1.1 (DCAT-US), as ArcGIS Hub and statistical offices serve it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from ckanext.smartregion.fetch import FetchError
from ckanext.smartregion.harvest.conversation import Conversation
from ckanext.smartregion.harvest.mapping.dcat_us import draft, remote_id
from ckanext.smartregion.harvest.mapping.plain_values import text
from ckanext.smartregion.harvest.options import COMMON
from ckanext.smartregion.harvest.reading.json_answers import page_json
from ckanext.smartregion.harvest.records import Candidate, Cursor, ListingError, Page, Record, Source
from ckanext.smartregion.harvest.rules import normalise
from ckanext.smartregion.harvest.sentences import say

# Where the file is when only the portal was named: as the standard wants it, and as ArcGIS Hub has it.
WELL_KNOWN = ("/data.json", "/api/feed/dcat-us/1.1.json")


class DcatUs:
    """Reads one file with all datasets in it; the list under `dataset`, or the file itself where it is a list."""

    kind = "dcat_us"
    title = {
        "fr": "Fichier data.json (DCAT-US)",
        "nl": "Bestand data.json (DCAT-US)",
        "de": "Datei data.json (DCAT-US)",
        "en": "data.json file (DCAT-US)",
    }
    options = COMMON

    newest_first = False

    def list(self, source: Source, ask: Conversation, cursor: Cursor | None) -> Page:
        """All datasets: the format knows no pages."""
        address, found = _found(source, ask)
        datasets = found.get("dataset") if isinstance(found, dict) else found
        if not isinstance(datasets, list):
            raise ListingError(say("unreadable", url=address, reason="no list of datasets under “dataset”"))
        return Page(tuple(_record(item, address, number) for number, item in enumerate(datasets)))

    def map(self, record: Record, source: Source) -> Candidate:
        """One dataset of the file as a candidate."""
        return normalise(draft(record.payload), source, record.changes)


def _found(source: Source, ask: Conversation) -> tuple[str, Any]:
    """The file and where it was found."""
    parts = urlsplit(source.url)
    portal = f"{parts.scheme}://{parts.netloc}"
    addresses = [source.url] if parts.path.strip("/") else [portal + path for path in WELL_KNOWN]
    for address in addresses[:-1]:
        try:
            return address, page_json(ask, address)
        except FetchError as error:
            if error.status not in (404, 410):
                raise
    return addresses[-1], page_json(ask, addresses[-1])


def _record(item: Any, address: str, number: int) -> Record:
    """A dataset under its identifier; without any it could not be told from the others the next time."""
    name = remote_id(item) if isinstance(item, dict) else ""
    if not name:
        problem = say("record-without", field="identifier")
        return Record(f"{address}#broken-{number}", address=address, problem=problem)
    return Record(name, item, address=text(item.get("landingPage")) or address)
