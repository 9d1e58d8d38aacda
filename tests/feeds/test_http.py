"""Every address of the feeds answers as a file would: tags, moments, 304, HEAD, packings, open to all, refusals."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any

import brotli
import pytest
import zstandard
from rdflib import DCTERMS, Graph
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from ckan.tests import factories

from ckanext.smartregion.feeds import http
from ckanext.smartregion.feeds.logic import asking, dumping, judging, publishing
from ckanext.smartregion.feeds.profiles import PROFILES

pytestmark = pytest.mark.ckan_config("ckan.plugins", "smartregion smartregion_feeds dcat")
RDF = {
    "ttl": "text/turtle; charset=utf-8",
    "xml": "application/rdf+xml; charset=utf-8",
    "rdf": "application/rdf+xml; charset=utf-8",
    "jsonld": "application/ld+json; charset=utf-8",
    "nt": "application/n-triples",
    "n3": "text/n3; charset=utf-8",
}
JSON = "application/json; charset=utf-8"
OF_CHANGES = {
    "trig": "application/trig",
    "jsonld": RDF["jsonld"],
    "json": JSON,
    "atom": "application/atom+xml; charset=utf-8",
}
ADDRESSES = {  # what everybody reads, and its media type
    **{f"/catalog.{ending}": media_type for ending, media_type in RDF.items()},
    "/catalog.ttl?page=1&organization=namur&profile=dcat-ap": RDF["ttl"],
    **{f"/dataset/velos.{ending}": media_type for ending, media_type in RDF.items()},
    "/dataset/velos.croissant.jsonld": 'application/ld+json; profile="http://mlcommons.org/croissant/1.1"',
    "/dataset/velos.schemaorg.jsonld": RDF["jsonld"],
    **{f"/feeds/changes.{ending}": media_type for ending, media_type in OF_CHANGES.items()},
    **{f"/feeds/changes/1.{ending}": media_type for ending, media_type in OF_CHANGES.items()},
    "/feeds/changes.json?after=0&limit=1": JSON,
    **{f"/feeds/quality/velos.{ending}": media_type for ending, media_type in {**RDF, "json": JSON}.items()},
    "/feeds/dumps/": JSON,
    "/feeds/dumps/latest/": JSON,
    "/feeds/dumps/latest/index.json": JSON,
    **{f"/feeds/dumps/latest/index.{ending}": media_type for ending, media_type in RDF.items()},
    "/feeds/dumps/latest/catalog.ttl": RDF["ttl"],
    "/feeds/dumps/latest/catalog.nt": RDF["nt"],
    "/feeds/dumps/latest/catalog.nq": "application/n-quads",
    "/feeds/dumps/latest/catalog.rdf": RDF["xml"],
    "/feeds/dumps/latest/catalog.jsonld": RDF["jsonld"],
    "/feeds/dumps/latest/catalog.ttl.gz": "application/gzip",
    "/feeds/dumps/latest/catalog.ttl.br": "application/x-brotli",
    "/feeds/dumps/latest/catalog.ttl.zst": "application/zstd",
    "/feeds/dumps/latest/datasets.jsonl": "application/x-ndjson; charset=utf-8",
    "/feeds/dumps/latest/datasets.csv": "text/csv; charset=utf-8",
    "/feeds/dumps/latest/datasets.parquet": "application/vnd.apache.parquet",
}
PLAIN = {"Accept-Encoding": "identity"}
UNPACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
}


@pytest.fixture
def get(clean_index, app, stored, monkeypatch, ckan_config, remember) -> Callable[..., Any]:
    """Read an address of a portal with two datasets and a dump; any status is an answer."""
    monkeypatch.setitem(ckan_config, "ckan.storage_path", str(stored))
    monkeypatch.setitem(ckan_config, "smartregion.feeds.dump_profiles", [])

    def make() -> None:
        owner = factories.Organization(name="namur", title="Namur")["id"]
        for name in ("velos", "parkings"):
            factories.Dataset(owner_org=owner, name=name, notes="Un relevé. " * 300)
        publishing.publish()
        judging.judge()
        dumping.make()

    remember("two datasets and a dump", make)
    client = app.test_client()
    return lambda address, method="GET", **headers: client.open(
        address,
        method=method,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        buffered=True,  # read to its end, as a reader does
    )


def test_every_address_has_a_strong_tag_a_moment_its_media_type_and_is_open_to_all(get) -> None:
    for address, media_type in ADDRESSES.items():
        for _ in ("made", "remembered"):
            answer = get(address, **PLAIN)
            assert (answer.status_code, answer.headers["Content-Type"]) == (200, media_type), address
            assert answer.headers["ETag"].startswith('"'), address
            assert answer.headers["Access-Control-Allow-Origin"] == "*", address
            assert parsedate_to_datetime(answer.headers["Last-Modified"]).year > 2025, address
            assert answer.headers["Cache-Control"] == http.ASK_AGAIN, address
            assert "Set-Cookie" not in answer.headers, address


def test_who_has_it_is_told_so_by_tag_or_by_moment(get) -> None:
    for address in ADDRESSES:
        for _ in ("made", "remembered"):
            first = get(address, **PLAIN)
            tag, moment = first.headers["ETag"], first.headers["Last-Modified"]
            for known in ({"If-None-Match": tag}, {"If-None-Match": f'"x", {tag}'}, {"If-Modified-Since": moment}):
                again = get(address, **PLAIN, **known)
                assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag), (address, known)
                assert "Content-Type" not in again.headers
            for other in ({"If-None-Match": '"x"'}, {"If-Modified-Since": "Thu, 01 Jan 2026 00:00:00 GMT"}):
                assert get(address, **PLAIN, **other).data == first.data, (address, other)


def test_head_says_what_get_says_without_a_body(get) -> None:
    for address in ADDRESSES:
        cold, whole, warm = get(address, "HEAD", **PLAIN), get(address, **PLAIN), get(address, "HEAD", **PLAIN)
        for head in (cold, warm):
            assert (head.status_code, head.data) == (200, b""), address
            for name in ("ETag", "Last-Modified", "Content-Type", "Cache-Control", "Access-Control-Allow-Origin"):
                assert head.headers[name] == whole.headers[name], (address, name)
            assert head.headers.get("Content-Length", whole.headers["Content-Length"]) == str(len(whole.data)), address


def test_every_text_comes_in_each_packing_under_a_tag_of_its_own(get) -> None:
    for address in ADDRESSES:
        if address.endswith((".gz", ".br", ".zst", ".parquet")):
            continue  # packed already
        plain, tags = get(address, **PLAIN), set()
        for encoding in UNPACK if len(plain.data) > http.WORTH_PACKING else ():
            for _ in ("made", "remembered"):
                packed = get(address, Accept_Encoding=encoding)
                assert packed.headers["Content-Encoding"] == encoding, address
                assert UNPACK[encoding](packed.data) == plain.data, address
                assert len(packed.data) < len(plain.data), address
                assert "Accept-Encoding" in packed.headers["Vary"], address
            tags.add(packed.headers["ETag"])
        assert plain.headers["ETag"] not in tags
        assert len(tags) in (0, len(UNPACK)), address


def test_unknown_parameter_is_refused_in_the_asked_format(get) -> None:
    refused = {"ttl": "text/turtle", "n3": "text/n3", "nt": "application/n-triples", "trig": "application/trig"}
    refused |= dict.fromkeys(("xml", "rdf", "atom"), "application/problem+xml")
    for address in [*ADDRESSES, "/feeds", "/dataset/velos/changes", "/feeds/changes/1"]:
        path, _, query = address.partition("?")
        answer = get(f"{path}?{query}&colour=red" if query else f"{path}?colour=red", Accept="application/json")
        media_type = refused.get(path.rpartition(".")[2], "application/problem+json")
        assert (answer.status_code, answer.headers["Content-Type"].partition(";")[0]) == (400, media_type), address
        assert "colour" in answer.get_data(as_text=True), address
        assert "ETag" not in answer.headers
        assert answer.headers["Access-Control-Allow-Origin"] == "*", address
        if media_type.endswith("problem+json"):
            told = json.loads(answer.data)
            assert (told["status"], told["title"], told["parameter"]) == (400, "Bad Request", "colour")
            assert told["instance"].endswith("colour=red")


def test_refusal_in_rdf_says_in_which_language_it_is(get) -> None:
    for language in ("fr", "nl", "de", "en"):
        told = Graph().parse(data=get(f"/{language}/catalog.ttl?colour=red").data, format="turtle")
        [detail] = told.objects(predicate=DCTERMS.description)
        assert (detail.language, "colour" in detail) == (language, True)


def test_people_whose_link_was_sent_with_something_more_get_the_page(get) -> None:
    for address in ("/en/feeds?fbclid=1", "/en/dataset/velos/changes?utm_source=mail"):
        answer = get(address, Accept="text/html,application/xhtml+xml;q=0.9,*/*;q=0.8")
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")


def test_program_in_a_web_page_may_send_the_headers_that_are_read(get) -> None:
    asked = {"Origin": "https://example.be", "Access-Control-Request-Method": "GET"}
    for address in ADDRESSES:
        answer = get(address, "OPTIONS", **asked, **{"Access-Control-Request-Headers": "accept-profile"})
        assert answer.status_code == 200
        assert answer.headers["Access-Control-Allow-Origin"] == "*", address
        allowed = answer.headers["Access-Control-Allow-Headers"].split(", ")
        assert {"Accept-Profile", "If-None-Match", "Range"} <= set(allowed)
        assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize(
    ("accepted", "packing"),
    [
        ("gzip, br, zstd", "zstd"),
        ("gzip, br", "br"),
        ("br;q=0.5, gzip;q=0.8", "gzip"),
        ("gzip;q=0", ""),
        ("identity", ""),
        ("identity, gzip;q=0.5", ""),
        ("identity;q=0.5, gzip", "gzip"),
        ("deflate, compress", ""),
        ("", ""),
    ],
)
def test_packing_is_the_one_that_the_reader_prefers(accepted: str, packing: str) -> None:
    request = Request(EnvironBuilder(headers={"Accept-Encoding": accepted}).get_environ())
    assert http.packing(request) == packing


HVD, GEO = (PROFILES[name].conforms_to for name in ("dcat-ap-hvd", "geodcat-ap"))


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (f"<{HVD}>", "dcat-ap-hvd"),
        (f"<{HVD}>;q=0.2, <{GEO}>;q=0.9", "geodcat-ap"),
        (f"<https://example.be/>, <{GEO}>, <{HVD}>", "geodcat-ap"),
        (f"<{HVD}>;q=0", None),
        ("<https://example.be/>", None),
    ],
)
def test_profile_is_the_one_that_the_reader_prefers(header: str, name: str | None) -> None:
    assert asking.named_by(header) == name
