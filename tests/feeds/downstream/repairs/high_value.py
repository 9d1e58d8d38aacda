"""High-value data, and how data.gov.be tells them."""

from __future__ import annotations

from rdflib import Graph, URIRef

from tests.feeds.downstream.repairs.registry import DCAT, DCATAP, Found, repair

HVD_LAW = URIRef("http://data.europa.eu/eli/reg_impl/2023/138/oj")
HIGH_VALUE = "data.europa.eu/bna/"


@repair("high-value concept moved out of the themes")
def _(graph: Graph) -> Found:
    yield from (node for node, theme in graph.subject_objects(DCAT.theme) if HIGH_VALUE in str(theme))


@repair("high-value category copied to services")
def _(graph: Graph) -> Found:
    for dataset in graph.subjects(DCATAP.applicableLegislation, HVD_LAW):
        for service in graph.subjects(DCAT.servesDataset, dataset):
            said = {*graph.objects(service, DCATAP.hvdCategory), *graph.objects(service, DCATAP.applicableLegislation)}
            if not said >= {*graph.objects(dataset, DCATAP.hvdCategory), HVD_LAW}:
                yield service


@repair("high-value category by keyword")
def _(graph: Graph) -> Found:
    for node, keyword in graph.subject_objects(DCAT.keyword):
        if "HVD" in keyword and (node, DCATAP.hvdCategory, None) not in graph:
            yield node
