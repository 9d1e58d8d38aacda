"""From dictionaries to statements: a dataset, and the catalogue with the links between its pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import RDF, XSD
from rdflib.term import Node

from ckanext.dcat.processors import RDFSerializer
from ckanext.dcat.utils import catalog_uri
from ckanext.smartregion.feeds.catalogue import describe_own_services
from ckanext.smartregion.feeds.completion import complete, name_blank_nodes
from ckanext.smartregion.feeds.emission import Statement, Value
from ckanext.smartregion.feeds.fragments import Fragment, fragment
from ckanext.smartregion.feeds.iris import dataset_iri, home
from ckanext.smartregion.feeds.profile import current_portal
from ckanext.smartregion.feeds.terms import HYDRA, new_fragment, new_page


@dataclass(frozen=True)
class Page:
    """One page of the walk through the catalogue; ``count`` is how many datasets there are in all."""

    number: int
    size: int
    count: int
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

    def fragment(self, dataset_dict: dict[str, Any]) -> Fragment:
        """One dataset, ready for any document."""
        self.g = new_page()
        iri, whole = self.graph_from_dataset(dataset_dict), home(dataset_dict, catalog_uri().rstrip("/"))
        name_blank_nodes(self.g, whole)  # other profiles leave some
        return fragment(statements(self.g), str(iri), whole)

    def head(self, page: Page, fragments: Iterable[Fragment], *, modified: str | None) -> list[Statement]:
        """What a page says beside its datasets: the catalogue, what it links to, and the other pages."""
        self.g = new_page()
        catalogue = self.graph_from_catalog({"modified": modified})
        links = [link for each in fragments for link in each.links]
        for predicate, iri in links:
            self.g.add((catalogue, URIRef(predicate), URIRef(iri)))
        if links:
            # data.gov.be ends its walk at a page with neither dataset nor service: the services go with the datasets.
            portal = current_portal()
            own = new_fragment()
            describe_own_services(own, catalogue, portal)
            complete(own, str(catalogue), portal.language, self.g)
            self.g += own
        self._add_links(page)
        return list(statements(self.g))

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


def statements(graph: Graph) -> Iterator[Statement]:
    """What a graph without blank nodes says."""
    for subject, predicate, value in graph:
        yield str(subject), str(predicate), _value(value)


def _value(value: Node) -> Value:
    if isinstance(value, Literal):
        return Value(str(value), False, value.language or "", str(value.datatype or ""))
    return Value(str(value), is_iri=True)
