"""mobilityDCAT-AP: what a mobility dataset says beyond DCAT-AP."""

from __future__ import annotations

from typing import Any

from ckanext.smartregion.feeds.description.codes import addresses, coded, coded_list, iri_of
from ckanext.smartregion.feeds.description.values import as_list, clean, texts, whole_day
from ckanext.smartregion.feeds.terms import SPDX
from ckanext.smartregion.schemas import vocabulary

REFERENCE_SYSTEMS = "http://www.opengis.net/def/crs/EPSG/0/"
SHA_1 = SPDX.checksumAlgorithm_sha1  # under http as SPDX writes it, and not under https as DCAT-AP's shapes want it
CONDITIONS = "conditions-for-access-and-usage"
# The official languages of the Union: the profile knows no others for titles, descriptions and keywords.
OFFICIAL = frozenset({
    "bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "ga", "hr", "hu", "it", "lt", "lv", "mt", "nl", "pl",
    "pt", "ro", "sk", "sl", "sv",
})  # fmt: skip

DATASET_LISTS = {
    "mobility_theme": "mobility-theme",
    "transport_mode": "transport-mode",
    "network_coverage": "network-coverage",
    "georeferencing_method": "georeferencing-method",
    "intended_information_service": "intended-information-service",
}
# Field of a resource, its list, and the value that is true when nobody stated another.
RESOURCE_CODES = {
    "mobility_data_standard": ("mobility-data-standard", "other"),
    "application_layer_protocol": ("application-layer-protocol", "http-https"),
    "communication_method": ("communication-method", "pull"),
}


def is_mobility(dataset: dict[str, Any]) -> bool:
    """Whether a dataset, stored or prepared, is one of mobility."""
    return dataset.get("type") == "mobility"


def with_mobility(prepared: dict[str, Any], stored: dict[str, Any], language: str) -> dict[str, Any]:
    """A prepared dataset with what mobilityDCAT-AP says beyond DCAT-AP; what it demands is filled with what is true."""
    pairs = zip(prepared["resources"], stored.get("resources", []), strict=True)
    return {
        **prepared,
        **{field: coded_list(name, stored.get(field)) for field, name in DATASET_LISTS.items()},
        "applicable_legislation": list(dict.fromkeys([*prepared["applicable_legislation"], *_laws(stored)])),
        "frequency": prepared["frequency"] or iri_of("frequency", "UNKNOWN"),
        "resources": [_with_codes(resource, source, language) for resource, source in pairs],
    }


def _laws(stored: dict[str, Any]) -> list[str]:
    """The regulations that the stated kinds of the national access point follow from."""
    kinds = (vocabulary("nap-type").find(str(kind)) for kind in as_list(stored.get("nap_type")))
    return [kind.extra["legislation"] for kind in kinds if kind and kind.extra.get("legislation")]


def _with_codes(resource: dict[str, Any], stored: dict[str, Any], language: str) -> dict[str, Any]:
    codes = {
        field: coded(name, stored.get(field)) or iri_of(name, default)
        for field, (name, default) in RESOURCE_CODES.items()
    }
    return {
        **resource,
        **codes,
        "mobility_data_standard_version": clean(stored.get("mobility_data_standard_version")),
        "conditions": coded(CONDITIONS, stored.get("conditions_for_access_and_usage")) or _conditions_of(resource),
        "character_encoding": clean(stored.get("character_encoding")),
        "data_format_notes": texts(stored.get("data_format_notes"), language),
        "sample": addresses(stored.get("sample")),
        "format": resource["format"] or iri_of("file-type", "OCTET"),
    }


def _conditions_of(resource: dict[str, Any]) -> str:
    """Where nobody stated conditions: a licence says that there is one, its absence says nothing more."""
    return iri_of(CONDITIONS, "licence-provided" if resource["license"] else "other")


def narrowed(prepared: dict[str, Any]) -> dict[str, Any]:
    """A prepared mobility dataset as mobilityDCAT-AP alone allows it.

    It wants whole dates, texts in the Union's languages, reference systems as the only standards of a dataset, SHA-1,
    and laws and versions only that are described with it; others become relations.
    """
    laws = [law for law in prepared["applicable_legislation"] if vocabulary("legislation").by_uri(law)]
    others = [law for law in prepared["applicable_legislation"] if law not in laws]
    systems = [iri for iri in prepared["conforms_to"] if iri.startswith(REFERENCE_SYSTEMS)]
    standards = [iri for iri in prepared["conforms_to"] if iri not in systems]
    dates = {field: whole_day(prepared[field]) for field in ("issued", "modified") if prepared[field]}
    return {
        **prepared,
        **dates,
        **{field: _official(prepared[field]) for field in ("title_translated", "notes_translated", "tags_translated")},
        "is_version_of": [],
        "applicable_legislation": laws,
        "related_resource": list(dict.fromkeys([*prepared["related_resource"], *prepared["is_version_of"], *others])),
        "conforms_to": systems,
        "resources": [_narrowed(resource, standards) for resource in prepared["resources"]],
    }


def _official(texts: dict[str, Any]) -> dict[str, Any]:
    """The texts in official languages; all of them where none is, for some text is better than none."""
    return {tag: text for tag, text in texts.items() if tag.partition("-")[0] in OFFICIAL} or texts


def _narrowed(resource: dict[str, Any], standards: list[str]) -> dict[str, Any]:
    known = resource.get("hash_algorithm", "").endswith("sha1")
    return {
        **{key: value for key, value in resource.items() if key not in ("hash", "hash_algorithm")},
        **({"hash": resource["hash"], "hash_algorithm": SHA_1} if known else {}),
        "description_translated": _official(resource["description_translated"]),
        "conforms_to": list(dict.fromkeys([*resource["conforms_to"], *standards])),
    }
