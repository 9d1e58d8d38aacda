"""mobilityDCAT-AP: what a mobility dataset says beyond DCAT-AP."""

from __future__ import annotations

from typing import Any

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import RDF, RDFS

from ckanext.smartregion.feeds.codes import addresses, coded, coded_list, iri_of
from ckanext.smartregion.feeds.iris import part_iri
from ckanext.smartregion.feeds.terms import ADMS, CNT, DCT, MOBILITY
from ckanext.smartregion.feeds.values import as_list, clean, texts, whole_day
from ckanext.smartregion.schemas import vocabulary

CONFORMS_TO = "https://w3id.org/mobilitydcat-ap/releases/1.1.0/"
REFERENCE_SYSTEMS = "http://www.opengis.net/def/crs/EPSG/0/"
CONDITIONS = "conditions-for-access-and-usage"

DATASET_LISTS = {
    "mobility_theme": ("mobility-theme", MOBILITY.mobilityTheme),
    "transport_mode": ("transport-mode", MOBILITY.transportMode),
    "network_coverage": ("network-coverage", MOBILITY.networkCoverage),
    "georeferencing_method": ("georeferencing-method", MOBILITY.georeferencingMethod),
    "intended_information_service": ("intended-information-service", MOBILITY.intendedInformationService),
}
# Field of a resource, its list, its property, and the value that is true when nobody stated another.
RESOURCE_CODES = {
    "mobility_data_standard": ("mobility-data-standard", MOBILITY.mobilityDataStandard, "other"),
    "application_layer_protocol": ("application-layer-protocol", MOBILITY.applicationLayerProtocol, "http-https"),
    "communication_method": ("communication-method", MOBILITY.communicationMethod, "pull"),
}


def prepare_mobility(prepared: dict[str, Any], stored: dict[str, Any]) -> dict[str, Any]:
    """A prepared dataset narrowed to what mobilityDCAT-AP knows, with the codes that only it has.

    It wants whole dates, one frequency, reference systems as the only standards of a dataset, and SHA-1 checksums.
    """
    systems = [iri for iri in prepared["conforms_to"] if iri.startswith(REFERENCE_SYSTEMS)]
    standards = [iri for iri in prepared["conforms_to"] if iri not in systems]
    dates = {field: whole_day(prepared[field]) for field in ("issued", "modified") if prepared[field]}
    pairs = zip(prepared["resources"], stored.get("resources", []), strict=True)
    return {
        **prepared,
        **dates,
        **{field: coded_list(name, stored.get(field)) for field, (name, _) in DATASET_LISTS.items()},
        "conforms_to": systems,
        "applicable_legislation": list(dict.fromkeys([*prepared["applicable_legislation"], *_laws(stored)])),
        "frequency": prepared["frequency"] or iri_of("frequency", "UNKNOWN"),
        "resources": [_prepare_distribution(resource, source, standards) for resource, source in pairs],
    }


def _laws(stored: dict[str, Any]) -> list[str]:
    """The regulations that the stated kinds of the national access point follow from."""
    kinds = (vocabulary("nap-type").find(str(kind)) for kind in as_list(stored.get("nap_type")))
    return [kind.extra["legislation"] for kind in kinds if kind and kind.extra.get("legislation")]


def _prepare_distribution(resource: dict[str, Any], stored: dict[str, Any], standards: list[str]) -> dict[str, Any]:
    kept = {key: value for key, value in resource.items() if key not in ("hash", "hash_algorithm", "rights")}
    if resource.get("hash_algorithm", "").endswith("sha1"):
        kept |= {key: resource[key] for key in ("hash", "hash_algorithm")}
    return {
        **kept,
        **_codes(stored),
        "statement": resource["rights"],
        "character_encoding": clean(stored.get("character_encoding")),
        "data_format_notes": texts(stored.get("data_format_notes"), "fr"),
        "sample": addresses(stored.get("sample")),
        "conforms_to": list(dict.fromkeys([*resource["conforms_to"], *standards])),
        "format": resource["format"] or iri_of("file-type", "OCTET"),
    }


def _codes(stored: dict[str, Any]) -> dict[str, str | None]:
    """The codes of a resource; what nobody stated is what holds for a file on the web."""
    codes = {
        field: coded(name, stored.get(field)) or iri_of(name, default)
        for field, (name, _, default) in RESOURCE_CODES.items()
    }
    return {**codes, "conditions": coded(CONDITIONS, stored.get("conditions_for_access_and_usage"))}


def describe(graph: Graph, dataset: dict[str, Any]) -> None:
    """Add the properties of mobilityDCAT-AP of a prepared dataset and its distributions."""
    subject = URIRef(dataset["uri"])
    for field, (_, predicate) in DATASET_LISTS.items():
        for iri in dataset[field]:
            graph.add((subject, predicate, URIRef(iri)))
    for resource in dataset["resources"]:
        _describe_distribution(graph, resource)


def _describe_distribution(graph: Graph, resource: dict[str, Any]) -> None:
    subject = URIRef(resource["uri"])
    for field, (_, predicate, _) in RESOURCE_CODES.items():
        graph.add((subject, predicate, URIRef(resource[field])))
    _describe_rights(graph, subject, resource)
    _describe_format(graph, subject, resource)


def _describe_rights(graph: Graph, subject: URIRef, resource: dict[str, Any]) -> None:
    rights = URIRef(part_iri(resource["home"], "rights"))
    graph.add((subject, DCT.rights, rights))
    graph.add((rights, RDF.type, DCT.RightsStatement))
    graph.add((rights, DCT.type, URIRef(resource["conditions"] or _conditions_of(resource))))
    for tag, text in resource["statement"].items():
        graph.add((rights, RDFS.label, Literal(text, lang=tag)))


def _describe_format(graph: Graph, subject: URIRef, resource: dict[str, Any]) -> None:
    if resource["character_encoding"]:
        graph.add((subject, CNT.characterEncoding, Literal(resource["character_encoding"])))
    # The profile allows one note only: the first language that has one.
    for tag, text in list(resource["data_format_notes"].items())[:1]:
        graph.add((subject, MOBILITY.dataFormatNotes, Literal(text, lang=tag)))
    for sample in resource["sample"]:
        graph.add((subject, ADMS.sample, URIRef(sample)))


def _conditions_of(resource: dict[str, Any]) -> str:
    """Where nobody stated conditions: a licence says that there is one, its absence says nothing more."""
    return iri_of(CONDITIONS, "licence-provided" if resource["license"] else "other")
