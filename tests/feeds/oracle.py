"""ckanext-dcat as the oracle: the graph that its DCAT-AP 3 profile makes of a prepared dataset, and what ours lacks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

from rdflib import RDFS, SKOS, BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, FOAF, PROV, RDF
from rdflib.term import Node

from ckanext.dcat.profiles import DCAT, DCATAP, VCARD, EuropeanDCATAP3Profile
from ckanext.dcat.profiles.base import CleanedURIRef
from ckanext.smartregion.feeds.description.iris import absolute

Triple = tuple[Node, Node, Node]
UNREADABLE = ("be-favv.rdf",)  # no valid RDF/XML
PAV = Namespace("http://purl.org/pav/")
TEXTS = (DCTERMS.title, DCTERMS.description, DCAT.keyword, FOAF.name, VCARD.fn, RDFS.label, SKOS.prefLabel)
LINKS = (
    FOAF.page, DCTERMS.conformsTo, DCTERMS.relation, DCTERMS.hasVersion, DCTERMS.isVersionOf, DCTERMS.source,
    DCTERMS.isReferencedBy, DCTERMS.license, DCAT.hasVersion, DCAT.endpointURL, DCAT.endpointDescription,
    DCAT.servesDataset, DCAT.landingPage, DCAT.hadRole, RDFS.seeAlso, DCATAP.applicableLegislation, DCATAP.availability,
    DCAT.contactPoint, DCTERMS.publisher, DCTERMS.creator, PROV.wasAssociatedWith,
)  # fmt: skip
ELSEWHERE: dict[Node, Node] = {
    DCAT.hasVersion: PAV.hasVersion,
    DCTERMS.hasVersion: PAV.hasVersion,
    DCTERMS.source: PROV.wasDerivedFrom,
    DCAT.qualifiedRelation: PROV.qualifiedInfluence,
    DCAT.Relationship: PROV.EntityInfluence,
}


def _other_licence(triple: Triple) -> Triple | None:
    return None if triple[2] == URIRef("http://purl.org/adms/licencetype/UnknownIPR") else triple


def _text_of_a_language(triple: Triple) -> Triple:
    subject, predicate, value = triple
    if predicate in TEXTS and isinstance(value, Literal) and not value.language:
        return subject, predicate, Literal(str(value), lang="fr")
    return triple


def _identifier_as_text(triple: Triple) -> Triple:
    subject, predicate, value = triple
    return (subject, predicate, Literal(str(value))) if predicate in (DCTERMS.identifier, VCARD.hasUID) else triple


def _address_as_iri(triple: Triple) -> Triple:
    subject, predicate, value = triple
    if predicate in LINKS and isinstance(value, Literal) and absolute(str(value)) == str(value):
        return subject, predicate, URIRef(str(value))
    return triple


def _to_what_is_elsewhere(triple: Triple) -> Triple:
    subject, predicate, value = triple
    return subject, ELSEWHERE.get(predicate, predicate), ELSEWHERE.get(value, value)


# What we say otherwise, on purpose: the reason, and what becomes of a triple of ckanext-dcat's.
EXCEPTIONS: dict[str, Callable[[Triple], Triple | None]] = {
    "a licence is of its own kind; ckanext-dcat calls the kind of every licence unknown": _other_licence,
    "every text has a language: the portal's where ckanext-dcat writes none": _text_of_a_language,
    "an identifier is a text, as DCAT-AP wants it, also when it looks like an address": _identifier_as_text,
    "an address is one whatever its scheme; ckanext-dcat writes a text unless it is of the web": _address_as_iri,
    "what DCAT-AP lets lead to described datasets only, PAV and PROV let lead to others too": _to_what_is_elsewhere,
}


def stock_graph(prepared: dict[str, Any]) -> Graph:
    """What ckanext-dcat makes of a prepared dataset; a few fields have another shape there."""
    dataset = deepcopy(prepared)
    for place in dataset["spatial_coverage"]:
        place["text"] = place.pop("name_translated", {}).get("fr", "")
    for activity in dataset["provenance_activity"]:
        activity["label"] = activity.pop("label_translated").get("fr", "")
    dataset["alternate_identifier"] = [each["notation"] for each in dataset["other_identifiers"]]
    dataset["in_series"] = []  # ckanext-dcat points at series that it does not describe
    for service in (each for resource in dataset["resources"] for each in resource["access_services"]):
        service["keyword"] = (service.get("keyword") or {}).get("fr", [])
    graph = Graph()
    EuropeanDCATAP3Profile(graph).graph_from_dataset(dataset, URIRef(dataset["uri"]))
    return graph


def graphs_below(folder: Path) -> Iterator[Graph]:
    """The graphs of all files below a folder that hold RDF."""
    for path in sorted(folder.rglob("*.*")):
        form = {".ttl": "turtle", ".jsonld": "json-ld", ".rdf": "xml", ".xml": "xml"}.get(path.suffix)
        if form and path.name not in UNREADABLE:
            yield Graph().parse(path, format=form, publicID="https://example.be/")


class Reader(EuropeanDCATAP3Profile):
    """ckanext-dcat's reading of a graph, the same whichever plugins an earlier test has loaded."""

    def __init__(self, graph: Graph) -> None:
        super().__init__(graph)
        self._dataset_schema = self._form_languages = None


