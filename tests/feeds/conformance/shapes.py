"""The official shapes as the truth that our checker is held to, and graphs as the descriptions that it reads."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import yaml
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import SH
from rdflib.term import Node

from ckanext.smartregion.feeds.conformance.checking import Result
from ckanext.smartregion.feeds.conformance.constraints import HERE, iri_of
from ckanext.smartregion.feeds.conformance.facts import Described
from ckanext.smartregion.feeds.emission import Value

from tests.feeds import validation
from tests.feeds.graphs import QuickGraph
from tests.feeds.validation import official

# Each inner list is loaded together. The recommendations stand alone: they give a shape of the others a second meaning.
SHAPES = {
    "dcat-ap": (
        ("dcat-ap-3.0.1/shapes.ttl", "dcat-ap-3.0.1/range.ttl", "dcat-ap-3.0.1/mdr-vocabularies.shape.ttl"),
        ("dcat-ap-3.0.1/shapes_recommended.ttl",),
    ),
    "dcat-ap-hvd": (("dcat-ap-hvd-3.0.0/hvd-SHACL-full.ttl",),),
    "mobilitydcat-ap": (
        (
            "mobilitydcat-ap-1.1.0/mobilitydcat-ap-shacl.ttl",
            "mobilitydcat-ap-1.1.0/mobilitydcat-ap-shacl-ranges.ttl",
        ),
    ),
    "geodcat-ap": (("geodcat-ap-3.1.0/geodcat-ap-SHACL.ttl",),),
    "bregdcat-ap": (("bregdcat-ap-3.0.0/bregdcatap-SHACL.ttl",),),
}
# Of StatDCAT-AP only a draft has shapes, which are not stored here: its table stands for itself, in the words of SHACL.
KINDS = {"text": SH.Literal, "thing": SH.BlankNodeOrIRI}
NUMBERS = {"min": SH.minCount, "max": SH.maxCount}
ADDRESSES = {"class": SH["class"], "datatype": SH.datatype}
Finding = tuple[str, str, str, str]  # focus, path, severity, value


class Shapes:
    """The shapes of one profile, loaded once."""

    def __init__(self, folder: Path, profile: str) -> None:
        files = SHAPES.get(profile)
        self._parts = (
            [official(folder, *names) for names in files] if files else [validation.Shapes(_of_table(profile))]
        )

    def findings(self, graph: Graph) -> set[Finding]:
        """What is wrong with a graph."""
        return {finding for shapes in self._parts for finding in _findings(graph, shapes)}


def ours(results: Iterable[Result]) -> set[Finding]:
    """Our results in the same words: a way that is no single property has no name in a SHACL report."""
    return {
        (
            each.focus,
            "way" if set(each.path) & set(" ^") else each.path,
            each.severity,
            each.value.text if each.value else "",
        )
        for each in results
    }


def _of_table(profile: str) -> Graph:
    shapes = QuickGraph()
    for kind, properties in yaml.safe_load((HERE / f"{profile}.yaml").read_text()).items():
        shape = BNode()
        shapes.add((shape, SH.targetClass, URIRef(iri_of(kind))))
        for path, words in properties.items():
            asked = BNode()
            shapes.add((shape, SH.property, asked))
            shapes.add((asked, SH.path, URIRef(iri_of(path))))
            for word, value in words.items():
                shapes.add((asked, *_in_shacl(word, value)))
    return shapes


def _in_shacl(word: str, value: str | int) -> tuple[Node, Node]:
    if word in NUMBERS:
        return NUMBERS[word], Literal(value)
    return (SH.nodeKind, KINDS[value]) if word == "kind" else (ADDRESSES[word], URIRef(iri_of(value)))


def _findings(graph: Graph, shapes: validation.Shapes) -> Iterable[Finding]:
    for one in shapes.results(graph):
        focus, path, value, severity = (
            one.get(part) for part in (SH.focusNode, SH.resultPath, SH.value, SH.resultSeverity)
        )
        # Where a whole thing is wrong, it is the value too.
        text = "" if value is None or path is None else _named(value)
        name = str(path) if isinstance(path, URIRef) else "way"
        yield _named(focus), name, str(severity).rpartition("#")[2].lower(), text


def _named(node: Node) -> str:
    return f"_:{node}" if isinstance(node, BNode) else str(node)


def described(graph: Graph) -> Described:
    """The descriptions that a graph holds."""
    found: dict[str, dict[str, list[Value]]] = {}
    for subject, predicate, value in graph:
        found.setdefault(_named(subject), {}).setdefault(str(predicate), []).append(_value(value))
    return {subject: {predicate: sorted(values) for predicate, values in of.items()} for subject, of in found.items()}


def graph_of_descriptions(descriptions: Described) -> Graph:
    """The graph of some descriptions, each text exactly as it stands."""
    return QuickGraph(
        (URIRef(subject), URIRef(predicate), _node(value))
        for subject, of in descriptions.items()
        for predicate, values in of.items()
        for value in values
    )


def _value(node: Node) -> Value:
    if isinstance(node, Literal):
        return Value(str(node), False, node.language or "", str(node.datatype or ""))
    return Value(_named(node), is_iri=True)


@cache
def _node(value: Value) -> Node:
    if value.is_iri:
        return URIRef(value.text)
    return Literal(value.text, lang=value.language or None, datatype=value.datatype or None, normalize=False)
