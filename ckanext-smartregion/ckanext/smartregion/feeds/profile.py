"""The RDF profile `smartregion_dcat_ap`: DCAT-AP 3 as ckanext-dcat writes it, prepared before and completed after."""

from __future__ import annotations

from typing import Any

from rdflib import Graph, URIRef

from ckanext.dcat.profiles import EuropeanDCATAP3Profile
from ckanext.dcat.utils import catalog_uri
from ckanext.smartregion import config
from ckanext.smartregion.feeds import mobility
from ckanext.smartregion.feeds.catalogue import describe_catalogue
from ckanext.smartregion.feeds.completion import complete
from ckanext.smartregion.feeds.dataset import prepare
from ckanext.smartregion.feeds.portal import Portal, read_portal
from ckanext.smartregion.feeds.record import describe_record
from ckanext.smartregion.feeds.services import describe_services
from ckanext.smartregion.feeds.terms import bind, new_fragment


class SmartregionDCATAPProfile(EuropeanDCATAP3Profile):
    """DCAT-AP 3.0.1, HVD 3.0 and mobilityDCAT-AP 1.1 without a violation, for our contracts."""

    def graph_from_dataset(self, dataset_dict: dict[str, Any], dataset_ref: URIRef) -> None:
        """Add the whole description of a dataset, its record included."""
        portal = current_portal()
        dataset = prepare({**dataset_dict, "uri": str(dataset_ref)}, portal)
        # In a graph of its own: ckanext-dcat walks through all sizes in the graph for each dataset it adds.
        page, self.g = self.g, new_fragment()
        try:
            super().graph_from_dataset(dataset, URIRef(dataset["uri"]))
            finish(self.g, dataset, portal, page)
            _add_all(page, self.g)
        finally:
            self.g = page

    def graph_from_catalog(self, catalog_dict: dict[str, Any] | None, catalog_ref: URIRef) -> None:
        """Add the description of the catalogue itself."""
        fragment = new_fragment()
        portal = current_portal()
        describe_catalogue(fragment, catalog_ref, portal, modified=(catalog_dict or {}).get("modified"))
        complete(fragment, str(catalog_ref), portal.language, self.g)
        _add_all(self.g, fragment)


def finish(graph: Graph, dataset: dict[str, Any], portal: Portal, page: Graph) -> None:
    """Add to the graph of a prepared dataset what ckanext-dcat cannot express, and put the rest right."""
    if dataset["type"] == "mobility":
        mobility.describe(graph, dataset)
    describe_services(graph, dataset)
    describe_record(graph, dataset, portal)
    complete(graph, dataset["home"], portal.language, page)


def current_portal() -> Portal:
    """The portal as this deployment's options describe it."""
    return read_portal(
        catalog_uri(),
        file=config.feeds_catalogue(),
        publisher=config.feeds_publisher(),
        contact_email=config.feeds_contact_email(),
    )


def _add_all(page: Graph, fragment: Graph) -> None:
    bind(page)
    for triple in fragment:
        page.add(triple)
