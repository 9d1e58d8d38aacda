"""rdflib as the oracle of our RDF reader: the same trees, grown slowly from its graph."""

from __future__ import annotations

import json
import logging
from typing import Any

import rdflib
from rdflib import RDF, BNode, Dataset, Graph, Literal, URIRef
from rdflib.term import Node

from ckanext.smartregion.harvest.reading.rdf_tree import DCAT, DCT, DEPTH, FOAF, MOST_VALUES, NEIGHBOURS, PREFIXES

TITLE, LISTED = URIRef(DCT + "title"), (URIRef(DCAT + "dataset"), URIRef(FOAF + "primaryTopic"))
TYPES = (URIRef(DCAT + "Dataset"), URIRef(DCAT + "DatasetSeries"))
SERVICE = URIRef(DCAT + "DataService")


def trees(body: bytes, kind: str, base: str) -> list[dict[str, Any]]:
    """The datasets of a document as rdflib understands it; literals keep the form in which they were written."""
    rdflib.NORMALIZE_LITERALS = False
    logging.disable(logging.CRITICAL)
    try:
        empty = Dataset(default_union=True) if kind in ("json-ld", "trig", "nquads") else Graph()
        graph = empty.parse(data=body, format=kind, publicID=base)
    finally:
        rdflib.NORMALIZE_LITERALS = True
        logging.disable(logging.NOTSET)
    found = {node for each in TYPES for node in graph.subjects(RDF.type, each)}
    listed = {node for each in LISTED for node in graph.objects(None, each) if (node, TITLE, None) in graph}
    found |= {node for node in listed if (node, RDF.type, SERVICE) not in graph}
    named = [tree(graph, node) for node in sorted(each for each in found if isinstance(each, URIRef))]
    return named + sorted((tree(graph, node) for node in found if isinstance(node, BNode)), key=_order)


def tree(graph: Graph, node: Node, depth: int = DEPTH) -> dict[str, Any]:
    """The node with its properties under short names."""
    found: dict[str, list[Any]] = {}
    for predicate, value in graph.predicate_objects(node):
        found.setdefault(_short(str(predicate)), []).append(_value(graph, value, depth))
    properties = {name: sorted(values, key=_order)[:MOST_VALUES] for name, values in sorted(found.items())}
    return properties if isinstance(node, BNode) else {"@id": str(node), **properties}


def _value(graph: Graph, value: Node, depth: int) -> dict[str, Any]:
    if isinstance(value, Literal):
        return {"@value": str(value), **({"@language": value.language} if value.language else {})}
    types = {str(each) for each in graph.objects(value, RDF.type)}
    if depth > 0 and (value, None, None) in graph and not types & NEIGHBOURS:
        return tree(graph, value, depth - 1)
    return {"@id": str(value)} if not isinstance(value, BNode) else {}


def _order(value: dict[str, Any]) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _short(iri: str) -> str:
    cut = max(iri.rfind("#"), iri.rfind("/")) + 1
    prefix = PREFIXES.get(iri[:cut])
    return f"{prefix}:{iri[cut:]}" if prefix else iri
