"""The report on a dataset: what programs and officers read, as JSON and as RDF, and read from what is really sent."""

from __future__ import annotations

import json
from typing import Any

import pytest
from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import RDF, SH

from ckanext.smartregion.feeds import emission
from ckanext.smartregion.feeds.conformance import reading
from ckanext.smartregion.feeds.conformance.assessing import assess
from ckanext.smartregion.feeds.conformance.constraints import PROFILES, expectations
from ckanext.smartregion.feeds.conformance.reporting import COMPONENTS, report, statements
from ckanext.smartregion.schemas import LANGUAGES

from tests.feeds.conformance.shapes import described, graph_of_descriptions
from tests.feeds.examples import BASE
from tests.feeds.test_shapes import HOSTILE

DQV = Namespace("http://www.w3.org/ns/dqv#")
ADDRESS, METRICS = f"{BASE}/feeds/quality/minimal", f"{BASE}/feeds/quality/metrics"


@pytest.fixture
def told(minimal, graph_of) -> dict[str, Any]:
    """The report on a dataset with a file of unknown type and nothing else beside what publication demands."""
    dataset = minimal(resources=[{"id": "r0", "url": "https://www.example.be/velos"}])
    iri = f"{BASE}/dataset/{dataset['id']}"
    assessment = assess({"dcat-ap": described(graph_of(dataset))}, iri, lambda address: None)
    return report(assessment, "dataset", {f"{iri}/resource/r0": "r0"})


@pytest.fixture
def graph(told) -> Graph:
    """The same as RDF."""
    text = emission.piece("ttl", emission.described(statements(told, ADDRESS, METRICS)))
    return Graph().parse(data=emission.document("ttl", [text]), format="turtle")


@pytest.mark.parametrize("made", ["full", "minimal", "hostile"])
def test_our_own_triples_read_back_are_what_was_written(made, full, minimal, graph_of):
    dataset = {"full": full("mobility"), "minimal": minimal(), "hostile": minimal(**HOSTILE)}[made]
    written = emission.described(
        (subject, predicate, value._replace(text=value.text + '\n"\\t'))
        if not value.is_iri
        else (subject, predicate, value)
        for subject, of in described(graph_of(dataset)).items()
        for predicate, values in of.items()
        for value in values
    )

    assert reading.described([emission.piece("nt", written)]) == written


def test_report_is_json_and_says_everything_in_four_languages(told):
    assert json.loads(json.dumps(told)) == told
    assert all(set(each["message"]) == set(LANGUAGES) for each in told["mend"] + told["results"])


def test_what_is_wrong_with_a_file_names_the_file(told):
    wrong = [each for each in told["results"] if each["form"] == "file"]

    assert wrong
    assert {each["resource"] for each in wrong} == {"r0"}


def test_score_is_a_measurement_of_each_indicator(told, graph):
    assert len(set(graph.subjects(RDF.type, DQV.QualityMeasurement))) == len(told["score"]["indicators"]) + 1
    assert graph.value(URIRef(f"{ADDRESS}#score"), DQV.value) == Literal(told["score"]["points"])
    assert graph.value(URIRef(f"{ADDRESS}#score"), DQV.computedOn) == URIRef(told["iri"])


def test_results_are_those_of_a_shacl_report(told, graph):
    results = set(graph.objects(URIRef(f"{ADDRESS}#report"), SH.result))

    assert len(results) == len(told["results"])
    assert {str(graph.value(one, SH.focusNode)) for one in results} == {each["focus"] for each in told["results"]}
    assert (URIRef(f"{ADDRESS}#report"), SH.conforms, Literal(False)) in graph


def test_every_word_of_the_tables_has_its_shacl_component():
    rules = [rule for of in expectations(PROFILES).values() for each in of.of_present.values() for rule in each]

    assert {word for rule in rules for word, _ in rule.tests} <= set(COMPONENTS)


def test_report_and_descriptions_go_both_ways_through_a_graph(minimal, graph_of):
    description = described(graph_of(minimal()))

    assert described(graph_of_descriptions(description)) == description
