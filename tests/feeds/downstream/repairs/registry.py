"""What a check is, where all of them are found by the names of their repairs, and what several of them ask."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from rdflib import RDF, Graph, Literal, Namespace
from rdflib.term import Node

ADMS = Namespace("http://www.w3.org/ns/adms#")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
DCATAP = Namespace("http://data.europa.eu/r5r/")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
EU = "http://publications.europa.eu/resource/authority/"

Found = Iterator[Node]
Check = Callable[[Graph], Iterable[Node]]
REPAIRS: dict[str, Check] = {}


def repair(name: str) -> Callable[[Check], Check]:
    """Give a check the name of its repair."""

    def named(check: Check) -> Check:
        REPAIRS[name] = check
        return check

    return named


def of(graph: Graph, *kinds: Node) -> Iterator[Node]:
    """Things of these classes."""
    for kind in kinds:
        yield from graph.subjects(RDF.type, kind)


def without(graph: Graph, predicate: Node, *kinds: Node) -> Found:
    """Things of these classes that say nothing by a predicate."""
    return (node for node in of(graph, *kinds) if (node, predicate, None) not in graph)


def with_text(graph: Graph, *predicates: Node) -> Found:
    """Things that have a text where an address belongs."""
    for predicate in predicates:
        yield from (node for node, value in graph.subject_objects(predicate) if isinstance(value, Literal))


def outside(graph: Graph, predicate: Node, *starts: str) -> Found:
    """Values that are not below one of these addresses."""
    yield from (value for value in graph.objects(None, predicate) if not str(value).startswith(starts))