def dictionaries(graph: Graph) -> Iterator[dict[str, Any]]:
    """The datasets of a graph as ckanext-dcat reads them, each with an id."""
    for number, node in enumerate(sorted(set(graph.subjects(RDF.type, DCAT.Dataset)), key=str)):
        dataset = Reader(graph).parse_dataset({"extras": [], "resources": []}, node)
        resources = [{"id": f"r{place}", **each} for place, each in enumerate(dataset["resources"])]
        extras = {each["key"]: each["value"] for each in dataset.pop("extras")}
        uri = {} if isinstance(node, URIRef) else {"uri": ""}
        yield json.loads(json.dumps({**extras, **dataset, **uri, "id": f"jeu-{number}", "resources": resources}))


@cache
def datasets_below(folder: Path) -> tuple[dict[str, Any], ...]:
    """The datasets in all files below a folder, as ckanext-dcat reads them."""
    return tuple(dataset for graph in graphs_below(folder) for dataset in dictionaries(graph))


def lacking(theirs: Graph, ours: Graph, used: set[str] | None = None) -> list[Triple]:
    """The triples of the first graph that the second has under no name for their blank nodes, exceptions aside."""
    said = {_cleaned(triple) for triple in ours}
    nodes = {node: node for node in theirs.subjects() if isinstance(node, URIRef)}
    return [each for node in nodes for each in _lacking_of(node, _clean(node), theirs, said, used)]


def _lacking_of(node: Node, name: Node, theirs: Graph, said: set[Triple], used: set[str] | None) -> Iterator[Triple]:
    for predicate, value in theirs.predicate_objects(node):
        if isinstance(value, BNode):
            names = [other for one, by, other in said if (one, by) == (name, predicate)]
            if not any(not list(_lacking_of(value, each, theirs, said, used)) for each in names):
                yield name, predicate, value
        elif (triple := _excepted((name, predicate, value), used)) and _cleaned(triple) not in said:
            yield triple


def _excepted(triple: Triple, used: set[str] | None) -> Triple | None:
    for reason, act in EXCEPTIONS.items():
        changed = act(triple)
        if changed != triple and used is not None:
            used.add(reason)
        if changed is None:
            return None
        triple = changed
    return triple


def _cleaned(triple: Triple) -> Triple:
    return _clean(triple[0]), triple[1], _clean(triple[2])


@cache  # it takes each address apart, sign by sign
def _clean(node: Node) -> Node:
    """ckanext-dcat writes brackets, commas and quotes of an address in percent form; we leave an address as it is."""
    if isinstance(node, Literal) and node.startswith("http") and not node.language:
        return Literal(str(CleanedURIRef(str(node))))
    return CleanedURIRef(str(node)) if isinstance(node, URIRef) else node
