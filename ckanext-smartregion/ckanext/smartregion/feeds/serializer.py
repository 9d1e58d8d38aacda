"""From dictionaries to a page: one graph per dataset, joined with the catalogue, written in one serialisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import FOAF, RDF, XSD

from ckanext.dcat.processors import RDFSerializer
from ckanext.dcat.utils import catalog_uri, url_to_rdflib_format
from ckanext.smartregion.feeds.catalogue import describe_own_services
from ckanext.smartregion.feeds.completion import complete
from ckanext.smartregion.feeds.iris import dataset_iri
from ckanext.smartregion.feeds.profile import current_portal
from ckanext.smartregion.feeds.terms import DCAT, HYDRA, PREFIXES, bind, new_fragment, new_page


@dataclass(frozen=True)
class Page:
    """One page of the walk through the catalogue."""

    number: int
    size: int
    count: int
    datasets: list[dict[str, Any]]
    path: str
    parameters: dict[str, str]

    @property
    def last(self) -> int:
        """The number of the last page that holds a dataset."""
        return max(1, -(-self.count // self.size))

    def links(self) -> dict[str, int]:
        """The pages that this one leads to."""
        links = {"first": 1, "last": self.last}
        if self.number > 1:
            links["previous"] = min(self.number - 1, self.last)
        if self.number < self.last:
            links["next"] = self.number + 1
        return links


class FeedSerializer(RDFSerializer):
    """ckanext-dcat's serialiser with escaped IRIs, records, services and links between pages as IRIs."""

    def __init__(self, profiles: list[str] | None = None) -> None:
        super().__init__(profiles=profiles)
        self.g = new_page()

    def graph_from_dataset(self, dataset_dict: dict[str, Any]) -> URIRef:
        """Add a dataset under an IRI that is surely one."""
        iri = dataset_iri(dataset_dict, catalog_uri().rstrip("/"))
        return super().graph_from_dataset({**dataset_dict, "uri": iri})

    def dataset(self, dataset_dict: dict[str, Any], extension: str) -> str:
        """The feed of one dataset."""
        self.graph_from_dataset(dataset_dict)
        return write(self.g, extension)

    def page(self, page: Page, extension: str, *, modified: str | None) -> str:
        """One page of the catalogue."""
        catalogue = self.graph_from_catalog({"modified": modified})
        for dataset_dict in page.datasets:
            self._link(catalogue, self.graph_from_dataset(dataset_dict))
        if page.datasets:
            self._add_services(catalogue)
        self._add_links(page)
        return write(self.g, extension)

    def _link(self, catalogue: URIRef, dataset: URIRef) -> None:
        self.g.add((catalogue, DCAT.dataset, dataset))
        for record in list(self.g.subjects(FOAF.primaryTopic, dataset)):
            self.g.add((catalogue, DCAT.record, record))

    def _add_services(self, catalogue: URIRef) -> None:
        # data.gov.be ends its walk at a page with neither dataset nor service: the services go with the datasets.
        portal = current_portal()
        own = new_fragment()
        describe_own_services(own, catalogue, portal)
        complete(own, str(catalogue), portal.language, self.g)
        self.g += own
        for service in set(self.g.subjects(RDF.type, DCAT.DataService)):
            self.g.add((catalogue, DCAT.service, service))

    def _add_links(self, page: Page) -> None:
        address = catalog_uri().rstrip("/") + page.path
        this = _page_iri(address, page, page.number)
        for kind in (HYDRA.PagedCollection, HYDRA.PartialCollectionView):
            self.g.add((this, RDF.type, kind))
        self.g.add((this, HYDRA.totalItems, Literal(page.count, datatype=XSD.integer)))
        self.g.add((this, HYDRA.itemsPerPage, Literal(page.size, datatype=XSD.integer)))
        for name, number in page.links().items():
            target = _page_iri(address, page, number)
            self.g.add((this, HYDRA[name], target))
            self.g.add((this, HYDRA[f"{name}Page"], target))


def _page_iri(address: str, page: Page, number: int) -> URIRef:
    return URIRef(f"{address}?{urlencode({**page.parameters, 'page': number})}")


def write(graph: Graph, extension: str) -> str:
    """The graph in the serialisation of a file name extension."""
    bind(graph)
    if extension == "jsonld":
        # A compact document begins with a brace; data.gov.be does not recognise one that begins with a bracket.
        context = {prefix: str(namespace) for prefix, namespace in PREFIXES.items()}
        return graph.serialize(format="json-ld", auto_compact=True, context=context, sort_keys=True)
    return graph.serialize(format=url_to_rdflib_format(extension))
