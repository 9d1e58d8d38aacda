"""From one package of a CKAN portal to a draft: which field of which extension becomes which of ours. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ckanext.smartregion.harvest.mapping.plain_values import (
    address,
    filled,
    first,
    is_language_map,
    parts,
    plain,
    shape,
    text,
    texts,
    translated,
)
from ckanext.smartregion.harvest.records import Draft
from ckanext.smartregion.harvest.rules.addresses import is_web
from ckanext.smartregion.harvest.rules.languages import short

Facts = Mapping[str, Any]

# Our field by the names that CKAN, scheming, ckanext-dcat and national portals give it; the first that says anything.
ONE: dict[str, tuple[str, ...]] = {
    "identifier": ("identifier", "dcat_identifier", "guid", "id", "name"),
    "frequency": ("frequency", "accrual_periodicity", "update_frequency", "dcat_frequency"),
    "access_rights": ("access_rights", "dcat_access_rights"),
    "version": ("version", "dcat_version"),
    "dcat_type": ("dcat_type",),
    "temporal_resolution": ("temporal_resolution",),
    "spatial_resolution_in_meters": ("spatial_resolution_in_meters",),
}
MANY: dict[str, tuple[str, ...]] = {
    "language": ("language", "dcat_language"),
    "conforms_to": ("conforms_to",),
    "documentation": ("documentation",),
    "is_referenced_by": ("is_referenced_by",),
    "alternate_identifier": ("alternate_identifier",),
    "has_version": ("has_version",),
    "hvd_category": ("hvd_category",),
    "applicable_legislation": ("applicable_legislation",),
    "rights": ("rights",),
    "mobility_theme": ("mobility_theme",),
    "transport_mode": ("transport_mode",),
    "network_coverage": ("network_coverage",),
    "georeferencing_method": ("georeferencing_method",),
    "intended_information_service": ("intended_information_service",),
    "nap_type": ("nap_type",),
}
RESOURCE_ONE: dict[str, tuple[str, ...]] = {
    "format": ("format",),
    "mimetype": ("mimetype", "media_type"),
    "size": ("size", "byte_size"),
    "compress_format": ("compress_format",),
    "package_format": ("package_format",),
    "availability": ("availability",),
    "status": ("status",),
    "mobility_data_standard": ("mobility_data_standard", "acc_mod"),
    "mobility_data_standard_version": ("mobility_data_standard_version",),
    "application_layer_protocol": ("application_layer_protocol", "acc_int"),
    "communication_method": ("communication_method", "acc_con"),
    "conditions_for_access_and_usage": ("conditions_for_access_and_usage", "conditions_usage", "conditions_access"),
    "character_encoding": ("character_encoding", "acc_enc"),
}
RESOURCE_MANY: dict[str, tuple[str, ...]] = {
    "language": ("language",),
    "conforms_to": ("conforms_to",),
    "applicable_legislation": ("applicable_legislation",),
    "rights": ("rights",),
}
LICENCE = ("license_url", "license_type", "license", "license_id", "license_title")
AGENT = ("uri", "name", "email", "url", "type", "identifier")
NOT_SPECIFIED = "notspecified"
TRANSPORT = "http://publications.europa.eu/resource/authority/data-theme/TRAN"


def draft(package: Facts, base: str, language: str) -> Draft:
    """The fields of a package as its portal states them; `language` is that of texts that tell of none."""
    facts = {**_extras(package), **{key: value for key, value in package.items() if plain(value) not in (None, "")}}
    name = text(facts.get("name")) or text(facts.get("id"))
    page = f"{base}/dataset/{name}"
    spoken = _first_texts(facts, MANY["language"])
    language = short(spoken[0]) if len(spoken) == 1 else language
    found = {
        "title_translated": _translated(facts, "title_translated", "title"),
        "notes_translated": _translated(facts, "notes_translated", "notes", "description"),
        "tags_translated": _keywords(facts),
        "uri": next((uri for key in ("uri", "dcat_uri", "guid") if is_web(uri := text(facts.get(key)))), page),
        "url": address(facts.get("url"), base) or page,
        "theme": _themes(facts),
        "license": [each for key in LICENCE for each in texts(facts.get(key)) if each != NOT_SPECIFIED],
        "issued": first(facts, ("issued", "dcat_issued")) or _utc(facts.get("metadata_created")),
        "modified": first(facts, ("modified", "dcat_modified")) or _last_change(facts),
        "publisher": _agents(facts, "publisher") or [{"name": _name(facts.get("organization"))}],
        "creator": _agents(facts, "creator")
        or _agents({"name": facts.get("author"), "email": facts.get("author_email")}),
        "contact": _contacts(facts),
        "temporal_coverage": _periods(facts),
        "spatial_coverage": _places(facts),
        "provenance": _spoken(facts.get("provenance"), language),
        "version_notes": _spoken(facts.get("version_notes"), language),
        "resources": [
            _resource(each, base) for each in parts(facts.get("resources")) if each.get("state") != "deleted"
        ],
    }
    found |= {field: first(facts, names) for field, names in ONE.items()}
    found |= {field: _first_texts(facts, names) for field, names in MANY.items()}
    found["publisher"] = [agent for agent in found["publisher"] if agent.get("name") or agent.get("uri")]
    return filled(found)


def _extras(package: Facts) -> dict[str, Any]:
    """Free extras by key; those that say where the portal itself had the dataset from stay its own business."""
    extras = plain(package.get("extras"))
    pairs = extras.items() if isinstance(extras, Mapping) else ((e.get("key"), e.get("value")) for e in parts(extras))
    return {str(key): plain(value) for key, value in pairs if key and not str(key).startswith("harvest_")}


def _translated(facts: Facts, *names: str) -> dict[str, str]:
    return next((found for name in names if (found := translated(facts.get(name)))), {})


def _first_texts(facts: Facts, names: tuple[str, ...]) -> list[str]:
    return next((found for name in names if (found := texts(facts.get(name)))), [])


def _spoken(value: Any, language: str) -> dict[str, str]:
    return {tag or language: found for tag, found in translated(value).items()}


def _name(part: Any) -> str:
    """What a group or an organisation is called."""
    part = plain(part)
    return (
        first(part, ("title_translated", "title", "display_name", "name")) if isinstance(part, Mapping) else text(part)
    )


def _themes(facts: Facts) -> list[str]:
    """The themes that are stated, else the groups; a topic of mobility is about transport."""
    stated = _first_texts(facts, ("theme", "themes")) or [_name(group) for group in parts(facts.get("groups"))]
    return stated or ([TRANSPORT] if texts(facts.get("mobility_theme")) else [])


def _keywords(facts: Facts) -> dict[str, list[str]]:
    for name in ("tags_translated", "fluent_tags", "keywords"):
        value = plain(facts.get(name))
        if is_language_map(value) and (found := {tag: words for tag, each in value.items() if (words := texts(each))}):
            return found
    words = [first(tag, ("display_name", "name")) for tag in parts(facts.get("tags"))]
    return {"": [word for word in words if word]} if any(words) else {}


def _utc(value: Any) -> str:
    """CKAN's own moments are UTC and do not say so."""
    moment = text(value)
    return f"{moment}+00:00" if re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+", moment) else moment


