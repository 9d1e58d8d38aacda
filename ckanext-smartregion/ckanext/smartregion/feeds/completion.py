"""Completion: what ckanext-dcat's graph lacks or says wrongly, put right in the graph itself."""

from __future__ import annotations

import hashlib

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import FOAF, RDF, RDFS, SKOS
from rdflib.term import Node

from ckanext.smartregion.feeds.concepts import describe_concepts
from ckanext.smartregion.feeds.iris import absolute, part_iri
from ckanext.smartregion.feeds.terms import ADMS, DCAT, DCATAP, DCT, ELI, SPDX, VCARD

TEXTS = (DCT.title, DCT.description, DCAT.keyword, FOAF.name, VCARD.fn, RDFS.label, SKOS.prefLabel, ADMS.versionNotes)
ADDRESSES = (
    DCAT.accessURL, DCAT.downloadURL, DCAT.endpointURL, DCAT.endpointDescription, VCARD.hasEmail, VCARD.hasURL,
)  # fmt: skip
# These point at things; a text in their place is an error for every reader.
LINKS = (
    DCT.accrualPeriodicity, DCT.conformsTo, DCT.hasVersion, DCT.isReferencedBy, DCT.isVersionOf, DCT.language,
    DCT.license, DCT.relation, DCT.source, DCT.type, DCT["format"], DCAT.mediaType, DCAT.theme, DCAT.landingPage,
    DCATAP.applicableLegislation, DCATAP.availability, DCATAP.hvdCategory, FOAF.page, FOAF.homepage, ADMS.status,
    *ADDRESSES,
)  # fmt: skip
TYPES = (
    (DCATAP.applicableLegislation, ELI.LegalResource),
    (DCT.accessRights, DCT.RightsStatement),
    (DCT.conformsTo, DCT.Standard),
    (FOAF.page, FOAF.Document),
    (FOAF.homepage, FOAF.Document),
    (DCAT.landingPage, FOAF.Document),
    (SPDX.algorithm, SPDX.ChecksumAlgorithm),
    *((predicate, RDFS.Resource) for predicate in ADDRESSES),
)


def complete(graph: Graph, whole: str, language: str, page: Graph) -> None:
    """Name the nameless, tag texts, drop texts in the place of links, type nodes and describe concepts.

    `page` is the graph that this one will join; what it describes already is not described again.
    """
    name_blank_nodes(graph, whole)
    _tag_texts(graph, language)
    _drop_texts_in_place_of_links(graph)
    _write_identifiers_as_texts(graph)
    for predicate, kind in TYPES:
        for node in set(graph.objects(None, predicate)):
            graph.add((node, RDF.type, kind))
    describe_concepts(graph, page)


def name_blank_nodes(graph: Graph, whole: str) -> None:
    """Give each blank node an IRI made of its content, so that the same dataset always reads the same."""
    for node in sorted({node for node in graph.subjects() if isinstance(node, BNode)}, key=lambda n: _depth(graph, n)):
        content = sorted(f"{predicate} {value.n3()}" for predicate, value in graph.predicate_objects(node))
        kind = sorted(str(kind).rpartition("/")[2].rpartition("#")[2] for kind in graph.objects(node, RDF.type))
        digest = hashlib.sha256("\n".join(content).encode()).hexdigest()[:12]
        _rename(graph, node, URIRef(part_iri(whole, f"{(kind or ['node'])[0].lower()}-{digest}")))


def _depth(graph: Graph, node: Node) -> int:
    """How many blank nodes hang below a node; the innermost are named first."""
    return 1 + sum(_depth(graph, value) for value in graph.objects(node) if isinstance(value, BNode))


def _rename(graph: Graph, old: Node, new: URIRef) -> None:
    for _, predicate, value in list(graph.triples((old, None, None))):
        graph.add((new, predicate, value))
    for subject, predicate, _ in list(graph.triples((None, None, old))):
        graph.add((subject, predicate, new))
    graph.remove((old, None, None))
    graph.remove((None, None, old))


def _tag_texts(graph: Graph, language: str) -> None:
    for predicate in TEXTS:
        for subject, text in list(graph.subject_objects(predicate)):
            if isinstance(text, Literal) and not text.language:
                graph.remove((subject, predicate, text))
                _add_in_language(graph, subject, predicate, Literal(str(text), lang=language))


def _add_in_language(graph: Graph, subject: Node, predicate: URIRef, text: Literal) -> None:
    # Keywords of the same language stand beside each other; a second title would be an error.
    taken = any(
        isinstance(other, Literal) and other.language == text.language for other in graph.objects(subject, predicate)
    )
    if predicate == DCAT.keyword or not taken:
        graph.add((subject, predicate, text))


def _drop_texts_in_place_of_links(graph: Graph) -> None:
    for predicate in LINKS:
        for subject, value in list(graph.subject_objects(predicate)):
            iri = absolute(str(value))
            if isinstance(value, Literal) or iri != str(value):
                graph.remove((subject, predicate, value))
            if iri and iri != str(value):
                graph.add((subject, predicate, URIRef(iri)))


def _write_identifiers_as_texts(graph: Graph) -> None:
    for subject, value in list(graph.subject_objects(DCT.identifier)):
        if isinstance(value, URIRef):
            graph.remove((subject, DCT.identifier, value))
            graph.add((subject, DCT.identifier, Literal(str(value))))
