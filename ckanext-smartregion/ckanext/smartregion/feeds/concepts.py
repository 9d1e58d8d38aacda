"""Concepts: every code that a graph points at is described in it, with its type, its list and its four labels.

Readers that check ranges, or that show a label, need no second download for that.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import RDF, RDFS, SKOS

from ckanext.smartregion.feeds.terms import DCAT, DCT, GSP
from ckanext.smartregion.schemas import LANGUAGES, Concept, vocabulary

HERE = Path(__file__).parent
LICENCE_TYPES = "http://purl.org/adms/licencetype/"


@dataclass(frozen=True)
class Scheme:
    """A list of concepts as a graph names it."""

    uri: str
    type: str
    titles: dict[str, str]


def describe_concepts(graph: Graph, page: Graph) -> None:
    """Describe every known concept that the graph points at, except those that its page already describes."""
    known = known_concepts()
    pointed_at = {node for node in graph.objects() if isinstance(node, URIRef)}
    described = {node for node in pointed_at if (node, SKOS.prefLabel, None) in page}
    for node in (node for node in pointed_at - described if str(node) in known):
        scheme, concept = known[str(node)]
        _describe(graph, node, scheme, concept)
    for predicate, describe in ((DCT.license, _describe_licence), (DCT.spatial, _describe_place)):
        for node in pointed_at.intersection(graph.objects(None, predicate)):
            describe(graph, node)


def _describe(graph: Graph, node: URIRef, scheme: Scheme, concept: Concept) -> None:
    graph.add((node, RDF.type, SKOS.Concept))
    if scheme.type:
        graph.add((node, RDF.type, URIRef(scheme.type)))
    _label(graph, node, SKOS.prefLabel, concept.labels)
    if scheme.uri:
        graph.add((node, SKOS.inScheme, URIRef(scheme.uri)))
        _describe_scheme(graph, scheme)


def describe_scheme(graph: Graph, name: str) -> None:
    """Describe a list itself, by the name of its vocabulary."""
    _describe_scheme(graph, schemes()[name])


def _describe_scheme(graph: Graph, scheme: Scheme) -> None:
    graph.add((URIRef(scheme.uri), RDF.type, SKOS.ConceptScheme))
    _label(graph, URIRef(scheme.uri), DCT.title, scheme.titles)


def _label(graph: Graph, node: URIRef, predicate: URIRef, labels: dict[str, str]) -> None:
    for language in LANGUAGES:
        if labels.get(language):
            graph.add((node, predicate, Literal(labels[language], lang=language)))


def _describe_licence(graph: Graph, node: URIRef) -> None:
    """A licence says what kind it is and where its text stands; ckanext-dcat would call it of unknown kind."""
    graph.add((node, RDF.type, DCT.LicenseDocument))
    graph.remove((node, DCT.type, URIRef(LICENCE_TYPES + "UnknownIPR")))
    concept = vocabulary("licence").by_uri(str(node))
    if concept is None:
        return
    if concept.extra.get("homepage"):
        graph.add((node, RDFS.seeAlso, URIRef(concept.extra["homepage"])))
    kind = _licence_types().get(concept.code)
    if kind:
        graph.add((node, DCT.type, URIRef(kind.uri)))
        _describe(graph, URIRef(kind.uri), schemes()["licence-type"], kind)


def _describe_place(graph: Graph, node: URIRef) -> None:
    concept = vocabulary("place").by_uri(str(node))
    graph.add((node, RDF.type, DCT.Location))
    if concept is None:
        return
    _label(graph, node, SKOS.prefLabel, concept.labels)
    west, south, east, north = concept.extra["bbox"].split()
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    box = "POLYGON((" + ", ".join(" ".join(corner) for corner in corners) + "))"
    if (node, DCAT.bbox, None) not in graph:
        graph.add((node, DCAT.bbox, Literal(box, datatype=GSP.wktLiteral)))


@cache
def known_concepts() -> dict[str, tuple[Scheme, Concept]]:
    """Every concept of the lists that a feed uses, by its IRI, with its list."""
    lists = ((scheme, vocabulary(name)) for name, scheme in schemes().items() if name != "licence-type")
    return {concept.uri: (scheme, concept) for scheme, concepts in lists for concept in concepts.concepts}


@cache
def schemes() -> dict[str, Scheme]:
    """The lists that a feed describes, by the name of their vocabulary."""
    rows = _rows("schemes.csv")
    titles = ({language: row[language] for language in LANGUAGES} for row in rows)
    return {row["vocabulary"]: Scheme(row["uri"], row["type"], title) for row, title in zip(rows, titles, strict=True)}


@cache
def _licence_types() -> dict[str, Concept]:
    """The kind of each licence, by the licence's code."""
    kinds = ((row, {language: row[language] for language in LANGUAGES}) for row in _rows("licence-types.csv"))
    return {
        licence: Concept(row["code"], LICENCE_TYPES + row["code"], labels)
        for row, labels in kinds
        for licence in row["licences"].split("|")
    }


def _rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