def _last_change(facts: Facts) -> str:
    """When a file last changed, as far as the portal knows; else when the description did."""
    moments = [_utc(file.get("last_modified")) for file in parts(facts.get("resources"))]
    return max(moments, default="") or _utc(facts.get("metadata_modified"))


def _agents(facts: Facts, role: str = "") -> list[Draft]:
    """Publishers or creators: a list of maps, or one field for each fact (`publisher_name`)."""
    listed = [filled({key: text(each.get(key)) for key in AGENT}) for each in parts(facts.get(role))]
    if listed:
        return listed
    found = filled({key: text(facts.get(f"{role}_{key}" if role else key)) for key in AGENT})
    return [found] if found.get("name") or found.get("uri") else []


def _contacts(facts: Facts) -> list[Draft]:
    listed = [filled({key: text(each.get(key)) for key in AGENT}) for each in parts(facts.get("contact"))]
    if listed:
        return listed
    for prefix in ("contact_point", "contact", "maintainer", "author"):
        name = (
            first(facts, (f"{prefix}_name", prefix)) if prefix != "contact_point" else text(facts.get(f"{prefix}_name"))
        )
        found = filled(
            {"name": name, "email": text(facts.get(f"{prefix}_email")), "uri": text(facts.get(f"{prefix}_uri"))}
        )
        if found.get("name") or found.get("email"):
            return [found]
    return []


def _periods(facts: Facts) -> list[Draft]:
    listed = [
        filled({key: text(each.get(key)) for key in ("start", "end")}) for each in parts(facts.get("temporal_coverage"))
    ]
    if any(listed):
        return [period for period in listed if period]
    found = filled({"start": text(facts.get("temporal_start")), "end": text(facts.get("temporal_end"))})
    if found:
        return [found]
    written = text(facts.get("temporal"))
    return [{"text": written}] if written else []


def _places(facts: Facts) -> list[Draft]:
    listed = [_place(each) for each in parts(facts.get("spatial_coverage"))]
    covered = [{"uri": uri} for key in ("regions_covered", "countries_covered") for uri in texts(facts.get(key))]
    one = filled({"uri": text(facts.get("spatial_uri")), "text": text(facts.get("spatial_text"))})
    outline = shape(facts.get("spatial"))
    if outline:
        one["geom"] = outline
    elif not one and isinstance(plain(facts.get("spatial")), str):
        one = filled({"text": text(facts.get("spatial"))})
    return [place for place in (*listed, one) if place] or covered


def _place(place: Facts) -> Draft:
    shapes = {key: shape(place.get(key)) or text(place.get(key)) for key in ("geom", "bbox", "centroid")}
    return filled({"uri": text(place.get("uri")), "text": first(place, ("text", "name")), **shapes})


def _resource(facts: Facts, base: str) -> Draft:
    access, download = address(facts.get("access_url"), base), address(facts.get("download_url"), base)
    found = {
        "name_translated": _translated(facts, "name_translated", "name", "title"),
        "description_translated": _translated(
            facts, "description_translated", "description_resource_translated", "description"
        ),
        "data_format_notes": translated(facts.get("data_format_notes")) or translated(facts.get("acc_desc")),
        "uri": next((uri for uri in (text(facts.get("uri")),) if is_web(uri)), ""),
        "url": address(facts.get("url"), base) or download or access,
        "access_url": access,
        "download_url": download,
        "license": [each for key in LICENCE for each in texts(facts.get(key)) if each != NOT_SPECIFIED],
        "issued": first(facts, ("issued",)) or _utc(facts.get("created")),
        "modified": first(facts, ("modified",)) or _utc(facts.get("last_modified")),
        "access_services": [_service(each) for each in parts(facts.get("access_services"))],
    }
    found |= {field: first(facts, names) for field, names in RESOURCE_ONE.items()}
    found |= {field: _first_texts(facts, names) for field, names in RESOURCE_MANY.items()}
    return filled(found)


def _service(facts: Facts) -> Draft:
    return filled(
        {
            "uri": text(facts.get("uri")),
            "title": first(facts, ("title", "name")),
            "endpoint_url": texts(facts.get("endpoint_url")),
            "endpoint_description": text(facts.get("endpoint_description")),
        }
    )
