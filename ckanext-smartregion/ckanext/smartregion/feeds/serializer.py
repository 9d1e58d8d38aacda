"""From dictionaries to statements: a dataset, and the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from rdflib import Graph, Literal, URIRef
from rdflib.term import Node

from ckanext.dcat.processors import RDFSerializer
from ckanext.dcat.utils import catalog_uri
from ckanext.smartregion.feeds.catalogue import describe_own_services
from ckanext.smartregion.feeds.completion import complete, name_blank_nodes
from ckanext.smartregion.feeds.emission import Statement, Value
from ckanext.smartregion.feeds.fragments import Fragment, fragment
from ckanext.smartregion.feeds.iris import dataset_iri, home
from ckanext.smartregion.feeds.profile import current_portal
from ckanext.smartregion.feeds.terms import new_fragment, new_page


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

    def head(self, fragments: Iterable[Fragment], *, modified: str | None, services: bool) -> list[Statement]:
        """What a page says beside its datasets: the catalogue, what it links to, and its services where asked."""
        self.g = new_page()
        catalogue = self.graph_from_catalog({"modified": modified})
        for predicate, iri in (link for each in fragments for link in each.links):
            self.g.add((catalogue, URIRef(predicate), URIRef(iri)))
        if services:
            portal = current_portal()
            own = new_fragment()
            describe_own_services(own, catalogue, portal)
            complete(own, str(catalogue), portal.language, self.g)
            self.g += own
        return list(statements(self.g))


def statements(graph: Graph) -> Iterator[Statement]:
    """What a graph without blank nodes says."""
    for subject, predicate, value in graph:
        yield str(subject), str(predicate), _value(value)


def _value(value: Node) -> Value:
    if isinstance(value, Literal):
        return Value(str(value), False, value.language or "", str(value.datatype or ""))
    return Value(str(value), is_iri=True)
