"""The facts of a dataset in plain groups: which field stands under which heading on its page."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.smartregion import interface, schemas

Field = dict[str, Any]

# What the page says elsewhere: in its title, its text, its list of files, beside the text.
SAID_ELSEWHERE = {"title_translated", "notes_translated", "tags_translated", "owner_org", "name", "resources", "uri"}
# The same for a file; the gate's own marks are shown as a badge.
SAID_OF_FILES = {
    "name_translated",
    "description_translated",
    "url",
    "format",
    "size",
    "hash",
    "hash_algorithm",
    "schema",
    "uri",
    "validation_status",
    "validation_timestamp",
}

GROUPS = {
    "time and place": ("spatial_coverage", "temporal_coverage", "temporal_resolution", "spatial_resolution_in_meters"),
    "updates": (
        "frequency",
        "issued",
        "modified",
        "version",
        "version_notes",
        "in_series",
        "previous_version",
        "is_version_of",
        "has_version",
    ),
    "rights": ("license_id", "access_rights", "hvd_category", "applicable_legislation"),
    "people": ("contact", "publisher", "creator"),
}

# Parts that only machines read; the feeds carry them.
FOR_MACHINES = {"uri", "identifier", "geom", "bbox", "centroid"}


def grouped(contract: Field, own: set[str], dataset: Field) -> list[tuple[str, list[Field]]]:
    """The fields that hold something, under headings; ``own`` are those that only this theme has."""
    filled = [field for field in contract["dataset_fields"] if _is_shown(field, dataset, SAID_ELSEWHERE)]
    found: dict[str, list[Field]] = {name: [] for name in ("theme", *GROUPS, "references")}
    for field in filled:
        found[_group(field["field_name"], own)].append(field)
    return [(name, fields) for name, fields in found.items() if fields]


def _group(name: str, own: set[str]) -> str:
    if name in own or name == "theme":
        return "theme"
    return next((group for group, names in GROUPS.items() if name in names), "references")


def of_file(contract: Field, resource: Field) -> list[Field]:
    """The fields of a file that hold something."""
    return [field for field in contract["resource_fields"] if _is_shown(field, resource, SAID_OF_FILES)]


def _is_shown(field: Field, thing: Field, said_elsewhere: set[str]) -> bool:
    if field["field_name"] in said_elsewhere or field.get("display_snippet", "") is None:
        return False
    value = thing.get(field["field_name"])
    return any(value.values()) if isinstance(value, dict) else bool(value)


def heading(name: str) -> str:
    """The heading of a group."""
    return {
        "theme": tk._("What it is about"),
        "time and place": tk._("Where and when"),
        "updates": tk._("Updates"),
        "rights": tk._("What you may do with it"),
        "people": tk._("Who is behind it"),
        "references": tk._("Origin and references"),
    }[name]


def parts(field: Field, dataset: Field) -> list[list[tuple[str, str]]]:
    """What people read of a field made of parts: for each thing, its parts by name; machines' parts only if alone."""
    things = dataset.get(field["field_name"]) or []
    shown = []
    for thing in things:
        filled = [
            (part["field_name"], _in_words(part, thing))
            for part in field["repeating_subfields"]
            if thing.get(part["field_name"])
        ]
        shown.append([part for part in filled if part[0] not in FOR_MACHINES] or filled[:1])
    return [each for each in shown if each]


def _in_words(part: Field, thing: Field) -> str:
    """A part as people read it: a code by its label, things within the thing by the first that they say."""
    name = part["field_name"]
    if "repeating_subfields" in part:
        return ", ".join(said[0][1] for said in parts(part, thing))
    concept = schemas.vocabulary(part["vocabulary"]).by_uri(str(thing[name])) if "vocabulary" in part else None
    return concept.label(interface.language()) if concept and name not in FOR_MACHINES else str(thing[name])
