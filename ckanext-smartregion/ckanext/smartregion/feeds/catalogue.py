"""The catalogue's own node: who keeps it, in which languages, under which licence, and its programming interfaces."""

from __future__ import annotations

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import FOAF, RDF, XSD

from ckanext.smartregion.feeds import agents
from ckanext.smartregion.feeds.codes import iri_of
from ckanext.smartregion.feeds.concepts import describe_scheme
from ckanext.smartregion.feeds.portal import Portal
from ckanext.smartregion.feeds.terms import DCAT, DCT, VCARD

Texts = dict[str, str]


def describe_catalogue(graph: Graph, catalogue: URIRef, portal: Portal, *, modified: str | None) -> None:
    """Add the catalogue with its publisher and its contact."""
    graph.add((catalogue, RDF.type, DCAT.Catalog))
    _add_texts(graph, catalogue, DCT.title, portal.title)
    _add_texts(graph, catalogue, DCT.description, portal.description)
    graph.add((catalogue, FOAF.homepage, URIRef(portal.base + "/")))
    graph.add((catalogue, DCT.license, URIRef(portal.licence)))
    graph.add((catalogue, DCT.spatial, URIRef(portal.spatial)))
    graph.add((catalogue, DCAT.themeTaxonomy, URIRef(portal.themes)))
    describe_scheme(graph, "data-theme")
    for code in ("FRA", "NLD", "DEU", "ENG"):
        graph.add((catalogue, DCT.language, URIRef(iri_of("language", code))))
    graph.add((catalogue, DCT.issued, Literal(portal.issued, datatype=XSD.date)))
    moment = modified or f"{portal.issued}T00:00:00"
    graph.add((catalogue, DCT.modified, Literal(moment, datatype=XSD.dateTime)))
    graph.add((catalogue, DCT.publisher, describe_publisher(graph, portal)))
    graph.add((catalogue, DCAT.contactPoint, _add_contact(graph, portal)))


def describe_own_services(graph: Graph, catalogue: URIRef, portal: Portal) -> None:
    """Add the programming interfaces that the portal itself offers."""
    for about in portal.services:
        service = URIRef(f"{portal.base}/service/{about['name']}")
        graph.add((catalogue, DCAT.service, service))
        graph.add((service, RDF.type, DCAT.DataService))
        _add_texts(graph, service, DCT.title, about["title"])
        _add_texts(graph, service, DCT.description, about["description"])
        graph.add((service, DCAT.endpointURL, URIRef(portal.base + about["endpoint"])))
        graph.add((service, DCAT.endpointDescription, URIRef(portal.base + about["description_path"])))
        graph.add((service, FOAF.page, URIRef(portal.documentation)))
        graph.add((service, DCT.license, URIRef(portal.licence)))
        graph.add((service, DCT.accessRights, URIRef(iri_of("access-right", "PUBLIC"))))
        graph.add((service, DCT.publisher, describe_publisher(graph, portal)))
        graph.add((service, DCAT.contactPoint, _add_contact(graph, portal)))


def describe_publisher(graph: Graph, portal: Portal) -> URIRef:
    """Add who keeps the catalogue."""
    about = agents.portal_publisher(portal)
    publisher = URIRef(about["uri"])
    graph.add((publisher, RDF.type, FOAF.Agent))
    graph.add((publisher, DCT.type, URIRef(about["type"])))
    graph.add((publisher, FOAF.homepage, URIRef(about["url"])))
    _add_texts(graph, publisher, FOAF.name, about["name_translated"])
    return publisher


def _add_contact(graph: Graph, portal: Portal) -> URIRef:
    about = agents.portal_contact(portal)
    contact = URIRef(about["uri"])
    graph.add((contact, RDF.type, VCARD.Kind))
    graph.add((contact, VCARD.hasURL, URIRef(about["url"])))
    _add_texts(graph, contact, VCARD.fn, about["name_translated"])
    if about["email"]:
        graph.add((contact, VCARD.hasEmail, URIRef("mailto:" + about["email"])))
    return contact


def _add_texts(graph: Graph, subject: URIRef, predicate: URIRef, texts: Texts) -> None:
    for language, text in texts.items():
        graph.add((subject, predicate, Literal(text, lang=language)))
