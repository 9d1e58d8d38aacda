"""`gbfs`: a GBFS feed of shared vehicles, 1.x to 3.0, as one dataset with a resource per file."""

from __future__ import annotations

from ckanext.smartregion.fetch import FetchError
from ckanext.smartregion.harvest.conversation import Conversation
from ckanext.smartregion.harvest.mapping import gbfs as gbfs_mapping
from ckanext.smartregion.harvest.mapping.mobility import OPTIONS, finished, licences
from ckanext.smartregion.harvest.options import COMMON
from ckanext.smartregion.harvest.reading.gbfs_files import INFORMATION, ShapeError, State, discovered, learned
from ckanext.smartregion.harvest.reading.json_answers import page_json
from ckanext.smartregion.harvest.records import Candidate, Cursor, ListingError, Page, Record, Source
from ckanext.smartregion.harvest.sentences import say


class Gbfs:
    """Reads gbfs.json, then one file per page of the listing: what has not changed is not read again."""

    kind = "gbfs"
    title = {
        "fr": "Véhicules partagés GBFS",
        "nl": "GBFS-deelvoertuigen",
        "de": "GBFS-Sharing-Fahrzeuge",
        "en": "GBFS shared vehicles",
    }
    options = (*COMMON, *OPTIONS)
    newest_first = False

    def list(self, source: Source, ask: Conversation, cursor: Cursor | None) -> Page:
        """One file; the cursor carries what the files before it said, the last one brings the record."""
        state = _next(ask, cursor) if cursor else _first(source, ask)
        if state["todo"]:
            return Page(next=state, gathering=True)
        name = str(state["service"].get("system_id") or source.url)
        return Page((Record(name, state, address=source.url),))

    def map(self, record: Record, source: Source) -> Candidate:
        """What the files say of the service as a candidate."""
        service = record.payload["service"]
        stated, told = licences(source, (service.get("license_id", ""), service.get("license_url", "")))
        found = gbfs_mapping.draft(record.payload, source.url) | {"license": stated}
        return finished(found, source, record.changes, (*gbfs_mapping.findings(record.payload), *told))


def _first(source: Source, ask: Conversation) -> State:
    try:
        return discovered(page_json(ask, source.url), source.url, str(source.options.get("language") or "fr"))
    except ShapeError as error:
        raise ListingError(say("gbfs-none", url=source.url, reason=str(error))) from error


def _next(ask: Conversation, state: State) -> State:
    """One more file; without a description of the service there is no dataset, any other file may be missing."""
    (name, url, tongue), *todo = state["todo"]
    state = state | {"todo": todo}
    try:
        return learned(state, name, page_json(ask, url), tongue)
    except ShapeError as error:
        if name == INFORMATION and "service" not in state:
            raise ListingError(say("gbfs-information", url=url, reason=str(error))) from error
    except (FetchError, ListingError):
        if name == INFORMATION and "service" not in state:
            raise
    return state | {"broken": [*state["broken"], name]}
