"""A remote catalogue on loopback that both harvesters pull from: Turtle in pages, or CKAN's API; it can change."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

PER_PAGE = 100
PREFIXES = """@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix hydra: <http://www.w3.org/ns/hydra/core#> .
@prefix vcard: <http://www.w3.org/2006/vcard/ns#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix eu: <http://publications.europa.eu/resource/authority/> .
"""
DATASET = """
<{base}/dataset/{n}> a dcat:Dataset ;
    dct:identifier "jeu-{n}" ;
    dct:title "Jeu de données {n}{edition}"@fr ;
    dct:description "Relevé annuel numéro {n}, avec ses tableaux et sa carte."@fr ;
    dcat:keyword "territoire"@fr, "relevé"@fr ;
    dcat:theme <http://publications.europa.eu/resource/authority/data-theme/ENVI> ;
    dct:publisher <{base}/publisher> ;
    dcat:contactPoint [ a vcard:Organization ; vcard:fn "Données" ; vcard:hasEmail <mailto:data@example.org> ] ;
    dct:language <http://publications.europa.eu/resource/authority/language/FRA> ;
    dct:accrualPeriodicity <http://publications.europa.eu/resource/authority/frequency/ANNUAL> ;
    dct:issued "2024-01-15"^^xsd:date ;
    dct:modified "2026-01-{day:02d}"^^xsd:date ;
    dcat:distribution {distributions} .
"""
DISTRIBUTION = """
<{base}/dataset/{n}/{form}> a dcat:Distribution ;
    dct:title "Tableau {n} ({form})"@fr ;
    dct:license <http://publications.europa.eu/resource/authority/licence/CC_BY_4_0> ;
    dct:format <http://publications.europa.eu/resource/authority/file-type/{form}> ;
    dcat:accessURL <{base}/dataset/{n}/table.{form}> .
"""
FORMS = ("CSV", "JSON", "XLSX")
LONG_AGO = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def identifier(name: str) -> str:
    """An identifier as CKAN gives them, the same for the same name."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


