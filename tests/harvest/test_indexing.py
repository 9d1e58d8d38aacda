"""The index that a harvest fills: the same documents as CKAN's own indexing sends, in batches."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from written import ONE, THREE, TWO, candidate, commit, found

from ckan import logic
from ckan import model as ckan_model
from ckan.tests import factories
from ckan.tests.helpers import call_action

from ckanext.smartregion.harvest import model
from ckanext.smartregion.harvest.engine import indexing, writing

TYPES = ("dataset", "mobility", "energy", "governance")


class Solr:
    """A search engine that takes everything and remembers it."""

    def __init__(self) -> None:
        self.updates: list[Any] = []
        self.connections: set[Any] = set()
        solr = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                solr.connections.add(self.client_address)
                solr.updates.append(json.loads(body) if "json" in self.headers["Content-Type"] else body)
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *arguments: Any) -> None:
                """Silence: the updates are remembered instead."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True

    @property
    def documents(self) -> dict[str, dict[str, Any]]:
        """Every document that was sent, by the id of its dataset."""
        return {each["id"]: each for update in self.updates if isinstance(update, list) for each in update}


@pytest.fixture
def solr(ckan_config: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Solr]:
    """A search engine in the place of the real one; one that is already there keeps its index."""
    solr = Solr()
    thread = threading.Thread(target=solr.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    monkeypatch.setitem(ckan_config, "solr_url", f"http://127.0.0.1:{solr.server.server_address[1]}/solr/any")
    yield solr
    solr.server.shutdown()
    solr.server.server_close()
    thread.join()


@pytest.fixture
def catalogue(source: model.Source) -> list[str]:
    """Datasets of every type and in every state, with keywords, groups and free fields; gives their ids."""
    group = factories.Group(name="eau")
    datasets = {
        **{name: candidate(name.title(), type=name) for name in TYPES},
        "draft": candidate("Brouillon", license_id=""),
        "private": candidate("Privé", private=True),
        "grouped": candidate("Groupé", groups=[{"name": group["name"]}], tags_translated={"fr": ["eau", "l'été"]}),
        "several": candidate("Trois fichiers", resources=[file(name) for name in ("csv", "json", "xlsx")]),
        "free": candidate("Champs libres", extras=[{"key": "release_date", "value": "2026-01-05"}]),
        "controls": candidate("Signe \x07 de sonnerie"),
        "deleted": candidate("Retiré"),
    }
    ids = {name: writing.package_id(source.id, name) for name in datasets}
    for name, each in datasets.items():
        writing.write(source, ids[name], each, deferred=True)
    writing.withdraw(ids["deleted"], deferred=True)
    commit()
    return list(ids.values())


def file(kind: str) -> dict[str, Any]:
    return {"url": f"https://liege.be/arbres.{kind}", "name_translated": {"fr": kind}, "format": kind.upper()}


@pytest.mark.parametrize("remembered", [True, False])
def test_documents_are_those_of_ckan(catalogue, solr, remembered) -> None:
    if not remembered:
        indexing.forget()
    indexing.index(catalogue)
    ours, ours_gone = solr.documents, [each for each in solr.updates if isinstance(each, str)]
    solr.updates.clear()
    for package_id in catalogue:
        logic.index_update_package({"ignore_auth": True}, package_id)

    assert sorted(ours) == sorted(solr.documents)
    assert len(ours) == len(catalogue) - 1
    for package_id, document in solr.documents.items():
        assert parsed(ours[package_id]) == parsed(document)
    gone = [each for each in solr.updates if isinstance(each, str) and "delete" in each]
    assert len(ours_gone) == len(gone) == 1
    assert catalogue[-1] in ours_gone[0]


def parsed(document: dict[str, Any]) -> dict[str, Any]:
    """A document with the datasets that it holds as text unpacked; the order of their fields says nothing."""
    held = {name: json.loads(document[name]) for name in ("data_dict", "validated_data_dict")}
    for dataset in held.values():
        dataset["extras"] = sorted(dataset.get("extras", []), key=lambda extra: extra["key"])
    return document | held


def test_many_are_sent_together_over_one_connection(catalogue, solr, monkeypatch) -> None:
    monkeypatch.setattr(indexing, "BATCH", 4)

    indexing.index(catalogue)

    assert [len(each) for each in solr.updates if isinstance(each, list)] == [4, 4, 2]
    assert len(solr.connections) == 1


def test_what_is_no_longer_there_leaves_the_index(source) -> None:
    for identifier in (ONE, TWO, THREE):
        writing.write(source, identifier, candidate())
    assert found() == sorted([ONE, TWO, THREE])
    call_action("dataset_purge", id=ONE)
    ckan_model.Session.execute(ckan_model.package_table.update().values(state="deleted").filter_by(id=TWO))
    commit()

    indexing.index([ONE, TWO, THREE, "never there"])
    indexing.commit()

    assert found() == [THREE]


def test_write_that_was_under_way_does_not_bring_a_purged_dataset_back(source, monkeypatch) -> None:
    name = writing.name_of(candidate().dataset)
    writing.write(source, ONE, candidate())
    purge = ckan_model.Package.purge

    def while_it_is_written(package: ckan_model.Package) -> None:
        indexing.index([ONE])  # as another write does before its commit, for which the purge waits
        indexing.commit()
        purge(package)

    monkeypatch.setattr(ckan_model.Package, "purge", while_it_is_written)
    call_action("dataset_purge", id=name)

    assert ckan_model.Package.get(ONE) is None
    assert found() == []


def test_a_keyword_with_an_apostrophe_is_a_filter(source) -> None:
    writing.write(source, ONE, candidate(tags_translated={"fr": ["braine-l'alleud"]}), deferred=True)
    writing.write(source, TWO, candidate(tags_translated={"fr": ["l’été", "R&D (eau)"]}), deferred=True)
    commit()
    indexing.index([ONE, TWO])
    indexing.commit()

    searched = call_action("package_search", **{"facet.field": ["tags"]})
    assert searched["facets"]["tags"] == {"braine-l'alleud": 1, "l’été": 1, "R&D (eau)": 1}
    for word, identifier in (("braine-l'alleud", ONE), ("l’été", TWO), ("R&D (eau)", TWO)):
        assert [row["id"] for row in call_action("package_search", fq=f'tags:"{word}"')["results"]] == [identifier]


def test_a_change_by_somebody_else_after_the_write_is_what_is_indexed(source) -> None:
    writing.write(source, ONE, candidate(), deferred=True)
    commit()
    call_action("package_patch", {"user": "chief"}, id=ONE, title_translated={"fr": "Autrement"})

    indexing.index([ONE])
    indexing.commit()

    [row] = call_action("package_search", q=f"id:{ONE}")["results"]
    assert row["title"] == "Autrement"


def test_a_search_engine_that_is_away_is_said_and_nothing_is_lost(source, ckan_config, monkeypatch) -> None:
    writing.write(source, ONE, candidate(), deferred=True)
    commit()
    with monkeypatch.context() as away:
        away.setitem(ckan_config, "solr_url", "http://127.0.0.1:9/solr/none")
        with pytest.raises(indexing.IndexUnavailable):
            indexing.index([ONE])
        with pytest.raises(indexing.IndexUnavailable):
            indexing.commit()

    indexing.index([ONE])
    indexing.commit()
    assert found() == [ONE]
