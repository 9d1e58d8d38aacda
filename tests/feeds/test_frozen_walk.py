"""A walk that follows links reads one frozen snapshot; a walk by numbers loses and doubles nothing either."""

from __future__ import annotations

import gzip
import random
import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import brotli
import pytest
import sqlalchemy as sa
import zstandard
from rdflib import URIRef

from ckan import model
from ckan.tests import factories, helpers

from ckanext.smartregion.feeds import model as feed
from ckanext.smartregion.feeds.logic import asking, publishing, walk
from ckanext.smartregion.feeds.terms import HYDRA

from tests.feeds.examples import BASE, datasets_in, parsed, sent

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "smartregion_feeds dcat"),
    pytest.mark.ckan_config("ckanext.dcat.datasets_per_page", "2"),
    pytest.mark.usefixtures("clean_db", "clean_index"),
]


@pytest.fixture
def organisation(remember: Any) -> dict[str, Any]:
    extras = [{"key": "nis_code", "value": "92094"}]
    return remember("Namur by its number", lambda: factories.Organization(name="namur", title="Namur", extras=extras))


@pytest.fixture
def published(organisation: dict[str, Any], remember: Any) -> list[dict[str, Any]]:
    """Five public datasets."""

    def made() -> list[dict[str, Any]]:
        made = [factories.Dataset(owner_org=organisation["id"], title=f"Jeu {number}") for number in range(5)]
        publishing.publish()
        return made

    return remember("five datasets of Namur", made)


@pytest.fixture
def others(published: list[dict[str, Any]], remember: Any) -> None:
    """One dataset more, on a theme, of high value and of another organisation."""

    def made() -> None:
        eu, bna = "http://publications.europa.eu/resource/authority/", "http://data.europa.eu/bna/"
        extras = {"theme": f'["{eu}data-theme/TRAN"]', "hvd_category": f'["{bna}c_b79e35eb"]'}
        liege = factories.Organization(name="liege")["id"]
        factories.Dataset(owner_org=liege, extras=[{"key": key, "value": value} for key, value in extras.items()])
        publishing.publish()

    remember("five datasets of Namur and one of Liège", made)


@pytest.fixture
def get(app: Any) -> Callable[..., Any]:
    return lambda address, **more: app.get(address.removeprefix(BASE), **more)


def iris(datasets: list[dict[str, Any]]) -> list[str]:
    return [f"{BASE}/dataset/{dataset['id']}" for dataset in datasets]


def next_of(text: str, extension: str = "ttl") -> str | None:
    found = set(parsed(text, extension).objects(None, URIRef(HYDRA.next)))
    assert all(isinstance(link, URIRef) for link in found)
    return str(found.pop()) if found else None


def followed(get: Callable[..., Any], start: str, between: Callable[[], None] = lambda: None) -> list[str]:
    """The texts of the pages from one on; ``between`` is done after each."""
    texts, address = [], start
    while address:
        texts.append(get(address).get_data(as_text=True))
        address = next_of(texts[-1])
        between()
    return texts


def met(texts: list[str]) -> list[str]:
    return [iri for text in texts for iri in datasets_in(parsed(text, "ttl"))]


def test_links_lead_through_the_whole_catalogue(get, published) -> None:
    assert sorted(met(followed(get, "/catalog.ttl"))) == sorted(iris(published))


def test_walk_that_began_reads_what_was_there_then(get, published, organisation) -> None:
    first = get("/catalog.ttl").get_data(as_text=True)
    helpers.call_action("package_patch", id=published[3]["id"], title="Autre")
    helpers.call_action("package_delete", id=published[2]["id"])
    factories.Dataset(owner_org=organisation["id"], title="Nouveau")
    texts = followed(get, next_of(first))
    assert sorted(met([first, *texts])) == sorted(iris(published))
    assert "Jeu 3" in "".join(texts)
    assert "Autre" not in "".join(texts)
    assert "Autre" in "".join(followed(get, "/catalog.ttl"))


def test_next_page_stands_in_the_header_too(get, published) -> None:
    answer = get("/catalog.jsonld")
    assert f'<{BASE}/catalog.jsonld?cursor=5.2>; rel="next"' in answer.headers["Link"]


def test_page_of_a_walk_is_the_same_bytes_whatever_happens_meanwhile(get, published) -> None:
    second = next_of(get("/catalog.ttl").get_data(as_text=True))
    before = get(second)
    helpers.call_action("package_patch", id=published[2]["id"], title="Autre")
    after = get(second)
    assert (before.data, before.headers["ETag"]) == (after.data, after.headers["ETag"])