@dataclass
class Remote:
    """The far end: so many records, those changed since and when, those gone; `drip` is the pause between two bytes."""

    records: int
    changed: dict[int, dt.datetime] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    validators: bool = False
    drip: float = 0
    requests: Counter[str] = field(default_factory=Counter)
    base: str = ""

    @property
    def numbers(self) -> list[int]:
        """The records that are there."""
        return [n for n in range(1, self.records + 1) if n not in self.gone]

    @property
    def turtle_url(self) -> str:
        """The address of the DCAT catalogue."""
        return f"{self.base}/catalog.ttl"

    def change(self, count: int) -> None:
        """Change some records, spread over the whole list."""
        now = dt.datetime.now(dt.UTC)
        self.changed |= {1 + step * self.records // count: now for step in range(count)}

    # -- Turtle

    def page(self, number: int) -> bytes:
        """One page of the catalogue, with a link to the next."""
        numbers = self.numbers
        shown = numbers[(number - 1) * PER_PAGE : number * PER_PAGE]
        more = number * PER_PAGE < len(numbers)
        following = f" ; hydra:next <{self.turtle_url}?page={number + 1}>" if more else ""
        first = f"<{self.turtle_url}?page={number}> a hydra:PagedCollection ; hydra:totalItems {len(numbers)}"
        parts = [
            PREFIXES,
            f"{first}{following} .\n",
            f'<{self.base}/catalog> a dcat:Catalog ; dct:title "Catalogue"@fr .\n',
            f'<{self.base}/publisher> a foaf:Organization ; foaf:name "Ville de Namur" .\n',
            *(self.dataset(n) for n in shown),
        ]
        return "".join(parts).encode()

    def dataset(self, n: int) -> str:
        """One dataset with three distributions."""
        links = ", ".join(f"<{self.base}/dataset/{n}/{form}>" for form in FORMS)
        edition = ", revu" if n in self.changed else ""
        text = DATASET.format(base=self.base, n=n, edition=edition, day=n % 28 + 1, distributions=links)
        return text + "".join(DISTRIBUTION.format(base=self.base, n=n, form=form) for form in FORMS)

    # -- CKAN

    def package(self, n: int) -> dict[str, Any]:
        """One dataset as CKAN's API shows it."""
        modified = self.changed.get(n, LONG_AGO).replace(tzinfo=None).isoformat()
        return {
            "id": identifier(f"{n}"),
            "name": f"jeu-{n}",
            "title": f"Jeu de données {n}{', revu' if n in self.changed else ''}",
            "notes": f"Relevé annuel numéro {n}, avec ses tableaux et sa carte.",
            "type": "dataset",
            "state": "active",
            "private": False,
            "license_id": "cc-by",
            "license_url": "https://creativecommons.org/licenses/by/4.0/",
            "metadata_created": "2024-01-15T00:00:00",
            "metadata_modified": modified,
            "maintainer": "Données",
            "maintainer_email": "data@example.org",
            "organization": {"name": "namur", "title": "Ville de Namur"},
            "tags": [{"name": "territoire"}, {"name": "relevé"}],
            "groups": [],
            "extras": [{"key": "theme", "value": "Environnement"}],
            "resources": [
                {
                    "id": identifier(f"{n}-{form}"),
                    "name": f"Tableau {n} ({form})",
                    "format": form,
                    "url": f"{self.base}/dataset/{n}/table.{form}",
                    "position": position,
                }
                for position, form in enumerate(FORMS)
            ],
        }

    def search(self, query: dict[str, list[str]]) -> bytes:
        """`package_search`: rows, start, fl, and the date filter; both harvesters ask in their own words."""
        asked = " ".join(query.get("fq", []) + query.get("fq_list", []) + query.get("q", []))
        since = re.search(r"metadata_modified:\[(\S+) TO", asked)
        found = [self.package(n) for n in self.numbers]
        if since:
            floor = since[1].replace("\\", "").rstrip("Z")
            found = [each for each in found if each["metadata_modified"] >= floor]
        found.sort(key=lambda each: each["id"])
        rows, start = (int(query.get(name, [default])[0]) for name, default in (("rows", "10"), ("start", "0")))
        shown: list[Any] = found[start : start + min(rows, 1000)]
        if "fl" in query:
            shown = [
                {name: (each | {"dataset_type": "dataset"})[name] for name in query["fl"][0].split(",")}
                for each in shown
            ]
        return json.dumps({"success": True, "result": {"count": len(found), "results": shown}}).encode()

    def answer(self, path: str, query: dict[str, list[str]]) -> tuple[int, str, bytes]:
        """Status, media type and body."""
        self.requests[path] += 1
        if path == "/catalog.ttl":
            return 200, "text/turtle; charset=utf-8", self.page(int(query.get("page", ["1"])[0]))
        if path == "/api/3/action/package_search":
            return 200, "application/json", self.search(query)
        return 404, "text/plain", b"not here"


class Handler(BaseHTTPRequestHandler):
    """Speaks for the far end of its server."""

    server: Server

    def do_HEAD(self) -> None:
        self.answer(with_body=False)

    def do_GET(self) -> None:
        self.answer(with_body=True)

    def answer(self, *, with_body: bool) -> None:
        """The far end's answer, or 304 where it has validators and the asker has the same already."""
        remote, parts = self.server.remote, urlsplit(self.path)
        status, media_type, body = remote.answer(parts.path, parse_qs(parts.query))
        etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
        if remote.validators and self.headers.get("If-None-Match") == etag:
            status, body = 304, b""
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        if remote.validators:
            self.send_header("ETag", etag)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if with_body:
            self.send(body, remote.drip)

    def send(self, body: bytes, drip: float) -> None:
        """The body at once, or byte by byte."""
        if not drip:
            self.wfile.write(body)
            return
        for byte in body:
            self.wfile.write(bytes([byte]))
            time.sleep(drip)

    def log_message(self, *arguments: object) -> None:
        """Nothing: the console belongs to the figures."""


class Server(ThreadingHTTPServer):
    """A server of one far end."""

    def __init__(self, remote: Remote) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.remote = remote

    def handle_error(self, *arguments: object) -> None:
        """Nothing: a client that hangs up on a drip is right."""


@contextmanager
def serve(remote: Remote) -> Iterator[Remote]:
    """The far end, reachable as long as the block runs."""
    server = Server(remote)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    remote.base = f"http://127.0.0.1:{server.server_port}"
    try:
        yield remote
    finally:
        server.shutdown()
        server.server_close()
