"""A remote catalogue in Turtle, in pages, on loopback: the far end that both harvesters pull from."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
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
    dct:title "Jeu de données {n}"@fr ;
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


def page(base: str, number: int, records: int) -> str:
    """One page of the catalogue, with a link to the next."""
    first, last = (number - 1) * PER_PAGE + 1, min(number * PER_PAGE, records)
    following = f" ; hydra:next <{base}/catalog.ttl?page={number + 1}>" if last < records else ""
    parts = [
        PREFIXES,
        f"<{base}/catalog.ttl?page={number}> a hydra:PagedCollection ; hydra:totalItems {records}{following} .\n",
        f'<{base}/catalog> a dcat:Catalog ; dct:title "Catalogue"@fr .\n',
        f'<{base}/publisher> a foaf:Organization ; foaf:name "Ville de Namur" .\n',
        *(dataset(base, n) for n in range(first, last + 1)),
    ]
    return "".join(parts)


def dataset(base: str, n: int) -> str:
    """One dataset with three distributions."""
    links = ", ".join(f"<{base}/dataset/{n}/{form}>" for form in FORMS)
    text = DATASET.format(base=base, n=n, day=n % 28 + 1, distributions=links)
    return text + "".join(DISTRIBUTION.format(base=base, n=n, form=form) for form in FORMS)


@contextmanager
def serve(records: int) -> Iterator[str]:
    """The address of the catalogue, as long as the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.answer(with_body=False)

        def do_GET(self) -> None:
            self.answer(with_body=True)

        def answer(self, *, with_body: bool) -> None:
            number = int(parse_qs(urlsplit(self.path).query).get("page", ["1"])[0])
            body = page(f"http://{self.headers['Host']}", number, records).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/turtle; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if with_body:
                self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            """Nothing: the console belongs to the figures."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/catalog.ttl"
    finally:
        server.shutdown()
        server.server_close()
