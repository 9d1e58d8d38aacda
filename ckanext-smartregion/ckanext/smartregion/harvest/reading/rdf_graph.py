"""Triples of a document by subject and predicate, read by pyoxigraph; light, because a child process imports it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, parse

FORMATS = {
    "xml": RdfFormat.RDF_XML,
    "turtle": RdfFormat.TURTLE,
    "json-ld": RdfFormat.JSON_LD,
    "trig": RdfFormat.TRIG,
    "nquads": RdfFormat.N_QUADS,
}
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
BLANK = "_:"


class Text(NamedTuple):
    """A literal: its text as written, and its language, empty for none."""

    text: str
    language: str


Value = str | Text
"""A literal, or a node: its address, or `_:` and a name that is good for nothing but telling nodes apart."""


class Graph:
    """What a document says, in the order in which it says it, each statement once."""

    def __init__(self) -> None:
        self.nodes: dict[str, dict[str, dict[Value, None]]] = {}

    def load(self, body: bytes, kind: str, base: str) -> Graph:
        """Add the statements of a document, whose blank nodes are not those of any other.

        Lenient: an address with blanks or a language tag of nobody's must not cost the page; rules mend both.
        """
        nodes = self.nodes
        for quad in parse(body, FORMATS[kind], base_iri=base, rename_blank_nodes=True, lenient=True):
            subject, predicate, value, _ = quad
            node = nodes.setdefault(_value(subject), {})  # type: ignore[arg-type]
            node.setdefault(predicate.value, {})[_value(value)] = None
        return self

    def merge(self, other: Graph) -> None:
        """Add the statements of another graph."""
        for node, properties in other.nodes.items():
            known = self.nodes.setdefault(node, {})
            for predicate, values in properties.items():
                known.setdefault(predicate, {}).update(values)

    def values(self, node: str, predicate: str) -> dict[Value, None]:
        """The values of a property, none where it is not stated."""
        return self.nodes.get(node, {}).get(predicate, {})

    def stated(self, predicate: str) -> Iterator[tuple[str, Value]]:
        """Everything that is stated by a predicate, with the node of which it is stated."""
        for node, properties in self.nodes.items():
            for value in properties.get(predicate, ()):
                yield node, value

    def typed(self, *types: str) -> list[str]:
        """The nodes of one of these types."""
        return [node for node in self.nodes if not self.values(node, RDF_TYPE).keys().isdisjoint(types)]


def _value(term: object) -> Value:
    kind = type(term)
    if kind is NamedNode:
        return term.value  # type: ignore[attr-defined]
    if kind is Literal:
        return Text(term.value, term.language or "")  # type: ignore[attr-defined]
    return BLANK + term.value if kind is BlankNode else str(term)  # type: ignore[attr-defined]
