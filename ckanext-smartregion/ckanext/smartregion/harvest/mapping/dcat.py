"""From the tree of one DCAT dataset to a draft: which property becomes which field. Cleaning is left to the rules."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from ckanext.smartregion.harvest.mapping.dcat_values import (
    addresses,
    agents,
    contacts,
    first,
    members,
    own_address,
    periods,
    places,
    texts,
    values,
)
from ckanext.smartregion.harvest.mapping.iso import INTERNAL, inspire_theme, said_licences
from ckanext.smartregion.harvest.mapping.iso_links import bare, is_file, service_form
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


DATA_SERVICE = "http://www.w3.org/ns/dcat#DataService"
HVD_LAW = "http://data.europa.eu/eli/reg_impl/2023/138/oj"
PROTOCOL = re.compile(r"(?:OGC|ESRI|WWW):[A-Z]")
# GeoNetwork writes whether it has a protocol in front of the protocol.
GLUED = re.compile(r"(?:^|/)true(?=(?:ESRI|OGC|WWW)\b)")


def level(tree: Tree) -> str:
    """Whether a tree describes data or a service."""
    types = {each.get("@id") for each in tree.get("rdf:type", [])}
    return "service" if DATA_SERVICE in types else "dataset"


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
    files, links = _parted(tree)
    found: Draft = {
        "title_translated": texts(tree, "dct:title"),
        "notes_translated": texts(tree, "dct:description") or texts(tree, "dct:abstract"),
        "tags_translated": texts(tree, "dcat:keyword", every=True),
        "uri": address if is_web(address) else "",
        "url": pages[0] if pages else "",
        "temporal_coverage": periods(tree),
        "spatial_coverage": places(tree),
        "contact": contacts(tree) or members(tree),
        "publisher": agents(tree, "dct:publisher"),
        "creator": agents(tree, "dct:creator"),
        "provenance": _provenance(tree),
        "resources": [_resource(each) for each in files],
    }
    found |= {field: first(tree, *names) for field, names in ONE.items()}
    found |= {field: values(tree, *names) for field, names in MANY.items()}
    _serve(found["resources"], tree)
    found["theme"] = _themes(tree)
    found["license"] = _licences(found["license"])
    found["documentation"] += links
    if found["hvd_category"] and HVD_LAW not in found["applicable_legislation"]:
        found["applicable_legislation"].append(HVD_LAW)
    return {field: value for field, value in found.items() if value}, list(_liberties(tree))


def _liberties(tree: Tree) -> list[Change]:
    taken = []
    if "dct:description" not in tree and "dct:abstract" in tree:
        taken.append(Change("abstract-as-description", "notes_translated", "dct:abstract", "dct:description"))
    if "dct:modified" not in tree and "dct:updated" in tree:
        taken.append(Change("updated-as-modified", "modified", "dct:updated", "dct:modified"))
    if links := _parted(tree)[1]:
        taken.append(Change("link-as-page", "documentation", None, links))
    if "dcat:contactPoint" not in tree and members(tree):
        taken.append(Change("contact-of-publisher", "contact", None, members(tree)))
    if tree.get("dcatap:hvdCategory") and HVD_LAW not in values(tree, "dcatap:applicableLegislation"):
        taken.append(Change("hvd-legislation", "applicable_legislation", None, HVD_LAW))
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
    found["license"] = _licences(found["license"])
    if form := service_form(_protocol(tree)):
        found["format"] = form
        found["access_services"] = found["access_services"] or _asked(found)
    return {field: value for field, value in found.items() if value}


def _asked(resource: Draft) -> list[Draft]:
    """The service that a distribution is: asked at its address, described by its capabilities."""
    address = resource["url"]
    described = {"endpoint_description": address} if "getcapabilities" in address.lower() else {}
    title = next(iter(resource["name_translated"].values()), "")
    return [{"title": title, "endpoint_url": [bare(address)], **described}] if address else []


def _service(tree: Tree) -> Draft:
    title = texts(tree, "dct:title")
    found: Draft = {
        "uri": "" if GLUED.search(tree.get("@id", "")) else own_address(tree),
        "title": next(iter(title.values()), ""),
        "serves_dataset": values(tree, "dcat:servesDataset"),
        "endpoint_url": addresses(tree, "dcat:endpointURL"),
        "endpoint_description": next(iter(addresses(tree, "dcat:endpointDescription")), ""),
    }
    return {field: value for field, value in found.items() if value}


def _serve(resources: list[Draft], tree: Tree) -> None:
    """Give each service that says that it serves the dataset to the files that it serves; else it is one to open."""
    for service in [*tree.get("catalogue:services", []), *([tree] if level(tree) == "service" else [])]:
        roots = [root.rstrip("/") + "/" for root in addresses(service, "dcat:endpointURL")]
        files = [each for each in resources if any(each.get("url", "").startswith(root) for root in roots)]
        for each in files:
            each.setdefault("access_services", []).append(_service(service))
        if not files:
            resources.append(_served(service))


def _served(tree: Tree) -> Draft:
    """A service as something to open: the address at which it answers."""
    address = next(iter(addresses(tree, "dcat:endpointURL") + addresses(tree, "dcat:endpointDescription")), "")
    found: Draft = {
        "name_translated": texts(tree, "dct:title"),
        "description_translated": texts(tree, "dct:description"),
        "url": address,
        "access_url": address,
        "format": first(tree, "dct:conformsTo", "dct:format", "dct:type"),
        "license": values(tree, "dct:license"),
        "access_services": [_service(tree)],
    }
    return {field: value for field, value in found.items() if value}


def _themes(tree: Tree) -> list[str]:
    """Themes without the lists that steer somebody's catalogue, INSPIRE's codes as the EU themes that they mean."""
    shown = [each for each in tree.get("dcat:theme", []) if not INTERNAL.search(each.get("@id", ""))]
    stated = values({"dcat:theme": shown}, "dcat:theme")
    return list(dict.fromkeys(inspire_theme(theme) or theme for theme in stated))


def _licences(stated: list[str]) -> list[str]:
    """Licences, those whose address stands inside a text first."""
    return list(dict.fromkeys([address for text in stated for address in said_licences(text)] + stated))


def _parted(tree: Tree) -> tuple[list[Tree], list[str]]:
    """Distributions, and the pages that GeoNetwork lists among them: by their protocol they are links to read."""
    files, links = [], []
    for each in tree.get("dcat:distribution", []):
        opened = addresses(each, "dcat:downloadURL") + addresses(each, "dcat:accessURL")
        if opened and _protocol(each).startswith("WWW:LINK") and not is_file(opened[0]):
            links.append(opened[0])
        else:
            files.append(each)
    return files, links


def _protocol(tree: Tree) -> str:
    """The protocol that GeoNetwork writes as a format, or into the address of the distribution, as OGC:WMS."""
    readings = [*values(tree, "dct:format"), unquote(tree.get("@id", "").rpartition("#")[2])]
    return next((text for text in readings if PROTOCOL.match(text)), "")