def test_numbered_pages_keep_their_datasets_when_others_leave(get, published) -> None:
    second = met([get("/catalog.ttl?page=2").get_data(as_text=True)])
    helpers.call_action("package_delete", id=published[0]["id"])
    assert met([get("/catalog.ttl?page=2").get_data(as_text=True)]) == second


def test_page_without_datasets_before_the_last_does_not_end_the_walk_of_data_gov_be(get, published) -> None:
    get("/catalog.ttl")
    for dataset in published[2:4]:
        helpers.call_action("package_delete", id=dataset["id"])
    second, fourth = (get(f"/catalog.xml?page={number}").get_data(as_text=True) for number in (2, 4))
    assert "dcat:Dataset" not in second
    assert "dcat:DataService" in second
    assert "dcat:Data" not in fourth


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("organization=namur", 5),
        ("organization=liege", 1),
        ("municipality=92094", 5),
        ("type=mobility", 0),
        ("theme=TRAN", 1),
        ("theme=http://publications.europa.eu/resource/authority/data-theme/TRAN", 1),
        ("hvd=true", 1),
        ("theme=TRAN&organization=namur", 0),
        ("profile=dcat-ap", 6),
    ],
)
def test_feed_can_be_narrowed(get, others, asked: str, expected: int) -> None:
    assert len(met(followed(get, f"/catalog.ttl?{asked}"))) == expected


def test_changes_since_a_moment_say_what_left(get, published) -> None:
    get("/catalog.ttl")
    moment = quote(feed.moment_of(feed.latest()).isoformat())
    helpers.call_action("package_delete", id=published[0]["id"])
    helpers.call_action("package_patch", id=published[1]["id"], title="Autre")
    text = "".join(followed(get, f"/catalog.ttl?modified_since={moment}"))
    assert f"as:object <{BASE}/dataset/{published[0]['id']}>" in text
    assert "as:Delete" in text
    assert "Autre" in text


@pytest.mark.parametrize(
    ("asked", "status", "about"),
    [
        ("colour=red", 400, "colour"),
        ("cursor=nonsense", 400, "cursor"),
        ("cursor=999.0", 400, "cursor"),
        ("page=1&cursor=1.0", 400, "cursor"),
        ("theme=VELO", 400, "TRAN"),
        ("type=solution", 400, "mobility"),
        ("hvd=perhaps", 400, "hvd=true"),
        ("profile=dcat-us", 400, "dcat-ap"),
        ("page=0", 400, "page=1"),
    ],
)
@pytest.mark.parametrize(
    ("extension", "media_type"),
    [("jsonld", "application/problem+json"), ("xml", "application/problem+xml"), ("ttl", "text/turtle")],
)
def test_what_cannot_be_answered_is_refused_in_the_asked_format(
    get, asked: str, status: int, about: str, extension: str, media_type: str
) -> None:
    answer = get(f"/catalog.{extension}?{asked}", status=status)
    assert answer.headers["Content-Type"].startswith(media_type)
    assert about in answer.get_data(as_text=True)
    assert "Traceback" not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("text/turtle", "text/turtle"),
        ("application/rdf+xml;q=0.5, application/ld+json", "application/ld+json"),
        ("application/n-triples", "application/n-triples"),
        ("text/html;q=0.2, text/turtle;q=0.1", "text/html"),
        ("*/*", "text/html"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
    ],
)
def test_reader_gets_what_it_prefers(app, published, accept: str, media_type: str) -> None:
    dataset = app.get(f"/dataset/{published[0]['name']}", headers={"Accept": accept})
    assert dataset.headers["Content-Type"].startswith(media_type)
    catalogue = app.get("/catalog", headers={"Accept": accept}, follow_redirects=False)
    if media_type == "text/html":
        assert catalogue.headers["Location"].endswith("/feeds")
    else:
        assert catalogue.headers["Content-Type"].startswith(media_type)
        assert "Accept" in catalogue.headers["Vary"]


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd", "gzip;q=0.5, br;q=0.9, zstd;q=0"])
def test_pages_are_packed_as_the_reader_can_unpack_them(get, published, encoding: str) -> None:
    unpack = {"gzip": gzip.decompress, "br": brotli.decompress, "zstd": zstandard.ZstdDecompressor().decompress}
    plain = get("/catalog.ttl", headers={"Accept-Encoding": "identity"})
    packed = get("/catalog.ttl", headers={"Accept-Encoding": encoding})
    name = packed.headers["Content-Encoding"]
    assert name == ("br" if ";" in encoding else encoding)
    assert unpack[name](packed.data) == plain.data


