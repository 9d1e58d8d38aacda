"""The dump of a catalogue: equal to a walk in every format, streamed, written by one, handed to a worker, served."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
from typing import Any

import brotli
import polars as pl
import pyoxigraph as ox
import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from ckan import model
from ckan.lib.redis import connect_to_redis
from ckan.tests import factories, helpers

from ckanext.smartregion.feeds import cli
from ckanext.smartregion.feeds.dumps.packed import plain
from ckanext.smartregion.feeds.dumps.shelf import Dump
from ckanext.smartregion.feeds.logic import dumping, following, publishing

from tests.feeds.examples import BASE

from .conftest import unzstd
from .test_documents import FORMATS

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "smartregion smartregion_feeds dcat"),
    pytest.mark.usefixtures("clean_db", "clean_index", "shelf"),
]
HYDRA = "http://www.w3.org/ns/hydra/core#"


@pytest.fixture
def published(remember) -> list[dict[str, Any]]:
    """Three public datasets of one organisation, the first with a table."""
    table = {"url": "https://example.be/a.csv", "format": "CSV", "schema": "bicycle-parking", "datastore_active": True}
    files = [[table], [], [{"url": "https://example.be/b.zip"}]]

    def make() -> list[dict[str, Any]]:
        owner = factories.Organization(title="Namur")["id"]
        made = [factories.Dataset(owner_org=owner, title=f"=Jeu {n}", resources=file) for n, file in enumerate(files)]
        publishing.publish()
        return made

    return remember("three datasets to dump", make)


@pytest.fixture
def dump(published) -> Dump:
    return dumping.make()


def text(dump: Dump, name: str) -> bytes:
    return b"".join(plain(dump.folder / f"{name}.zst"))


def triples(data: bytes, ending: str) -> set[ox.Triple]:
    return {quad.triple for quad in ox.parse(io.BytesIO(data), format=FORMATS[ending], base_iri=BASE)}


def test_every_rdf_file_equals_the_pages_of_a_walk(app, published, monkeypatch, ckan_config) -> None:
    monkeypatch.setitem(ckan_config, "ckanext.dcat.datasets_per_page", 1)
    helpers.call_action("package_delete", id=published[1]["id"])
    dump, pages, more = dumping.make(), set(), "/catalog.nt"
    while more:
        page = app.get(more)
        pages |= triples(page.get_data(), "nt")
        more = page.headers["Link"].partition('; rel="next"')[0].rpartition("<")[2].strip(">")
        more = more.removeprefix(BASE) if 'rel="next"' in page.headers["Link"] else ""
    paging = {t.subject for t in pages if t.object == ox.NamedNode(HYDRA + "PartialCollectionView")}
    walked = {t for t in pages if t.subject not in paging}
    assert len(paging) == 2, "one for each dataset that is left"
    for ending in FORMATS:
        assert triples(text(dump, f"catalog.{ending}"), ending) == walked, ending


def test_lines_rows_and_columns_hold_each_dataset_as_everybody_sees_it(dump, published) -> None:
    names = [dataset["name"] for dataset in published]
    lines = [json.loads(line) for line in text(dump, "datasets.jsonl").decode().splitlines()]
    assert [line["name"] for line in lines] == names
    assert [line | {"organization": None} for line in lines] == [
        publishing.read(name) | {"organization": None} for name in names
    ]
    table = list(csv.DictReader(io.StringIO(text(dump, "datasets.csv").decode("utf-8-sig"))))
    assert [row["title_fr"] for row in table] == ["'=Jeu 0", "'=Jeu 1", "'=Jeu 2"]
    frame = pl.read_parquet(dump.folder / "datasets.parquet")
    assert frame["name"].to_list() == names
    assert [json.loads(each) for each in frame["dataset"]] == lines


def test_index_tells_sizes_checksums_and_the_tables(dump, published) -> None:
    assert dump.index["datasets"] == 3
    for file in dump.index["files"]:
        for kept in file["packed"] or [file]:
            data = (dump.folder / kept["name"]).read_bytes()
            assert (kept["bytes"], kept["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
        for unpacked in _unpacked(dump, file) or [data]:
            assert (file["bytes"], file["sha256"]) == (len(unpacked), hashlib.sha256(unpacked).hexdigest())
    [table] = dump.index["tables"]
    file = f"{published[0]['id']}/resource/{published[0]['resources'][0]['id']}"
    assert table["url"] == f"{BASE}/dataset/{file}/table.parquet"


def _unpacked(dump: Dump, file: dict[str, Any]) -> list[bytes]:
    """What a file holds by each of those that are kept of it."""
    unpack = {"zstd": unzstd, "br": brotli.decompress, "gzip": gzip.decompress}
    return [unpack[kept["encoding"]]((dump.folder / kept["name"]).read_bytes()) for kept in file["packed"]]


def test_same_snapshot_is_written_once(dump, shelf) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in dump.folder.iterdir()}
    assert dumping.make().folder == dump.folder
    assert {path.name: path.stat().st_mtime_ns for path in dump.folder.iterdir()} == before
    assert len(list(shelf.iterdir())) == 1


def test_nobody_writes_while_somebody_does(published, shelf) -> None:
    with model.ensure_engine().begin() as other:
        other.execute(sa.select(sa.func.pg_advisory_xact_lock(dumping.LOCK)))
        assert dumping.make() is None
        assert dumping.take_turn() == 0
    assert dumping.make() is not None


def test_worker_is_asked_once_when_the_catalogue_is_quiet_and_has_changed(published, monkeypatch, ckan_config) -> None:
    assert following.TURNS["dumps handed over"][0]() == 0, "something was published a moment ago"
    monkeypatch.setitem(ckan_config, "smartregion.feeds.quiet_minutes", 0)
    connect_to_redis().delete(dumping._key())
    assert [dumping.take_turn(), dumping.take_turn()] == [1, 0]
    assert dumping.write_in_background() == dumping.kept().latest().name
    assert dumping.take_turn() == 0, "nothing has changed since"
    helpers.call_action("package_patch", id=published[0]["id"], title="Autre")
    publishing.publish()
    assert dumping.take_turn() == 1


def test_command_line_writes_and_lists(published) -> None:
    written = CliRunner().invoke(cli.feed, ["dump", "--now", "--json"])
    listed = CliRunner().invoke(cli.feed, ["dumps", "--json"])
    assert json.loads(listed.output) == [json.loads(written.output)]
    assert f"{dumping.kept().latest().name}: 3 datasets" in CliRunner().invoke(cli.feed, ["dumps"]).output
