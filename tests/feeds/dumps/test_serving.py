"""A dump on the web: whole or in parts, packed or not, for ever or until the next, and refusals in the asked format."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from typing import Any

import brotli
import pytest
from rdflib import DCAT, DCTERMS, Namespace, URIRef
from rdflib.compare import isomorphic

from ckan.tests import helpers

from ckanext.smartregion.feeds import http
from ckanext.smartregion.feeds.dumps import writing
from ckanext.smartregion.feeds.dumps.packed import plain
from ckanext.smartregion.feeds.dumps.shelf import Dump, write_index
from ckanext.smartregion.feeds.logic import dumping

from tests.feeds.examples import BASE, DCAT_AP, datasets_in, parsed
from tests.feeds.test_shapes import allowed

from .conftest import unzstd
from .test_documents import HEAD, said

SPDX = Namespace("http://spdx.org/rdf/terms#")
pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "smartregion smartregion_feeds dcat"),
    pytest.mark.usefixtures("with_plugins", "shelf"),
]


@pytest.fixture
def dump(portal, full) -> Dump:
    """A dump of one dataset with a table."""
    index: dict[str, Any] = {"name": "2026-06-15-7", "seq": 7, "created": "2026-06-15T12:00:00+00:00", "datasets": 1}
    with dumping.kept().adding(index["name"]) as folder:
        datasets = [(*said(1)[:1], full(), said(1)[1])]
        written = writing.write(folder, "dcat-ap", portal, HEAD, datasets)
        write_index(folder, {**index, "files": written.files, "tables": written.tables})
    return dumping.kept().find(index["name"])


def text(dump: Dump, name: str) -> bytes:
    return b"".join(plain(dump.folder / f"{name}.zst"))


def test_list_and_index_lead_to_every_file(app, dump) -> None:
    listed = app.get("/feeds/dumps/").json["dumps"]
    assert listed == helpers.call_action("smartregion_feed_dumps_list")
    assert app.get("/feeds/dumps/index.json").json["dumps"] == listed
    index = app.get("/feeds/dumps/latest/").json
    assert app.get(f"/feeds/dumps/{dump.name}/index.json").json == index
    assert len(index["tables"]) == 1
    for file in index["files"]:
        for each in (file, *file["packed"]):
            data = app.get(each["url"].removeprefix(BASE), headers={"Accept-Encoding": "identity"}).get_data()
            assert (len(data), hashlib.sha256(data).hexdigest()) == (each["bytes"], each["sha256"])


def test_dated_file_is_kept_for_ever_and_latest_is_asked_for_again(app, dump) -> None:
    dated, latest = (app.get(f"/feeds/dumps/{folder}/catalog.ttl.gz") for folder in (dump.name, "latest"))
    assert (dated.headers["Cache-Control"], latest.headers["Cache-Control"]) == (http.FOR_EVER, http.ASK_AGAIN)
    assert latest.headers["Content-Location"] == f"{BASE}/feeds/dumps/{dump.name}/catalog.ttl.gz"
    assert dated.headers["ETag"] == latest.headers["ETag"]
    assert dated.headers["ETag"].strip('"') == hashlib.sha256(dated.get_data()).hexdigest()
    assert dated.headers["Content-Type"] == "application/gzip"
    assert "Content-Encoding" not in dated.headers, "this is a file by itself"
    assert dated.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "accepted, unpack",
    [("gzip", gzip.decompress), ("br, gzip", brotli.decompress), ("zstd, br, gzip", unzstd)],
)
def test_text_is_sent_packed_to_those_who_unpack_it(app, dump, accepted: str, unpack: Callable) -> None:
    packed = app.get("/feeds/dumps/latest/catalog.ttl", headers={"Accept-Encoding": accepted})
    assert unpack(packed.get_data()) == text(dump, "catalog.ttl")
    assert packed.headers["Content-Encoding"] == accepted.partition(",")[0]
    assert packed.headers["Content-Type"] == "text/turtle; charset=utf-8"
    assert "Accept-Encoding" in packed.headers["Vary"]
    known = {"Accept-Encoding": accepted, "If-None-Match": packed.headers["ETag"]}
    assert app.get("/feeds/dumps/latest/catalog.ttl", headers=known, status=304).get_data() == b""


@pytest.mark.parametrize("name", ["catalog.ttl", "catalog.ttl.gz", "datasets.parquet"])
def test_part_of_a_file_is_sent_and_a_download_goes_on(app, dump, name: str) -> None:
    address = f"/feeds/dumps/latest/{name}"
    whole = app.get(address, headers={"Accept-Encoding": "identity"})
    data = whole.get_data()
    part = app.get(address, headers={"Range": "bytes=100-199", "If-Range": whole.headers["ETag"]}, status=206)
    assert part.get_data() == data[100:200]
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(data)}"
    assert app.get(address, headers={"Range": "bytes=-10"}, status=206).get_data() == data[-10:]
    other = app.get(address, headers={"Range": "bytes=100-", "If-Range": '"other"', "Accept-Encoding": "identity"})
    assert (other.status_code, other.get_data()) == (200, data)
    assert app.get(address, headers={"Range": "bytes=0-1,5-6"}, status=200).get_data() == data
    beyond = app.get(address, headers={"Range": f"bytes={len(data)}-"}, status=416)
    assert beyond.headers["Content-Range"] == f"bytes */{len(data)}"
    assert "416" in beyond.get_data(as_text=True)


def test_dump_is_a_dataset_with_a_distribution_per_file_and_keeps_the_shapes(app, dump, findings) -> None:
    text = app.get("/feeds/dumps/latest/index.ttl").get_data(as_text=True)
    graph, address = parsed(text, "ttl"), f"{BASE}/feeds/dumps/latest/"
    for extension in ("xml", "jsonld"):
        assert isomorphic(
            graph, parsed(app.get(f"/feeds/dumps/latest/index.{extension}").get_data(as_text=True), extension)
        )
    assert datasets_in(graph) == [address]
    told = {
        str(graph.value(file, DCAT.downloadURL)): (
            int(graph.value(file, DCAT.byteSize)),
            graph.value(graph.value(file, SPDX.checksum), SPDX.checksumValue).lower(),
        )
        for file in graph.objects(URIRef(address), DCAT.distribution)
    }
    assert told == {f"{address}{file['name']}": (file["bytes"], file["sha256"]) for file in dump.index["files"]}
    assert str(graph.value(URIRef(address), DCTERMS.modified)) == dump.index["created"]
    found = [each for name in DCAT_AP for each in findings(graph, name) if not allowed(name, each)]
    assert found == []


def test_interface_of_the_catalogue_leads_to_the_description_of_the_dumps(app, dump, portal, page_text, full) -> None:
    page = parsed(page_text([full()]), "ttl")
    (leads,) = page.objects(URIRef(f"{BASE}/service/dumps"), DCAT.endpointDescription)
    assert datasets_in(parsed(app.get(leads.removeprefix(BASE)).get_data(as_text=True), "ttl"))


def test_head_tells_the_size_without_the_file(app, dump) -> None:
    answer = app.test_client().head("/feeds/dumps/latest/catalog.nt")
    assert answer.get_data() == b""
    assert int(answer.headers["Content-Length"]) == len(text(dump, "catalog.nt"))
    assert answer.headers["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize(
    "address", ["latest/passwd", "latest/..%2findex.json", "2020-01-01-1/catalog.ttl", "%2e%2e/index.json", "x/"]
)
def test_what_is_no_dump_is_refused_in_the_asked_format(app, dump, address: str) -> None:
    answer = app.get(f"/feeds/dumps/{address}", headers={"Accept": "application/json"}, status=404)
    assert "ETag" not in answer.headers


def test_refusal_says_what_to_ask_for(app) -> None:
    for name, media_type in (("catalog.ttl", "text/turtle"), ("datasets.csv", "application/problem+json")):
        answer = app.get(f"/en/feeds/dumps/latest/{name}", status=404)
        assert answer.headers["Content-Type"].startswith(media_type)
        assert "no dump yet" in answer.get_data(as_text=True)
