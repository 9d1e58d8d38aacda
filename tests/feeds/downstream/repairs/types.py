"""Values without their data type, and things without their class."""

from __future__ import annotations

from rdflib import DCTERMS, FOAF, RDF, RDFS, SKOS, XSD, Graph, Literal, Namespace, URIRef

from tests.feeds.downstream.repairs.registry import ADMS, DCAT, EU, VCARD, Found, outside, repair, with_text

DATES = (DCTERMS.created, DCTERMS.issued, DCTERMS.modified, DCAT.startDate, DCAT.endDate)
SCHEMA = Namespace("http://schema.org/")
CLASSES = (
    (ADMS.identifier, ADMS.Identifier),
    (ADMS.status, SKOS.Concept),
    (DCAT.accessService, DCAT.DataService),
    (DCAT.accessURL, RDFS.Resource),
    (DCAT.contactPoint, VCARD.Kind),
    (DCAT.downloadURL, RDFS.Resource),
    (DCAT.inSeries, DCAT.DatasetSeries),
    (DCAT.landingPage, FOAF.Document),
    (DCAT.mediaType, DCTERMS.MediaType),
    (DCAT.servesDataset, DCAT.Dataset),
    (DCAT.theme, SKOS.Concept),
    (DCAT.themeTaxonomy, SKOS.ConceptScheme),
    (DCTERMS.accrualPeriodicity, DCTERMS.Frequency),
    (DCTERMS.conformsTo, DCTERMS.Standard),
    (DCTERMS.creator, FOAF.Agent),
    (DCTERMS["format"], DCTERMS.MediaTypeOrExtent),
    (DCTERMS.license, DCTERMS.LicenseDocument),
    (DCTERMS.publisher, FOAF.Agent),
    (DCTERMS.rights, DCTERMS.RightsStatement),
    (DCTERMS.spatial, DCTERMS.Location),
    (DCTERMS.temporal, DCTERMS.PeriodOfTime),
    (DCTERMS.type, SKOS.Concept),
    (FOAF.homepage, FOAF.Document),
    (FOAF.page, FOAF.Document),
)


@repair("dates typed")
def _(graph: Graph) -> Found:
    kinds = {4: XSD.gYear, 7: XSD.gYearMonth, 10: XSD.date}
    for predicate in DATES:
        for node, date in graph.subject_objects(predicate):
            if not isinstance(date, Literal) or date.datatype != kinds.get(len(date), XSD.dateTime):
                yield node
    yield from (node for name in ("startDate", "endDate") for node in graph.subjects(SCHEMA[name]))


@repair("size typed")
def _(graph: Graph) -> Found:
    sizes = graph.subject_objects(DCAT.byteSize)
    yield from (node for node, size in sizes if getattr(size, "datatype", None) != XSD.nonNegativeInteger)


@repair("identifier made a text")
def _(graph: Graph) -> Found:
    yield from (node for node, value in graph.subject_objects(DCTERMS.identifier) if isinstance(value, URIRef))


@repair("e-mail and telephone made addresses")
def _(graph: Graph) -> Found:
    yield from with_text(graph, VCARD.hasEmail, VCARD.hasTelephone)
    yield from outside(graph, VCARD.hasEmail, "mailto:")
    yield from outside(graph, VCARD.hasTelephone, "tel:+")


@repair("classes added for the shapes")
def _(graph: Graph) -> Found:
    for predicate, kind in CLASSES:
        yield from (node for node in graph.objects(None, predicate) if (node, RDF.type, kind) not in graph)


@repair("lists of concepts added for the shapes")
def _(graph: Graph) -> Found:
    for predicate in (
        DCAT.theme,
        DCTERMS.accessRights,
        DCTERMS["format"],
        DCTERMS.language,
        DCTERMS.accrualPeriodicity,
    ):
        for concept in graph.objects(None, predicate):
            scheme = URIRef(str(concept).rpartition("/")[0])
            if str(concept).startswith(EU) and (concept, SKOS.inScheme, scheme) not in graph:
                yield concept


@repair("address that leads to itself")
def _(graph: Graph) -> Found:
    for predicate in (DCAT.landingPage, DCAT.accessURL, DCAT.downloadURL):
        yield from (node for node, value in graph.subject_objects(predicate) if node == value)
