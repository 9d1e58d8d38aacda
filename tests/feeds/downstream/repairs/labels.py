"""Labels that stand where an address belongs, and things said in the wrong place."""

from __future__ import annotations

import re

from rdflib import DCTERMS, FOAF, Graph

from tests.feeds.downstream.repairs.registry import DCAT, DCATAP, EU, Found, of, outside, repair, with_text, without

LANGUAGES = {f"{EU}language/{code}" for code in ("FRA", "NLD", "DEU", "ENG")}


@repair("licence by its label")
def _(graph: Graph) -> Found:
    yield from with_text(graph, DCTERMS.license)
    yield from outside(graph, DCTERMS.license, "http://", "https://")


@repair("licence repeated as rights")
def _(graph: Graph) -> Found:
    yield from (
        node for node, value in graph.subject_objects(DCTERMS.license) if (node, DCTERMS.rights, value) in graph
    )


@repair("licence on the dataset instead of its files")
def _(graph: Graph) -> Found:
    yield from (node for node in of(graph, DCAT.Dataset) if (node, DCTERMS.license, None) in graph)


@repair("frequency by its label")
def _(graph: Graph) -> Found:
    yield from with_text(graph, DCTERMS.accrualPeriodicity)
    yield from outside(graph, DCTERMS.accrualPeriodicity, f"{EU}frequency/")


@repair("format and media type by their labels")
def _(graph: Graph) -> Found:
    yield from with_text(graph, DCTERMS["format"], DCAT.mediaType)
    yield from outside(graph, DCTERMS["format"], f"{EU}file-type/")
    yield from outside(graph, DCAT.mediaType, "https://www.iana.org/assignments/media-types/")


@repair("theme by its label")
def _(graph: Graph) -> Found:
    yield from with_text(graph, DCAT.theme)
    yield from outside(graph, DCAT.theme, f"{EU}data-theme/")


@repair("theme by keyword")
def _(graph: Graph) -> Found:
    yield from without(graph, DCAT.theme, DCAT.Dataset)


@repair("language by its label")
def _(graph: Graph) -> Found:
    yield from with_text(graph, DCTERMS.language)
    yield from outside(graph, DCTERMS.language, *LANGUAGES)


@repair("publisher by its name")
def _(graph: Graph) -> Found:
    yield from with_text(graph, DCTERMS.publisher, DCTERMS.creator)
    yield from without(graph, DCTERMS.publisher, DCAT.Dataset)
    agents = {*graph.objects(None, DCTERMS.publisher), *graph.objects(None, DCTERMS.creator)}
    yield from (agent for agent in agents if (agent, FOAF.name, None) not in graph)


@repair("rights as a text")
def _(graph: Graph) -> Found:
    yield from with_text(graph, DCTERMS.rights, DCTERMS.accessRights)


@repair("regulation by its name")
def _(graph: Graph) -> Found:
    yield from with_text(graph, DCATAP.applicableLegislation)
    for node, standard in graph.subject_objects(DCTERMS.conformsTo):
        titles = " ".join(map(str, graph.objects(standard, DCTERMS.title)))
        if "eli/reg" in str(standard) or re.search(r"\b(976/2009|2023/138|1089/2010)\b", titles):
            yield node
