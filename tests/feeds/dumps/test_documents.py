"""A document written dataset by dataset says the same in every serialisation, and what is shared once."""

from __future__ import annotations

import io
from typing import Any

import pyoxigraph as ox
import pytest

from ckanext.smartregion.feeds.dumps import kinds
from ckanext.smartregion.feeds.dumps.documents import Document, Shared
from ckanext.smartregion.feeds.dumps.kinds import Kind
from ckanext.smartregion.feeds.emission import Value, described
from ckanext.smartregion.feeds.fragments import fragment

from tests.feeds.examples import BASE

TITLE = "http://purl.org/dc/terms/title"
PUBLISHER = "http://purl.org/dc/terms/publisher"
CATALOGUE, NAMUR = BASE, "https://example.be/namur"
HEAD = [(CATALOGUE, TITLE, Value("Catalogue", language="fr")), (NAMUR, TITLE, Value("Namur", language="fr"))]
FORMATS = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "nq": ox.RdfFormat.N_QUADS,
    "rdf": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
}
by_ending = {kind.ending: kind for kind in kinds.RDF}


def said(number: int, publisher: str = NAMUR, title: str = 'Un point. Fin .\n\u2028 "jeu" .') -> tuple[str, Any]:
    iri = f"{BASE}/dataset/{number}"
    statements = [
        (iri, TITLE, Value(title, language="fr")),
        (iri, PUBLISHER, Value(publisher, is_iri=True)),
        (publisher, TITLE, Value(publisher.rpartition("/")[2].title(), language="fr")),
    ]
    return iri, fragment(described(statements), iri, iri)


def written(kind: Kind, *datasets: tuple[str, Any]) -> str:
    document, shared = Document(kind, CATALOGUE), Shared()
    text = document.begin(HEAD)
    for iri, about in datasets:
        text += document.dataset(iri, about, shared.news(about.shared["nt"]))
    return text + document.end()


def quads(ending: str, text: str) -> list[ox.Quad]:
    return list(ox.parse(io.BytesIO(text.encode()), format=FORMATS[ending], base_iri=BASE))


def triples(ending: str, text: str) -> set[ox.Triple]:
    return {quad.triple for quad in quads(ending, text)}


@pytest.mark.parametrize("ending", by_ending)
def test_every_serialisation_says_the_same(ending: str) -> None:
    datasets = [said(1), said(2), said(3, "https://example.be/dinant")]
    found = triples(ending, written(by_ending[ending], *datasets))
    assert found == triples("nt", written(by_ending["nt"], *datasets))
    assert len([triple for triple in found if triple.predicate.value == PUBLISHER]) == 3


@pytest.mark.parametrize("ending", by_ending)
def test_document_without_datasets_can_be_read(ending: str) -> None:
    assert len(triples(ending, written(by_ending[ending]))) == 2


def test_json_ld_begins_as_an_object_for_those_who_look_at_the_first_sign() -> None:
    assert written(by_ending["jsonld"], said(1)).startswith("{")


def test_what_datasets_share_is_said_once() -> None:
    assert written(by_ending["ttl"], said(1), said(2), said(3)).count('"Namur"') == 2, "once in the head, once after"


def test_in_n_quads_each_dataset_is_a_graph_that_stands_alone() -> None:
    found = quads("nq", written(by_ending["nq"], said(1), said(2)))
    graphs = {graph: [q for q in found if q.graph_name.value == graph] for graph in {q.graph_name.value for q in found}}
    assert set(graphs) == {CATALOGUE, f"{BASE}/dataset/1", f"{BASE}/dataset/2"}
    assert {q.subject.value for q in graphs[f"{BASE}/dataset/2"]} == {f"{BASE}/dataset/2", NAMUR}
    assert {q.subject.value for q in graphs[CATALOGUE]} == {CATALOGUE, NAMUR}
