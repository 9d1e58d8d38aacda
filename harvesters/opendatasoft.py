"""`opendatasoft`: the catalogue of an Opendatasoft portal by its Explore API 2.1, or 1.0 where that is all there is."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

from ckanext.smartregion.fetch import FetchError
from ckanext.smartregion.harvest.conversation import Conversation
from ckanext.smartregion.harvest.json_answers import page_json
from ckanext.smartregion.harvest.opendatasoft_mapping import draft, from_version_1
from ckanext.smartregion.harvest.options import COMMON
from ckanext.smartregion.harvest.records import Candidate, Cursor, ListingError, Option, Page, Record, Source
from ckanext.smartregion.harvest.rules import normalise
from ckanext.smartregion.harvest.sentences import say

VERSION_2 = "/api/explore/v2.1/catalog/datasets"
VERSION_1 = "/api/datasets/1.0/search"
PAGE = 100
# The platform refuses offset + limit beyond this.
MOST = 10_000


class Opendatasoft:
    """Lists by limit and offset; each dataset brings its data files as links to the exports."""

    kind = "opendatasoft"
    title = {
        "fr": "Portail Opendatasoft",
        "nl": "Opendatasoft-portaal",
        "de": "Opendatasoft-Portal",
        "en": "Opendatasoft portal",
    }
    options = (
        *COMMON,
        Option(
            "refine",
            {
                "fr": "Filtre par facette, par exemple publisher:Ville de Namur",
                "nl": "Filter per facet, bijvoorbeeld publisher:Ville de Namur",
                "de": "Filter nach Facette, zum Beispiel publisher:Ville de Namur",
                "en": "Filter by facet, for example publisher:Ville de Namur",
            },
        ),
    )

    newest_first = False

    def list(self, source: Source, ask: Conversation, cursor: Cursor | None) -> Page:
        """One page of the portal, in the version of the API that it speaks."""
        offset, version = int((cursor or {}).get("offset", 0)), (cursor or {}).get("version", "2.1")
        try:
            answer = VERSIONS[version](source, ask, offset)
        except FetchError as error:
            if error.status not in (404, 410) or version == "1.0" or offset:
                raise
            version = "1.0"
            answer = VERSIONS[version](source, ask, offset)
        if answer["total"] > MOST:
            raise ListingError(say("too-many-records", total=answer["total"], limit=MOST))
        records = tuple(_record(item, _base(source), offset + number) for number, item in enumerate(answer["items"]))
        following = offset + PAGE
        more = bool(records) and following < answer["total"]
        return Page(records, {"offset": following, "version": version} if more else None, answer["total"])

    def map(self, record: Record, source: Source) -> Candidate:
        """The metadata blocks of one dataset as a candidate."""
        return normalise(draft(record.payload, _base(source)), source, record.changes)


def _two(source: Source, ask: Conversation, offset: int) -> dict[str, Any]:
    query = {"limit": PAGE, "offset": offset, "refine": source.options.get("refine")}
    address = f"{_base(source)}{VERSION_2}?{_encoded(query)}"
    return _shape(page_json(ask, address), address, "total_count", "results")


def _one(source: Source, ask: Conversation, offset: int) -> dict[str, Any]:
    facet, _, value = str(source.options.get("refine") or "").partition(":")
    query = {"rows": PAGE, "start": offset, f"refine.{facet}": value}
    address = f"{_base(source)}{VERSION_1}?{_encoded(query)}"
    answer = _shape(page_json(ask, address), address, "nhits", "datasets")
    return answer | {"items": [from_version_1(item) for item in answer["items"]]}


VERSIONS = {"2.1": _two, "1.0": _one}


def _shape(found: Any, address: str, total: str, items: str) -> dict[str, Any]:
    """The two facts of a page; anything else that is valid JSON is not a catalogue."""
    if not isinstance(found, dict) or not isinstance(found.get(items), list) or not isinstance(found.get(total), int):
        raise ListingError(say("unreadable", url=address, reason=f"no {total} and {items}"))
    return {"total": found[total], "items": found[items]}


def _record(item: Any, base: str, number: int) -> Record:
    """An item with the identifier that survives a renamed address, where the portal gives one."""
    if not isinstance(item, dict) or not item.get("dataset_id"):
        name = f"{base}#broken-{number}"
        return Record(name, address=base, problem=say("broken-record", reason="no dataset_id"))
    slug = str(item["dataset_id"])
    if not isinstance(item.get("metas"), dict):
        name = str(item.get("dataset_uid") or slug)
        return Record(name, item, address=base, problem=say("broken-record", reason="no metas"))
    return Record(str(item.get("dataset_uid") or slug), item, address=f"{base}/explore/dataset/{slug}/")


def _base(source: Source) -> str:
    """The portal's own address, whichever of its pages or interfaces was given."""
    parts = urlsplit(source.url)
    path = parts.path.split("/api/")[0].split("/explore")[0].rstrip("/")
    return f"{parts.scheme}://{parts.netloc}{path}"


def _encoded(query: dict[str, Any]) -> str:
    return urlencode({name: value for name, value in query.items() if value not in (None, "")})
