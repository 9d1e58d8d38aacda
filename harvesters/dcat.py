"""`dcat`: a catalogue in RDF of any serialisation, one file or paged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from ckanext.smartregion.harvest.conversation import Conversation
from ckanext.smartregion.harvest.mapping.dcat import Tree, draft, level, remote_id
from ckanext.smartregion.harvest.mapping.services import SERVICES, is_left_out
from ckanext.smartregion.harvest.options import COMMON
from ckanext.smartregion.harvest.reading import rdf
from ckanext.smartregion.harvest.records import Candidate, Cursor, Option, Page, Record, Source
from ckanext.smartregion.harvest.rules import normalise
from ckanext.smartregion.harvest.sentences import say

ACCEPT = "text/turtle, application/rdf+xml;q=0.9, application/ld+json;q=0.8, */*;q=0.1"


class Dcat:
    """Reads DCAT by content; follows Hydra links of both vocabularies, or counts `?page=n`."""

    kind = "dcat"
    title = {
        "fr": "Catalogue DCAT (RDF)",
        "nl": "DCAT-catalogus (RDF)",
        "de": "DCAT-Katalog (RDF)",
        "en": "DCAT catalogue (RDF)",
    }
    options = (
        *COMMON,
        Option(
            "paging",
            {
                "fr": "Pages : auto (liens Hydra), pages (?page=n) ou none (un seul fichier)",
                "nl": "Pagina’s: auto (Hydra-links), pages (?page=n) of none (één bestand)",
                "de": "Seiten: auto (Hydra-Links), pages (?page=n) oder none (eine Datei)",
                "en": "Pages: auto (Hydra links), pages (?page=n) or none (one file)",
            },
            default="auto",
            choices=("auto", "pages", "none"),
        ),
        SERVICES,
    )

    newest_first = False

    def list(self, source: Source, ask: Conversation, cursor: Cursor | None) -> Page:
        """The datasets of one page, and where the next one is."""
        counted = source.options.get("paging") == "pages"
        address = str((cursor or {}).get("url") or (_page(source.url, 1) if counted else source.url))
        page = _read(address, ask)
        return Page(
            tuple(_records(source, page, address)),
            next=self._next(source, page, address, cursor),
            total=page.total,
            open_ended=counted,
        )

    def map(self, record: Record, source: Source) -> Candidate:
        """One dataset's tree as a candidate."""
        mapped, changes = draft(record.payload)
        return normalise(mapped, source, (*record.changes, *changes))

    def _next(self, source: Source, page: rdf.Page, address: str, cursor: Cursor | None) -> Cursor | None:
        """The next page: the one after, where pages are counted; the one that the far end links to otherwise."""
        paging = source.options.get("paging", "auto")
        if paging == "pages" and (page.datasets or page.services):
            number = int((cursor or {}).get("page", 1)) + 1
            return {"page": number, "url": _page(source.url, number)}
        if paging != "auto" or not page.next:
            return None
        return {"url": urljoin(address, page.next)}


def _read(address: str, ask: Conversation) -> rdf.Page:
    answer = ask.page(address, accept=ACCEPT)
    return rdf.read(answer.body, answer.headers.get("content-type", ""), answer.url)


def _records(source: Source, page: rdf.Page, address: str) -> Iterator[Record]:
    attached, alone = _services(page)
    for number, tree in enumerate([*page.datasets, *alone]):
        if is_left_out(source, level(tree)):
            continue
        payload: dict[str, Any] = {**tree, "catalogue:language": page.languages}
        if served := attached.get(tree.get("@id", "")):
            payload["catalogue:services"] = served
        yield Record(remote_id(tree) or f"{address}#{number}", payload, address=address, changes=page.changes)
    for number, broken in enumerate(page.broken):
        name = broken["id"] or f"{address}#broken-{number}"
        yield Record(name, address=address, problem=say("broken-record", reason=broken["reason"]))


def _services(page: rdf.Page) -> tuple[dict[str, list[Tree]], list[Tree]]:
    """The services of a page by the dataset of the page that they serve, and those that serve none of it."""
    here = {tree["@id"] for tree in page.datasets if "@id" in tree}
    attached: dict[str, list[Tree]] = {}
    alone = []
    for service in page.services:
        served = [each["@id"] for each in service.get("dcat:servesDataset", []) if each.get("@id") in here]
        for dataset in served:
            attached.setdefault(dataset, []).append(service)
        alone += [] if served else [service]
    return attached, alone


def _page(url: str, number: int) -> str:
    parts = urlsplit(url)
    query = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if key != "page"]
    return urlunsplit(parts._replace(query=urlencode([*query, ("page", str(number))])))
