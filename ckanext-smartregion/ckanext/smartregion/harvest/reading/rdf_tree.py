"""A dataset of an RDF graph as a tree of plain values, the same whatever the order of the document."""

from __future__ import annotations

import json
from typing import Any

from ckanext.smartregion.harvest.reading.rdf_graph import BLANK, RDF_TYPE, Graph, Text, Value

DCAT = "http://www.w3.org/ns/dcat#"
DCT = "http://purl.org/dc/terms/"
FOAF = "http://xmlns.com/foaf/0.1/"
HYDRA = "http://www.w3.org/ns/hydra/core#"
# Metawal declares this one; nobody else's vocabulary lives there.
WRONG_SKOS = "http://www.w3.org/2004/02/kos/core#"
PREFIXES = {
    DCAT: "dcat",
    DCT: "dct",
    FOAF: "foaf",
    "http://www.w3.org/2006/vcard/ns#": "vcard",
    "http://www.w3.org/ns/adms#": "adms",
    "http://data.europa.eu/r5r/": "dcatap",
    "http://www.w3.org/2004/02/skos/core#": "skos",
    WRONG_SKOS: "skos",
    "http://schema.org/": "schema",
    "https://schema.org/": "schema",
    "http://www.w3.org/2002/07/owl#": "owl",
    "http://www.w3.org/2000/01/rdf-schema#": "rdfs",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://www.w3.org/ns/locn#": "locn",
    "http://www.w3.org/2006/time#": "time",
    "http://www.opengis.net/rdf#": "ogc",
    "http://www.opengis.net/ont/geosparql#": "ogc",
}
DEPTH = 4
MOST_VALUES = 1000
# Other datasets and the catalogue are neighbours, not parts: a tree must not swallow the whole graph.
NEIGHBOURS = {DCAT + "Dataset", DCAT + "Catalog", DCAT + "DatasetSeries"}
TREE = dict[str, Any]


class Trees:
    """The trees of one graph; what many datasets share (a publisher, a licence) is grown once."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._grown: dict[tuple[str, int], TREE] = {}
        self._short: dict[str, str] = {}

    def tree(self, node: str, depth: int = DEPTH) -> TREE:
        """The node with its properties under short names, nested as deep as a dataset is described."""
        if (node, depth) not in self._grown:
            self._grown[node, depth] = self._grow(node, depth)
        return self._grown[node, depth]

    def _grow(self, node: str, depth: int) -> TREE:
        found: dict[str, list[TREE]] = {}
        for predicate, values in self.graph.nodes.get(node, {}).items():
            found.setdefault(self._name(predicate), []).extend(self._value(value, depth) for value in values)
        properties = {name: self._sorted(found[name]) for name in sorted(found)}
        return properties if node.startswith(BLANK) else {"@id": node, **properties}

    def _sorted(self, values: list[TREE]) -> list[TREE]:
        return values if len(values) == 1 else sorted(values, key=order)[:MOST_VALUES]

    def _value(self, value: Value, depth: int) -> TREE:
        if isinstance(value, Text):
            return {"@value": value.text, "@language": value.language} if value.language else {"@value": value.text}
        if depth > 0 and value in self.graph.nodes and NEIGHBOURS.isdisjoint(self.graph.values(value, RDF_TYPE)):
            return self.tree(value, depth - 1)
        return {} if value.startswith(BLANK) else {"@id": value}

    def _name(self, iri: str) -> str:
        if iri not in self._short:
            cut = max(iri.rfind("#"), iri.rfind("/")) + 1
            prefix = PREFIXES.get(iri[:cut])
            self._short[iri] = f"{prefix}:{iri[cut:]}" if prefix else iri
        return self._short[iri]


def order(tree: TREE) -> str:
    """A tree as text: by it trees are put in an order that is theirs and not the document's."""
    return json.dumps(tree, sort_keys=True, ensure_ascii=False)
