"""`dcat`: a catalogue in RDF of any serialisation, one file or paged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from ckanext.smartregion.fetch import Client
from ckanext.smartregion.harvest import rdf
from ckanext.smartregion.harvest.dcat_mapping import draft, remote_id
from ckanext.smartregion.harvest.options import COMMON
from ckanext.smartregion.harvest.records import Candidate, ListingError, Option, Record, Source
from ckanext.smartregion.harvest.rules import normalise
from ckanext.smartregion.harvest.sentences import say

ACCEPT = "text/turtle, application/rdf+xml;q=0.9, application/ld+json;q=0.8, */*;q=0.1"
MOST_PAGES = 1000


class Dcat:
    """Reads DCAT by content, follows Hydra links of both vocabularies or counts `?page=n`, and knows when to stop."""

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
        ),
    )

    def list(self, source: Source, client: Client) -> Iterator[Record]:
        """Every dataset of every page, once."""
        counted = source.options.get("paging") == "pages"
        seen: set[str] = set()
        announced = None
        address: str | None = _page(source.url, 1) if counted else source.url
        visited: set[str] = set()
        while address:
            if len(visited) >= MOST_PAGES:
                raise ListingError(say("too-many-pages", limit=MOST_PAGES))
            visited.add(address)
            page = _read(address, client)
            announced = page.total if page.total is not None else announced
            fresh = [record for record in _records(page, address) if record.remote_id not in seen]
            yield from fresh
            seen.update(record.remote_id for record in fresh)
            address = self._next(source, page, address, visited, going_on=bool(fresh))
        if announced is not None and len(seen) < announced:
            raise ListingError(say("fewer-than-announced", total=announced, found=len(seen)))

    def map(self, record: Record, source: Source) -> Candidate:
        """One dataset's tree as a candidate."""
        mapped, changes = draft(record.payload)
        return normalise(mapped, source, (*record.changes, *changes))

    def _next(self, source: Source, page: rdf.Page, address: str, visited: set[str], *, going_on: bool) -> str | None:
        """The next page; a counted list ends with the first page that brings nothing new."""
        paging = source.options.get("paging", "auto")
        if paging == "none":
            return None
        if paging == "pages":
            return _page(source.url, len(visited) + 1) if going_on else None
        following = urljoin(address, page.next) if page.next else None
        if following and (following in visited or not going_on):
            raise ListingError(say("loop", url=address))
        return following


def _read(address: str, client: Client) -> rdf.Page:
    answer = client.get(address, accept=ACCEPT)
    return rdf.read(answer.body, answer.headers.get("content-type", ""), answer.url)


def _records(page: rdf.Page, address: str) -> Iterator[Record]:
    for number, tree in enumerate(page.datasets):
        payload: dict[str, Any] = {**tree, "catalogue:language": page.languages}
        yield Record(remote_id(tree) or f"{address}#{number}", payload, address=address, changes=page.changes)
    for number, broken in enumerate(page.broken):
        name = broken["id"] or f"{address}#broken-{number}"
        yield Record(name, address=address, problem=say("broken-record", reason=broken["reason"]))


def _page(url: str, number: int) -> str:
    parts = urlsplit(url)
    query = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if key != "page"]
    return urlunsplit(parts._replace(query=urlencode([*query, ("page", str(number))])))