class Writer(threading.Thread):
    """Creates, changes and deletes datasets by SQL until it has done enough; triggers mark them like any other."""

    def __init__(self, changes: int, organisation: str, seed: int) -> None:
        super().__init__()
        self.changes, self.organisation, self.chance = changes, organisation, random.Random(seed)
        self.mine: list[str] = []

    def run(self) -> None:
        engine = model.ensure_engine()
        for number in range(self.changes):
            with engine.begin() as connection:
                self._change(connection, number)
            time.sleep(0.004)

    def _change(self, connection: sa.Connection, number: int) -> None:
        what = self.chance.choice(("create", "create", "change", "delete")) if self.mine else "create"
        if what == "create":
            self.mine.append(str(uuid.uuid4()))
            values = {"id": self.mine[-1], "name": self.mine[-1], "title": f"Jeu {number}", "org": self.organisation}
            connection.execute(sa.text(CREATE), values)
            return
        id = self.chance.choice(self.mine)
        if what == "delete":
            self.mine.remove(id)
        change = "state = 'deleted'" if what == "delete" else f"title = 'Autre {number}'"
        connection.execute(sa.text(f"UPDATE package SET {change} WHERE id = :id"), {"id": id})  # noqa: S608


CREATE = """
INSERT INTO package (id, name, title, owner_org, state, type, private, metadata_created, metadata_modified)
VALUES (:id, :name, :title, :org, 'active', 'dataset', false, now(), now())
"""


@pytest.fixture
def publisher(app: Any) -> Iterator[None]:
    """Somebody who publishes all the time, as `feed follow` does."""
    ended = threading.Event()

    def publish() -> None:
        with app.flask_app.test_request_context():
            while not ended.is_set():
                if not publishing.publish(limit=20):
                    time.sleep(0.05)

    thread = threading.Thread(target=publish)
    thread.start()
    yield
    ended.set()
    thread.join()


def test_walks_among_2000_changes_lose_and_double_nothing(
    with_request_context, ckan_config, organisation, publisher, joined
) -> None:
    ckan_config["ckanext.dcat.datasets_per_page"] = 20  # some thirty pages in the end
    writers = [Writer(1000, organisation["id"], seed) for seed in range(2)]
    for writer in writers:
        writer.start()
    walks = 0
    while any(writer.is_alive() for writer in writers):
        before = feed.latest()
        expected = _there(before)
        snapshot, texts = _walk_by_cursor()
        assert _met(texts) == _there(snapshot)
        assert _walk_by_cursor(cursor=f"{snapshot}.0") == (snapshot, texts), "among pages that are kept by then"
        # By number a walk sees later states of later pages, but each dataset at most once, and all that stayed.
        numbered = _met(_walk_by_number())
        stayed = set(_there(feed.latest())).intersection(expected)
        assert len(numbered) == len(set(numbered))
        assert stayed <= set(numbered)
        walks += 1
        time.sleep(0.2)
    assert walks > 2
    while feed.stale():
        time.sleep(0.1)
    texts = _walk_by_cursor()[1]
    assert sorted(_met(texts)) == sorted(f"{BASE}/dataset/{id}" for writer in writers for id in writer.mine)
    del joined[:]
    assert _walk_by_cursor()[1] == texts
    assert joined == []


def _there(snapshot: int) -> list[str]:
    """The datasets of a snapshot by the log alone, in their order."""
    found = model.Session.query(feed.Version.iri).filter(feed.in_snapshot(snapshot)).order_by(feed.Version.place)
    return [iri for (iri,) in found]


DATASET = re.compile(r"^<(\S+)> <\S+#type> <http://www\.w3\.org/ns/dcat#Dataset> \.$", re.MULTILINE)


def _met(texts: list[str]) -> list[str]:
    """The datasets of some pages in N-Triples, in their order."""
    return [iri for text in texts for iri in DATASET.findall(text)]


def _walk_by_cursor(**asked: str) -> tuple[int, list[str]]:
    reading = walk.open_page(asking.read("nt", asked))
    snapshot, found = reading.snapshot, [sent(reading)]
    while link := reading.page.others.get("next"):
        reading = walk.open_page(asking.read("nt", dict(link)))
        assert reading.snapshot == snapshot
        found.append(sent(reading))
    return snapshot, found


def _walk_by_number() -> list[str]:
    found: list[str] = []
    for number in range(1, 999):
        reading = walk.open_page(asking.read("nt", {"page": str(number)}))
        found.append(sent(reading))
        if reading.page.others.get("next") is None:
            break
    return found
