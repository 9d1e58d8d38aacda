"""Our graph holds every triple that ckanext-dcat's profile makes of the same dataset, in every serialisation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from rdflib import BNode

from ckanext.smartregion.feeds.description import concepts
from ckanext.smartregion.feeds.description.dataset import prepare
from ckanext.smartregion.feeds.description.portal import Portal, read_portal
from ckanext.smartregion.feeds.emission import FORMATS, statements
from ckanext.smartregion.feeds.fragments import document
from ckanext.smartregion.feeds.serializer import described, render

from tests.feeds.examples import BASE, TYPES, parsed
from tests.feeds.generated import datasets
from tests.feeds.oracle import EXCEPTIONS, datasets_below, lacking, stock_graph
from tests.feeds.test_shapes import HOSTILE

PORTAL = read_portal(BASE)
PARSERS = {
    "ttl": pyoxigraph.RdfFormat.TURTLE,
    "xml": pyoxigraph.RdfFormat.RDF_XML,
    "jsonld": pyoxigraph.RdfFormat.JSON_LD,
    "nt": pyoxigraph.RdfFormat.N_TRIPLES,
}
generated = settings(
    max_examples=100,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=list(HealthCheck),
)


def missing(dataset: dict[str, Any], portal: Portal = PORTAL, used: set[str] | None = None) -> list[Any]:
    ours = parsed(document("nt", (), [render(dataset, portal)]), "nt")
    assert not [node for node in ours.all_nodes() if isinstance(node, BNode)]
    return lacking(stock_graph(prepare(dataset, portal)), ours, used)


def read(form: str, text: str) -> set[tuple[str, str, str]]:
    quads = pyoxigraph.parse(text.encode(), format=PARSERS[form])
    return {(str(quad.subject), str(quad.predicate), str(quad.object)) for quad in quads}


@generated
@given(datasets())
def test_generated_dataset_says_all_that_ckanext_dcat_says(address, dataset: dict[str, Any]) -> None:
    assert missing(dataset) == []


@generated
@given(datasets())
def test_generated_dataset_reads_the_same_in_every_serialisation(dataset: dict[str, Any]) -> None:
    fragment = render(dataset, PORTAL)
    graphs = [read(form, document(form, (), [fragment])) for form in FORMATS]
    assert all(graph == graphs[0] for graph in graphs)
    assert len(graphs[0]) == len(set(concepts.described(statements(described(prepare(dataset, PORTAL))))))


@pytest.mark.parametrize("kind", TYPES)
def test_examples_say_all_that_ckanext_dcat_says(kind: str, full, minimal) -> None:
    for dataset in (full(kind), minimal(kind), full(kind, **HOSTILE)):
        assert missing(dataset) == []


@pytest.mark.parametrize("folder", ["shacl", "samples/dcat"])
def test_graphs_of_others_say_all_that_ckanext_dcat_says(folder: str, shared: Path) -> None:
    read = datasets_below(shared / folder)

    assert len(read) > 10
    for dataset in read:
        assert missing(dataset) == []


def test_every_exception_is_needed(full) -> None:
    used: set[str] = set()
    others = {"has_version": ["https://example.be/3"]}
    missing(full(identifier="https://example.be/1", documentation=["urn:isbn:1"], **others), used=used)
    assert used == set(EXCEPTIONS)
