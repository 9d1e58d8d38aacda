"""GeoDCAT-AP: which datasets are geographic, and what it says of them beyond DCAT-AP."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any

from ckanext.smartregion.feeds.description import tables
from ckanext.smartregion.feeds.description.codes import addresses, coded, coded_list, iri_of, within
from ckanext.smartregion.feeds.description.iris import part_iri
from ckanext.smartregion.feeds.description.mobility import REFERENCE_SYSTEMS
from ckanext.smartregion.feeds.description.writing import Field, Part, Thing, texts, typed
from ckanext.smartregion.feeds.terms import DCT, GEODCAT, GSP, LOCN, SKOS

GEOSPATIAL = "http://data.europa.eu/bna/c_ac64a52d"
FILE_TYPES = (
    "GEOJSON", "GPKG", "SHP", "GML", "KML", "KMZ", "GPX", "GDB", "DXF", "DWG", "MIF_MID", "TAB", "GEOTIFF", "ECW",
    "LAS", "LAZ", "WMS_SRVC", "WFS_SRVC", "WCS_SRVC", "WMTS_SRVC", "MAP_SRVC", "MAP_PRVW",
)  # fmt: skip
OUTLINE = Thing((LOCN.Geometry, GSP.Geometry), (Field("wkt", GSP.asWKT, typed(GSP.wktLiteral)),))
KIND = Thing((SKOS.Concept,), (Field("label", SKOS.prefLabel, texts),))
OUTLINED = Part("places", DCT.spatial, tables.PLACE.with_fields(Part("outline", LOCN.geometry, OUTLINE)))
DATASET = tables.DATASET.with_fields(
    OUTLINED,
    Part("reference_systems", GEODCAT.referenceSystem, KIND),
    Part("resource_type", GEODCAT.resourceType, KIND),
)
HOLDERS = ("resources", "access_services", "services", "in_series")
A_DATASET = {
    "uri": "http://inspire.ec.europa.eu/metadata-codelist/ResourceType/dataset",
    "label": {"fr": "Série de données géographiques", "nl": "Dataset", "de": "Geodatensatz", "en": "Spatial data set"},
}


def is_geographic(dataset: dict[str, Any]) -> bool:
    """Whether a dataset, stored or prepared, is one of places: by type, HVD category, reference system or a file."""
    return (
        coded("dataset-type", dataset.get("dcat_type")) == iri_of("dataset-type", "GEOSPATIAL")
        or within("hvd-category", coded_list("hvd-category", dataset.get("hvd_category")), GEOSPATIAL)
        or bool(_reference_systems(addresses(dataset.get("conforms_to"))))
        or not _file_types().isdisjoint(coded("file-type", one.get("format")) for one in dataset.get("resources", []))
    )


def narrowed(prepared: dict[str, Any]) -> dict[str, Any]:
    """A prepared dataset with its reference systems, and with outlines as nodes."""
    systems = _reference_systems(prepared["conforms_to"])
    return {
        **with_outlines(with_one_name(prepared)),
        "resource_type": A_DATASET,
        "reference_systems": [{"uri": iri, "label": {"en": "EPSG:" + iri.rpartition("/")[2]}} for iri in systems],
    }


def with_outlines(prepared: dict[str, Any]) -> dict[str, Any]:
    """A prepared dataset with the outlines of its places as nodes; its series has the same places."""
    places = [_with_outline(place, prepared["home"]) for place in prepared["spatial_coverage"]]
    bare = [{**place, "geom": None} for place in prepared["spatial_coverage"]]
    series = [{**one, "spatial_coverage": bare} for one in prepared["in_series"]]
    return {**prepared, "places": places, "spatial_coverage": [], "in_series": series}


def with_one_name(record: dict[str, Any]) -> dict[str, Any]:
    """A dataset, a catalogue or a service whose contacts, its parts' too, are named in one language: its first."""
    contacts = record.get("contact") or []
    kept = {field: [with_one_name(part) for part in record[field]] for field in HOLDERS if record.get(field)}
    return {**record, **kept, "contact": [_named_once(each) for each in _as_list(contacts)]}


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _named_once(contact: dict[str, Any]) -> dict[str, Any]:
    return {**contact, "name_translated": dict(list(contact["name_translated"].items())[:1])}


def _with_outline(place: dict[str, Any], home: str) -> dict[str, Any]:
    if not place.get("geom"):
        return place
    ending = hashlib.sha256(place["geom"].encode()).hexdigest()[:12]
    return {**place, "geom": None, "outline": {"uri": part_iri(home, f"outline-{ending}"), "wkt": place["geom"]}}


def _reference_systems(standards: list[str]) -> list[str]:
    return [iri for iri in standards if iri.startswith(REFERENCE_SYSTEMS)]


@cache
def _file_types() -> frozenset[str]:
    return frozenset(iri_of("file-type", code) for code in FILE_TYPES)
