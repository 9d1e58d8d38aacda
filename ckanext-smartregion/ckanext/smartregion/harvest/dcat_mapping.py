"""From the tree of one DCAT dataset to a draft: which property becomes which field. Cleaning is left to the rules."""

from __future__ import annotations

from typing import Any

from ckanext.smartregion.harvest.dcat_values import addresses, agents, contacts, first, periods, places, texts, values
from ckanext.smartregion.harvest.records import Change, Draft
from ckanext.smartregion.harvest.rules.addresses import is_local, is_web
from ckanext.smartregion.harvest.rules.identity import first_word

Tree = dict[str, Any]

# Fields with one value, and with many, by the property that fills them; the first property that has any wins.
ONE: dict[str, tuple[str, ...]] = {
    "identifier": ("dct:identifier",),
    "issued": ("dct:issued", "dct:created"),
    "modified": ("dct:modified", "dct:updated"),
    "frequency": ("dct:accrualPeriodicity",),
    "access_rights": ("dct:accessRights",),
    "version": ("dcat:version", "owl:versionInfo"),
    "temporal_resolution": ("dcat:temporalResolution",),
    "spatial_resolution_in_meters": ("dcat:spatialResolutionInMeters",),
}
MANY: dict[str, tuple[str, ...]] = {
    "language": ("dct:language", "dct:Language", "catalogue:language"),
    "theme": ("dcat:theme",),
    "license": ("dct:license",),
    "rights": ("dct:rights",),
    "conforms_to": ("dct:conformsTo",),
    "documentation": ("foaf:page",),
    "is_referenced_by": ("dct:isReferencedBy",),
    "hvd_category": ("dcatap:hvdCategory",),
    "applicable_legislation": ("dcatap:applicableLegislation",),
}
RESOURCE_ONE: dict[str, tuple[str, ...]] = {
    "issued": ("dct:issued",),
    "modified": ("dct:modified",),
    "size": ("dcat:byteSize",),
    "format": ("dct:format",),
    "mimetype": ("dcat:mediaType",),
    "compress_format": ("dcat:compressFormat",),
    "package_format": ("dcat:packageFormat",),
    "availability": ("dcatap:availability",),
    "status": ("adms:status",),
}
RESOURCE_MANY: dict[str, tuple[str, ...]] = {
    "language": ("dct:language",),
    "license": ("dct:license",),
    "rights": ("dct:rights",),
    "conforms_to": ("dct:conformsTo",),
    "applicable_legislation": ("dcatap:applicableLegislation",),
}


def remote_id(tree: Tree) -> str:
    """What a dataset is recognised by: its own address, or its identifier where the address is nobody's."""
    address = tree.get("@id", "")
    if is_web(address) and not is_local(address):
        return first_word(address)
    return first_word(first(tree, "dct:identifier"))


def draft(tree: Tree) -> tuple[Draft, list[Change]]:
    """The fields of a dataset as the far end states them, and the liberties taken with its properties."""
    address = tree.get("@id", "")
    pages = addresses(tree, "dcat:landingPage")
    found: Draft = {
        "title_translated": texts(tree, "dct:title"),
        "notes_translated": texts(tree, "dct:description") or texts(tree, "dct:abstract"),
        "tags_translated": texts(tree, "dcat:keyword", every=True),
        "uri": address if is_web(address) else "",
        "url": pages[0] if pages else "",
        "temporal_coverage": periods(tree),
        "spatial_coverage": places(tree),
        "contact": contacts(tree),
        "publisher": agents(tree, "dct:publisher"),
        "creator": agents(tree, "dct:creator"),
        "provenance": _provenance(tree),
        "resources": [_resource(each) for each in tree.get("dcat:distribution", [])],
    }
    found |= {field: first(tree, *names) for field, names in ONE.items()}
    found |= {field: values(tree, *names) for field, names in MANY.items()}
    return {field: value for field, value in found.items() if value}, list(_liberties(tree))


def _liberties(tree: Tree) -> list[Change]:
    taken = []
    if "dct:description" not in tree and "dct:abstract" in tree:
        taken.append(Change("abstract-as-description", "notes_translated", "dct:abstract", "dct:description"))
    if "dct:modified" not in tree and "dct:updated" in tree:
        taken.append(Change("updated-as-modified", "modified", "dct:updated", "dct:modified"))
    if "dct:language" not in tree and tree.get("catalogue:language"):
        taken.append(Change("language-of-catalogue", "language", None, tree["catalogue:language"]))
    return taken


def _provenance(tree: Tree) -> dict[str, str]:
    for statement in tree.get("dct:provenance", []):
        if found := texts(statement, "rdfs:label") or texts(statement, "dct:description"):
            return found
    return {}


def _resource(tree: Tree) -> Draft:
    access, download = addresses(tree, "dcat:accessURL"), addresses(tree, "dcat:downloadURL")
    found: Draft = {
        "name_translated": texts(tree, "dct:title"),
        "description_translated": texts(tree, "dct:description"),
        "uri": tree.get("@id", "") if is_web(tree.get("@id", "")) else "",
        "url": next(iter(download + access), ""),
        "access_url": access[0] if access else "",
        "download_url": download[0] if download else "",
        "access_services": [_service(service) for service in tree.get("dcat:accessService", []) if len(service) > 1],
    }
    found |= {field: first(tree, *names) for field, names in RESOURCE_ONE.items()}
    found |= {field: values(tree, *names) for field, names in RESOURCE_MANY.items()}
    return {field: value for field, value in found.items() if value}


def _service(tree: Tree) -> Draft:
    title = texts(tree, "dct:title")
    found: Draft = {
        "uri": tree.get("@id", ""),
        "title": next(iter(title.values()), ""),
        "endpoint_url": addresses(tree, "dcat:endpointURL"),
        "endpoint_description": next(iter(addresses(tree, "dcat:endpointDescription")), ""),
    }
    return {field: value for field, value in found.items() if value}
