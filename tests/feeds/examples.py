"""Examples for the tests of the feed: names, an organisation, and every field that the feed writes."""

from __future__ import annotations

from typing import Any

from rdflib import DCAT, RDF, Graph, Namespace, URIRef

from tests.feeds.graphs import QuickGraph

BASE = "https://data.example.be"
EU = "http://publications.europa.eu/resource/authority/"
CBE = "https://org.belgif.be/id/CbeRegisteredEntity/"
COMPANY = "http://purl.org/adms/publishertype/Company"
TYPES = ("dataset", "mobility", "energy", "governance")
HVD_LAW = URIRef("http://data.europa.eu/eli/reg_impl/2023/138/oj")
MOBILITY = Namespace("https://w3id.org/mobilitydcat-ap#")

DCAT_AP = ("dcat-ap-3.0.1/shapes.ttl", "dcat-ap-3.0.1/range.ttl", "dcat-ap-3.0.1/mdr-vocabularies.shape.ttl")
HVD = ("dcat-ap-hvd-3.0.0/hvd-SHACL-full.ttl",)
MOBILITY_DCAT_AP = (
    "mobilitydcat-ap-1.1.0/mobilitydcat-ap-shacl.ttl",
    "mobilitydcat-ap-1.1.0/mobilitydcat-ap-shacl-ranges.ttl",
)

ORGANISATION = {
    "id": "0c7c3a4a-organisation",
    "name": "namur",
    "title": "Namur",
    "kind": "municipality",
    "cbe_uri": CBE + "0207362739",
    "title_translated": '{"fr": "Namur", "nl": "Namen"}',
}

BASE_FIELDS = {
    "title_translated": {"fr": "Vélos", "nl": "Fietsen", "de": "Fahrräder", "en": "Bicycles"},
    "notes_translated": {"fr": "Où ranger son vélo.", "nl": "Waar uw fiets staat."},
    "tags_translated": {"fr": ["vélo", "stationnement"], "nl": ["fiets"]},
    "frequency": EU + "frequency/ANNUAL",
    "language": [EU + "language/FRA", EU + "language/NLD"],
    "access_rights": EU + "access-right/PUBLIC",
    "dcat_type": EU + "dataset-type/GEOSPATIAL",
    "hvd_category": ["http://data.europa.eu/bna/c_4b74ea13"],
    "applicable_legislation": ["http://www.ejustice.just.fgov.be/eli/decret/2022/11/24/2022207332/justel"],
    "contact": [{"name": "Service Mobilité", "email": "mobilite@example.be"}],
    "creator": [{"name": "Bureau d'étude", "uri": CBE + "0123456789"}],
    "temporal_coverage": [{"start": "2024-01-01", "end": "2025-12-31"}],
    "temporal_resolution": "P1D",
    "spatial_coverage": [{"text": "Namur", "bbox": "POLYGON((4.7 50.4, 5 50.4, 5 50.5, 4.7 50.5, 4.7 50.4))"}],
    "spatial_resolution_in_meters": "12.5",
    "provenance": {"fr": "Relevé au GPS."},
    "version": "2",
    "version_notes": {"fr": "Une colonne de plus."},
    "identifier": "velos-namur",
    "alternate_identifier": ["doi:10.1000/182"],
    "conforms_to": ["http://www.opengis.net/def/crs/EPSG/0/4326", "https://example.be/standard"],
    "documentation": ["https://example.be/guide"],
    "issued": "2024-05-01",
    "modified": "2026-01-31",
    "url": "https://www.example.be/velos",
    "unit_of_measure": ["http://qudt.org/vocab/unit/PERCENT"],
    "number_of_series": 12,
    "qualified_relation": [{"relation": "https://example.be/stations", "role": "describedby"}],
    "provenance_activity": [
        {
            "label": "Comptage de mai",
            "startedAtTime": "2026-05-04",
            "seeAlso": "https://example.be/comptage",
            "wasAssociatedWith": [{"name": "Bureau d'étude", "email": "etude@example.be", "type": COMPANY}],
        }
    ],
}
MOBILITY_LISTS = "https://w3id.org/mobilitydcat-ap/"
MOBILITY_FIELDS = {
    "transport_mode": [MOBILITY_LISTS + "transport-mode/bicycle"],
    "network_coverage": [MOBILITY_LISTS + "network-coverage/urban-and-local-roads"],
    "georeferencing_method": [MOBILITY_LISTS + "georeferencing-method/geocoordinates"],
    "intended_information_service": [MOBILITY_LISTS + "intended-information-service/location-search"],
    "nap_type": ["MMTIS"],
}
FILE = {
    "id": "r1",
    "url": BASE + "/dataset/x/resource/r1/download/vélos 2026.csv",
    "url_type": "upload",
    "name_translated": {"fr": "Tableau", "nl": "Tabel"},
    "description_translated": {"fr": "Une ligne par emplacement."},
    "format": "CSV",
    "mimetype": "text/csv",
    "size": 1234,
    "hash": "0f" * 32,
    "hash_algorithm": "SHA-256",
    "rights": {"fr": "Libre si la source est citée."},
    "status": EU + "distribution-status/COMPLETED",
    "availability": EU + "planned-availability/STABLE",
    "language": [EU + "language/FRA"],
    "issued": "2024-05-01",
    "datastore_active": True,
    "schema": "bicycle-parking",
}
MOBILITY_FILE = {
    "mobility_data_standard": MOBILITY_LISTS + "mobility-data-standard/netex",
    "mobility_data_standard_version": "1.2",
    "application_layer_protocol": MOBILITY_LISTS + "application-layer-protocol/ftp",
    "communication_method": MOBILITY_LISTS + "communication-method/push",
    "conditions_for_access_and_usage": MOBILITY_LISTS + "conditions-for-access-and-usage/royalty-free",
    "character_encoding": "UTF-8",
    "data_format_notes": {"fr": "Séparateur point-virgule."},
}
OWN_FILE = {"mobility": MOBILITY_FILE, "energy": {"schema": "district-energy"}}
TABLE = {kind: {**FILE, **OWN_FILE.get(kind, {})} for kind in TYPES}
SERVICE = {
    "id": "r2",
    "url": "https://geo.example.be/wfs",
    "format": "WFS_SRVC",
    "access_services": [{"title": "WFS", "endpoint_url": ["https://geo.example.be/wfs"]}],
}


def parsed(text: str | bytes, extension: str) -> Graph:
    """A graph from the text of a feed."""
    formats = {"ttl": "turtle", "xml": "xml", "jsonld": "json-ld", "nt": "nt"}
    graph = Graph(bind_namespaces="none") if extension == "jsonld" else QuickGraph()  # JSON-LD knows named graphs
    return graph.parse(data=text, format=formats[extension])


def datasets_in(graph: Graph) -> list[str]:
    """The IRIs of the datasets of a graph."""
    return sorted(str(node) for node in graph.subjects(RDF.type, DCAT.Dataset))


def sent(reading: Any) -> str:
    """The text of a page, which is kept when it was sent."""
    text = reading.body().decode()
    reading.keep()
    return text
