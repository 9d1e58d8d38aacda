"""What is left out, and would be added."""

from __future__ import annotations

from rdflib import DCTERMS, Graph, URIRef

from tests.feeds.downstream.repairs.registry import ADMS, DCAT, DCATAP, EU, VCARD, Found, repair, without

LAW_OF_CLOSED_DATA = URIRef("http://data.europa.eu/eli/reg/2022/868/oj")
CLOSED = [URIRef(f"{EU}access-right/{code}") for code in ("NON_PUBLIC", "RESTRICTED", "SENSITIVE")]


@repair("public access added")
def _(graph: Graph) -> Found:
    yield from without(graph, DCTERMS.accessRights, DCAT.Dataset, DCAT.DataService)


@repair("availability added")
def _(graph: Graph) -> Found:
    yield from without(graph, DCATAP.availability, DCAT.Distribution)


@repair("place forced")
def _(graph: Graph) -> Found:
    yield from without(graph, DCTERMS.spatial, DCAT.Dataset)


@repair("language guessed")
def _(graph: Graph) -> Found:
    yield from without(graph, DCTERMS.language, DCAT.Dataset)


@repair("language copied to the files")
def _(graph: Graph) -> Found:
    for dataset in set(graph.subjects(DCTERMS.language)):
        files = (*graph.objects(dataset, DCAT.distribution), *graph.objects(dataset, ADMS.sample))
        yield from (file for file in files if (file, DCTERMS.language, None) not in graph)


@repair("contact added")
def _(graph: Graph) -> Found:
    yield from without(graph, DCAT.contactPoint, DCAT.Dataset)
    yield from (contact for contact in graph.objects(None, DCAT.contactPoint) if (contact, VCARD.fn, None) not in graph)


@repair("title copied to an empty description")
def _(graph: Graph) -> Found:
    yield from without(graph, DCTERMS.description, DCAT.Dataset, DCAT.DataService)


@repair("landing page made access address")
def _(graph: Graph) -> Found:
    yield from without(graph, DCAT.accessURL, DCAT.Distribution)


@repair("regulation on closed data added")
def _(graph: Graph) -> Found:
    for right in CLOSED:
        closed = graph.subjects(DCTERMS.accessRights, right)
        yield from (one for one in closed if (one, DCATAP.applicableLegislation, LAW_OF_CLOSED_DATA) not in graph)
