"""The repairs that data.gov.be makes to what it harvests, as checks: each finds what its repair would have to touch.

Written from what its public tools do. Where a repair touches everything whatever it says (all catalogue nodes, the
place of every dataset of a Walloon source), the check asks what would be lost by it, or whether it is said at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from rdflib import DCTERMS, FOAF, RDF, RDFS, SKOS, XSD, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

ADMS = Namespace("http://www.w3.org/ns/adms#")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
DCATAP = Namespace("http://data.europa.eu/r5r/")
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
SCHEMA = Namespace("http://schema.org/")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
EU = "http://publications.europa.eu/resource/authority/"
HVD_LAW = URIRef("http://data.europa.eu/eli/reg_impl/2023/138/oj")
LAW_OF_CLOSED_DATA = URIRef("http://data.europa.eu/eli/reg/2022/868/oj")
CLOSED = [URIRef(f"{EU}access-right/{code}") for code in ("NON_PUBLIC", "RESTRICTED", "SENSITIVE")]
HIGH_VALUE = "data.europa.eu/bna/"
MOST_FILES = 10
LANGUAGES = {f"{EU}language/{code}" for code in ("FRA", "NLD", "DEU", "ENG")}
TEXTS = (DCTERMS.title, DCTERMS.description, DCAT.keyword)
DATES = (DCTERMS.created, DCTERMS.issued, DCTERMS.modified, DCAT.startDate, DCAT.endDate)

Found = Iterator[Node]
Check = Callable[[Graph], Iterable[Node]]
REPAIRS: dict[str, Check] = {}


def repair(name: str) -> Callable[[Check], Check]:
    """Give a check the name of its repair."""

    def named(check: Check) -> Check:
        REPAIRS[name] = check
        return check

    return named


def needed(graph: Graph) -> dict[str, list[str]]:
    """What each repair would have to touch, by its name; those with nothing to do are left out."""
    found = {name: sorted({str(node) for node in check(graph)}) for name, check in REPAIRS.items()}
    return {name: nodes for name, nodes in found.items() if nodes}


def _of(graph: Graph, *kinds: Node) -> Iterator[Node]:
    for kind in kinds:
        yield from graph.subjects(RDF.type, kind)


def _without(graph: Graph, predicate: Node, *kinds: Node) -> Found:
    return (node for node in _of(graph, *kinds) if (node, predicate, None) not in graph)


def _with_text(graph: Graph, *predicates: Node) -> Found:
    """Things that have a text where an address belongs."""
    for predicate in predicates:
        yield from (node for node, value in graph.subject_objects(predicate) if isinstance(value, Literal))


def _outside(graph: Graph, predicate: Node, *starts: str) -> Found:
    """Values that are not below one of these addresses."""
    yield from (value for value in graph.objects(None, predicate) if not str(value).startswith(starts))


# -- labels mapped to addresses


@repair("licence by its label")
def _(graph: Graph) -> Found:
    yield from _with_text(graph, DCTERMS.license)
    yield from _outside(graph, DCTERMS.license, "http://", "https://")


@repair("licence repeated as rights")
def _(graph: Graph) -> Found:
    yield from (
        node for node, value in graph.subject_objects(DCTERMS.license) if (node, DCTERMS.rights, value) in graph
    )


@repair("licence on the dataset instead of its files")
def _(graph: Graph) -> Found:
    yield from (node for node in _of(graph, DCAT.Dataset) if (node, DCTERMS.license, None) in graph)


@repair("frequency by its label")
def _(graph: Graph) -> Found:
    yield from _with_text(graph, DCTERMS.accrualPeriodicity)
    yield from _outside(graph, DCTERMS.accrualPeriodicity, f"{EU}frequency/")


@repair("format and media type by their labels")
def _(graph: Graph) -> Found:
    yield from _with_text(graph, DCTERMS["format"], DCAT.mediaType)
    yield from _outside(graph, DCTERMS["format"], f"{EU}file-type/")
    yield from _outside(graph, DCAT.mediaType, "https://www.iana.org/assignments/media-types/")


@repair("theme by its label")
def _(graph: Graph) -> Found:
    yield from _with_text(graph, DCAT.theme)
    yield from _outside(graph, DCAT.theme, f"{EU}data-theme/")


@repair("theme by keyword")
def _(graph: Graph) -> Found:
    yield from _without(graph, DCAT.theme, DCAT.Dataset)


@repair("language by its label")
def _(graph: Graph) -> Found:
    yield from _with_text(graph, DCTERMS.language)
    yield from _outside(graph, DCTERMS.language, *LANGUAGES)


@repair("publisher by its name")
def _(graph: Graph) -> Found:
    yield from _with_text(graph, DCTERMS.publisher, DCTERMS.creator)
    yield from _without(graph, DCTERMS.publisher, DCAT.Dataset)
    agents = {*graph.objects(None, DCTERMS.publisher), *graph.objects(None, DCTERMS.creator)}
    yield from (agent for agent in agents if (agent, FOAF.name, None) not in graph)


@repair("rights as a text")
def _(graph: Graph) -> Found:
    yield from _with_text(graph, DCTERMS.rights, DCTERMS.accessRights)


@repair("regulation by its name")
def _(graph: Graph) -> Found:
    yield from _with_text(graph, DCATAP.applicableLegislation)
    for node, standard in graph.subject_objects(DCTERMS.conformsTo):
        titles = " ".join(map(str, graph.objects(standard, DCTERMS.title)))
        if "eli/reg" in str(standard) or re.search(r"\b(976/2009|2023/138|1089/2010)\b", titles):
            yield node


# -- what is left out


@repair("public access added")
def _(graph: Graph) -> Found:
    yield from _without(graph, DCTERMS.accessRights, DCAT.Dataset, DCAT.DataService)


@repair("availability added")
def _(graph: Graph) -> Found:
    yield from _without(graph, DCATAP.availability, DCAT.Distribution)


@repair("place forced")
def _(graph: Graph) -> Found:
    yield from _without(graph, DCTERMS.spatial, DCAT.Dataset)


@repair("language guessed")
def _(graph: Graph) -> Found:
    yield from _without(graph, DCTERMS.language, DCAT.Dataset)


@repair("language copied to the files")
def _(graph: Graph) -> Found:
    for dataset in set(graph.subjects(DCTERMS.language)):
        files = (*graph.objects(dataset, DCAT.distribution), *graph.objects(dataset, ADMS.sample))
        yield from (file for file in files if (file, DCTERMS.language, None) not in graph)


@repair("contact added")
def _(graph: Graph) -> Found:
    yield from _without(graph, DCAT.contactPoint, DCAT.Dataset)
    yield from (contact for contact in graph.objects(None, DCAT.contactPoint) if (contact, VCARD.fn, None) not in graph)


@repair("title copied to an empty description")
def _(graph: Graph) -> Found:
    yield from _without(graph, DCTERMS.description, DCAT.Dataset, DCAT.DataService)


@repair("landing page made access address")
def _(graph: Graph) -> Found:
    yield from _without(graph, DCAT.accessURL, DCAT.Distribution)


@repair("regulation on closed data added")
def _(graph: Graph) -> Found:
    for right in CLOSED:
        closed = graph.subjects(DCTERMS.accessRights, right)
        yield from (one for one in closed if (one, DCATAP.applicableLegislation, LAW_OF_CLOSED_DATA) not in graph)


# -- texts


@repair("language tag added")
def _(graph: Graph) -> Found:
    for predicate in TEXTS:
        yield from (node for node, text in graph.subject_objects(predicate) if not getattr(text, "language", None))


@repair("markup stripped")
def _(graph: Graph) -> Found:
    for predicate in (DCTERMS.title, DCTERMS.description, DCTERMS.rights):
        for node, text in graph.subject_objects(predicate):
            if isinstance(text, Literal) and (re.search(r"<[^>]+>", text) or str(text) != text.strip("\t\n ")):
                yield node


@repair("newlines stripped")
def _(graph: Graph) -> Found:
    for node, text in graph.subject_objects(DCTERMS.description):
        if re.search(r"^.+[^.:;]\n", text, re.M) or "\n\n\n" in text:
            yield node


@repair("no-break spaces replaced")
def _(graph: Graph) -> Found:
    yield from (node for node, _, text in graph if isinstance(text, Literal) and "\u00a0" in text)


@repair("empty texts removed")
def _(graph: Graph) -> Found:
    for node, _, text in graph:
        if isinstance(text, Literal) and re.fullmatch(r"[ ?-]*", text):
            yield node


@repair("German cut out of a French text")
def _(graph: Graph) -> Found:
    yield from (node for node, text in graph.subject_objects(DCTERMS.description) if "Traduction en allemand" in text)


# -- types of values, and of things


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
    yield from _with_text(graph, VCARD.hasEmail, VCARD.hasTelephone)
    yield from _outside(graph, VCARD.hasEmail, "mailto:")
    yield from _outside(graph, VCARD.hasTelephone, "tel:+")


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


# -- high-value data


@repair("high-value concept moved out of the themes")
def _(graph: Graph) -> Found:
    yield from (node for node, theme in graph.subject_objects(DCAT.theme) if HIGH_VALUE in str(theme))


@repair("high-value category copied to services")
def _(graph: Graph) -> Found:
    for dataset in graph.subjects(DCATAP.applicableLegislation, HVD_LAW):
        for service in graph.subjects(DCAT.servesDataset, dataset):
            said = {*graph.objects(service, DCATAP.hvdCategory), *graph.objects(service, DCATAP.applicableLegislation)}
            if not said >= {*graph.objects(dataset, DCATAP.hvdCategory), HVD_LAW}:
                yield service


@repair("high-value category by keyword")
def _(graph: Graph) -> Found:
    for node, keyword in graph.subject_objects(DCAT.keyword):
        if "HVD" in keyword and (node, DCATAP.hvdCategory, None) not in graph:
            yield node


# -- what is taken away


@repair("files of a dataset with more than ten")
def _(graph: Graph) -> Found:
    yield from (one for one in _of(graph, DCAT.Dataset) if len(set(graph.objects(one, DCAT.distribution))) > MOST_FILES)


@repair("dataset of an identifier that another has")
def _(graph: Graph) -> Found:
    for _, identifier in set(graph.subject_objects(DCTERMS.identifier)):
        same = [one for one in graph.subjects(DCTERMS.identifier, identifier) if (one, RDF.type, DCAT.Dataset) in graph]
        yield from same if len(same) > 1 else ()


@repair("records and pages deleted")
def _(graph: Graph) -> Found:
    """What points at a record or at a page of the walk, beside the catalogue, would point at nothing."""
    deleted = {*_of(graph, DCAT.CatalogRecord, HYDRA.PagedCollection)}
    for node in deleted:
        pointing = {subject for subject, predicate in graph.subject_predicates(node) if predicate != DCAT.record}
        yield from pointing - deleted


@repair("catalogue node replaced")
def _(graph: Graph) -> Found:
    """A dataset or a service must be found by its class: the catalogue that lists it is thrown away."""
    listed = {*graph.objects(None, DCAT.dataset), *graph.objects(None, DCAT.service)}
    yield from listed - {*_of(graph, DCAT.Dataset, DCAT.DataService, DCAT.DatasetSeries)}


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
