"""What would be taken away."""

from __future__ import annotations

from rdflib import DCTERMS, RDF, Graph, Namespace

from tests.feeds.downstream.repairs.registry import DCAT, Found, of, repair

MOST_FILES = 10
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")


@repair("files of a dataset with more than ten")
def _(graph: Graph) -> Found:
    yield from (one for one in of(graph, DCAT.Dataset) if len(set(graph.objects(one, DCAT.distribution))) > MOST_FILES)


@repair("dataset of an identifier that another has")
def _(graph: Graph) -> Found:
    for _, identifier in set(graph.subject_objects(DCTERMS.identifier)):
        same = [one for one in graph.subjects(DCTERMS.identifier, identifier) if (one, RDF.type, DCAT.Dataset) in graph]
        yield from same if len(same) > 1 else ()


@repair("records and pages deleted")
def _(graph: Graph) -> Found:
    """What points at a record or at a page of the walk, beside the catalogue, would point at nothing."""
    deleted = {*of(graph, DCAT.CatalogRecord, HYDRA.PagedCollection)}
    for node in deleted:
        pointing = {subject for subject, predicate in graph.subject_predicates(node) if predicate != DCAT.record}
        yield from pointing - deleted


@repair("catalogue node replaced")
def _(graph: Graph) -> Found:
    """A dataset or a service must be found by its class: the catalogue that lists it is thrown away."""
    listed = {*graph.objects(None, DCAT.dataset), *graph.objects(None, DCAT.service)}
    yield from listed - {*of(graph, DCAT.Dataset, DCAT.DataService, DCAT.DatasetSeries)}
