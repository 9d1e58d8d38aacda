"""A dataset of an RDF graph as a tree of plain values, the same whatever the order of the document."""

from __future__ import annotations

import json
from typing import Any

from rdflib import RDF, Graph, Literal, Namespace
from rdflib.term import BNode, Node

DCAT = Namespace("http://www.w3.org/ns/dcat#")
DCT = Namespace("http://purl.org/dc/terms/")
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
PREFIXES = {
    "http://www.w3.org/ns/dcat#": "dcat",
    "http://purl.org/dc/terms/": "dct",
    "http://xmlns.com/foaf/0.1/": "foaf",
    "http://www.w3.org/2006/vcard/ns#": "vcard",
    "http://www.w3.org/ns/adms#": "adms",
    "http://data.europa.eu/r5r/": "dcatap",
    "http://www.w3.org/2004/02/skos/core#": "skos",
    "http://schema.org/": "schema",
    "https://schema.org/": "schema",
    "http://www.w3.org/2002/07/owl#": "owl",
    "http://www.w3.org/2000/01/rdf-schema#": "rdfs",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://www.w3.org/ns/locn#": "locn",
    "http://www.w3.org/2006/time#": "time",
    "http://www.opengis.net/rdf#": "ogc",
}
DEPTH = 4
MOST_VALUES = 1000
# Other datasets and the catalogue are neighbours, not parts: a tree must not swallow the whole graph.
NEIGHBOURS = {DCAT.Dataset, DCAT.Catalog, DCAT.DatasetSeries}


def tree(graph: Graph, node: Node, depth: int = DEPTH) -> dict[str, Any]:
    """The node with its properties under short names, nested as deep as a dataset is described."""
    found: dict[str, list[Any]] = {}
    for predicate, value in graph.predicate_objects(node):
        found.setdefault(_short(str(predicate)), []).append(_value(graph, value, depth))
    properties = {name: sorted(values, key=_order)[:MOST_VALUES] for name, values in sorted(found.items())}
    return properties if isinstance(node, BNode) else {"@id": str(node), **properties}


def _value(graph: Graph, value: Node, depth: int) -> dict[str, Any]:
    if isinstance(value, Literal):
        return {"@value": str(value), **({"@language": value.language} if value.language else {})}
    types = set(graph.objects(value, RDF.type))
    if depth > 0 and (value, None, None) in graph and not types & NEIGHBOURS:
        return tree(graph, value, depth - 1)
    return {"@id": str(value)} if not isinstance(value, BNode) else {}


def _order(value: dict[str, Any]) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _short(iri: str) -> str:
    cut = max(iri.rfind("#"), iri.rfind("/")) + 1
    prefix = PREFIXES.get(iri[:cut])
    return f"{prefix}:{iri[cut:]}" if prefix else iri
