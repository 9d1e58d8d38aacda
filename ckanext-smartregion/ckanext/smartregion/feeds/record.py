"""Catalogue records: what the portal did with a dataset's description, as opposed to the dataset itself."""

from __future__ import annotations

from typing import Any

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import FOAF, RDF, XSD

from ckanext.smartregion.feeds import mobility
from ckanext.smartregion.feeds.catalogue import describe_publisher
from ckanext.smartregion.feeds.codes import coded
from ckanext.smartregion.feeds.iris import part_iri
from ckanext.smartregion.feeds.portal import Portal
from ckanext.smartregion.feeds.terms import DCAT, DCT

DCAT_AP = "https://semiceu.github.io/DCAT-AP/releases/3.0.1/"


def describe_record(graph: Graph, dataset: dict[str, Any], portal: Portal) -> None:
    """Add the record of a prepared dataset."""
    record = URIRef(part_iri(dataset["home"], "record"))
    profile = mobility.CONFORMS_TO if dataset["type"] == "mobility" else DCAT_AP
    graph.add((record, RDF.type, DCAT.CatalogRecord))
    graph.add((record, FOAF.primaryTopic, URIRef(dataset["uri"])))
    graph.add((record, DCT.conformsTo, URIRef(profile)))
    graph.add((record, DCT.publisher, describe_publisher(graph, portal)))
    for tag in sorted(dataset["title_translated"]):
        language = coded("language", tag)
        if language:
            graph.add((record, DCT.language, URIRef(language)))
    _add_dates(graph, record, dataset)


def _add_dates(graph: Graph, record: URIRef, dataset: dict[str, Any]) -> None:
    created = dataset["metadata_created"] or dataset["metadata_modified"]
    dates = {DCT.created: created, DCT.issued: created, DCT.modified: dataset["metadata_modified"] or created}
    for predicate, moment in dates.items():
        if moment:
            kind = XSD.dateTime if "T" in moment else XSD.date
            graph.add((record, predicate, Literal(moment, datatype=kind)))
