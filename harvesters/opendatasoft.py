"""`opendatasoft`: the catalogue of an Opendatasoft portal by its Explore API 2.1, or 1.0 where that is all there is."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode, urlsplit

from ckanext.smartregion.fetch import FetchError
from ckanext.smartregion.harvest.conversation import Conversation
from ckanext.smartregion.harvest.mapping.opendatasoft import draft, from_version_1, slugs
from ckanext.smartregion.harvest.options import COMMON
from ckanext.smartregion.harvest.reading import rdf
from ckanext.smartregion.harvest.reading.json_answers import ACCEPT, array_items, page_json
from ckanext.smartregion.harvest.records import Candidate, Cursor, ListingError, Option, Page, Record, Source
from ckanext.smartregion.harvest.rules import normalise
from ckanext.smartregion.harvest.sentences import say

CATALOGUE = "/api/explore/v2.1/catalog"
VERSION_1 = "/api/datasets/1.0/search"
PAGE = 100
# The platform refuses offset + limit beyond this; its exports know no such bound.
MOST = 10_000
MOST_EXPORT_BYTES = 250 * 1024 * 1024
# Without a stable order a dataset may stand on two pages, and another on none.
ORDER = "dataset_id"


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
        Option(
            "dcat_export",
            {
                "fr": "Compléter par l’export DCAT ce que le JSON ne dit pas : yes ou no",
                "nl": "Met de DCAT-export aanvullen wat de JSON niet zegt: yes of no",
                "de": "Durch den DCAT-Export ergänzen, was das JSON nicht sagt: yes oder no",
                "en": "Complete by the DCAT export what the JSON does not say: yes or no",
            },
            default="no",
            choices=("yes", "no"),
        ),
    )

    newest_first = False

    def list(self, source: Source, ask: Conversation, cursor: Cursor | None) -> Page:
        """One page of the portal in the version of the API that it speaks, or the export where pages do not reach."""
        at = cursor or {}
        if at.get("export"):
            return _export(source, ask, at)
        try:
            return VERSIONS[at.get("version", "2.1")](source, ask, at)
        except FetchError as error:
            if error.status not in (404, 410) or at:
                raise
            return _one(source, ask, at)

    def map(self, record: Record, source: Source) -> Candidate:
        """The metadata blocks of one dataset as a candidate."""
        return normalise(draft(record.payload, _base(source)), source, record.changes)


def _two(source: Source, ask: Conversation, at: Cursor) -> Page:
    """A page of API 2.1; beyond what pages reach, only the way to the export."""
    offset, order = int(at.get("offset", 0)), str(at.get("order", ORDER))
    try:
        answer = _asked(source, ask, offset, order)
    except FetchError as error:
        if error.status != 400:
            raise
        if at or not order:
            raise ListingError(say("question-refused", url=_base(source), reason="status 400")) from error
        return _two(source, ask, {"order": ""})
    if answer["total"] > MOST:
        return Page(next={"export": True, "order": order}, total=answer["total"], gathering=True)
    items = answer["items"]
    if items and source.options.get("dcat_export") == "yes":
        items = list(_completed(items, _trees(source, ask, offset, order)))
    following = {"offset": offset + PAGE, "version": "2.1", **({} if order == ORDER else {"order": order})}
    more = bool(items) and offset + PAGE < answer["total"]
    return Page(_records(items, source, offset), following if more else None, answer["total"], ordered=bool(order))


def _asked(source: Source, ask: Conversation, offset: int, order: str) -> dict[str, Any]:
    query = {"limit": PAGE, "offset": offset, "order_by": order, "refine": source.options.get("refine")}
    address = f"{_base(source)}{CATALOGUE}/datasets?{_encoded(query)}"
    return _shape(page_json(ask, address), address, "total_count", "results")


def _one(source: Source, ask: Conversation, at: Cursor) -> Page:
    """A page of API 1.0, which has no export to go on with."""
    offset = int(at.get("offset", 0))
    facet, _, value = str(source.options.get("refine") or "").partition(":")
    query = {"rows": PAGE, "start": offset, f"refine.{facet}": value}
    address = f"{_base(source)}{VERSION_1}?{_encoded(query)}"
    answer = _shape(page_json(ask, address), address, "nhits", "datasets")
    if answer["total"] > MOST:
        raise ListingError(say("too-many-records", total=answer["total"], limit=MOST))
    items = [from_version_1(item) for item in answer["items"]]
    more = bool(items) and offset + PAGE < answer["total"]
    following = {"offset": offset + PAGE, "version": "1.0"} if more else None
    return Page(_records(items, source, offset), following, answer["total"])


VERSIONS = {"2.1": _two, "1.0": _one}


def _export(source: Source, ask: Conversation, at: Cursor) -> Page:
    """The whole catalogue in one file, read item by item; what describes the columns is dropped, it is most of it."""
    query = {"order_by": at.get("order"), "refine": source.options.get("refine")}
    address = f"{_base(source)}{CATALOGUE}/exports/json?{_encoded(query)}"
    with TemporaryDirectory() as folder:
        file = Path(folder) / "catalogue.json"
        ask.download(address, file, accept=ACCEPT, max_bytes=MOST_EXPORT_BYTES)
        return Page(_records(map(_without_columns, array_items(file, address)), source, 0))


def _without_columns(item: Any) -> Any:
    return {key: value for key, value in item.items() if key != "fields"} if isinstance(item, dict) else item


def _trees(source: Source, ask: Conversation, offset: int, order: str) -> dict[str, Any]:
    """What the DCAT export says of the datasets of a page, by each name they have; no list of files, for we have it."""
    query = {"limit": PAGE, "offset": offset, "order_by": order, "refine": source.options.get("refine")}
    query |= {"include_exports": "csv", "lang": source.options.get("language") or "fr"}
    address = f"{_base(source)}{CATALOGUE}/exports/dcat?{_encoded(query)}"
    answer = ask.get(address, accept="application/rdf+xml")
    page = rdf.read(answer.body, answer.headers.get("content-type", ""), address)
    bare = [{key: value for key, value in tree.items() if key != "dcat:distribution"} for tree in page.datasets]
    return {slug: tree for tree in bare for slug in slugs(tree)}


def _completed(items: Iterable[Any], trees: dict[str, Any]) -> Iterable[Any]:
    for item in items:
        tree = trees.get(str(item.get("dataset_id")).partition("@")[0]) if isinstance(item, dict) else None
        yield {**item, "dcat_export": tree} if tree else item


def _shape(found: Any, address: str, total: str, items: str) -> dict[str, Any]:
    """The two facts of a page; anything else that is valid JSON is not a catalogue."""
    if not isinstance(found, dict) or not isinstance(found.get(items), list) or not isinstance(found.get(total), int):
        raise ListingError(say("unreadable", url=address, reason=f"no {total} and {items}"))
    return {"total": found[total], "items": found[items]}


def _records(items: Iterable[Any], source: Source, offset: int) -> tuple[Record, ...]:
    base = _base(source)
    return tuple(_record(item, base, offset + number) for number, item in enumerate(items))


def _record(item: Any, base: str, number: int) -> Record:
    """An item with the identifier that survives a renamed address, where the portal gives one."""
    if not isinstance(item, dict) or not item.get("dataset_id"):
        name = f"{base}#broken-{number}"
        return Record(name, address=base, problem=say("record-without", field="dataset_id"))
    slug = str(item["dataset_id"])
    if not isinstance(item.get("metas"), dict):
        name = str(item.get("dataset_uid") or slug)
        return Record(name, item, address=base, problem=say("record-without", field="metas"))
    return Record(str(item.get("dataset_uid") or slug), item, address=f"{base}/explore/dataset/{slug}/")


def _base(source: Source) -> str:
    """The portal's own address, whichever of its pages or interfaces was given."""
    parts = urlsplit(source.url)
    path = parts.path.split("/api/")[0].split("/explore")[0].rstrip("/")
    return f"{parts.scheme}://{parts.netloc}{path}"


def _encoded(query: dict[str, Any]) -> str:
    return urlencode({name: value for name, value in query.items() if value not in (None, "")})
