"""What to do about a result of the check: who can mend it, in which field of which form, and the sentence that says so.

Sentences are maps from language to text; the labels in them are those of the forms.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from ckanext.smartregion.feeds.conformance.checking import Result
from ckanext.smartregion.feeds.conformance.constraints import iri_of
from ckanext.smartregion.feeds.conformance.facts import Facts
from ckanext.smartregion.schemas import LANGUAGES, dataset_contracts, organization_contract

Texts = dict[str, str]
LONGEST_VALUE = 80  # of what a sentence repeats
FILES = {"fr": "Fichiers", "nl": "Bestanden", "de": "Dateien", "en": "Files"}


class Place(NamedTuple):
    """Where something is mended: the form of a ``dataset``, a ``file`` or an ``organisation``, else the ``portal``."""

    form: str
    field: str = ""


PORTAL = Place("portal")


def place_of(kinds: Iterable[str], path: str, constraint: str = "") -> Place:
    """Where a property (an IRI) of a thing of these classes is mended."""
    if (path, constraint) in _not_theirs():
        return PORTAL
    for kind in sorted(kinds):
        fields = _places().get(kind, {})
        if path in fields or "any" in fields:
            return fields.get(path) or fields["any"]
    return PORTAL


def where(result: Result, facts: Facts) -> Place:
    """Where a result is mended."""
    return place_of(facts.kinds(result.focus), result.path, result.constraint)


def label(place: Place, kind: str = "dataset") -> Texts:
    """The label of a field in the form of a dataset of this type, of its file, or of an organisation."""
    return _labels(kind).get(place, {})


def sentence(result: Result, place: Place, kind: str = "dataset") -> Texts:
    """What is wrong and what to do about it, for whoever has that form before their eyes."""
    name = label(place, kind)
    if not name:
        name = result.path.rpartition("#")[2].rpartition("/")[2]
        return {language: text.format(property=name) for language, text in _tables()["of_the_portal"].items()}
    said = template(result.constraint)
    value = result.value.text[:LONGEST_VALUE] if result.value else ""
    return {language: said[language].format(field=name[language], value=value) for language in LANGUAGES}


def template(constraint: str) -> Texts:
    """The sentence for a word of the tables that is not met, with places for ``field`` and ``value``."""
    told = _tables()
    return told["sentences"][told["same"].get(constraint, constraint)]


@cache
def _labels(kind: str) -> dict[Place, Texts]:
    contracts = dataset_contracts()
    contract = contracts.get(kind) or contracts["dataset"]
    forms = {
        "dataset": contract["dataset_fields"],
        "file": contract["resource_fields"],
        "organisation": organization_contract()["fields"],
    }
    labels = {
        Place(form, field["field_name"]): {**dict.fromkeys(LANGUAGES, field["field_name"]), **field.get("label", {})}
        for form, fields in forms.items()
        for field in fields
    }
    return {**labels, Place("dataset", "resources"): FILES}


@cache
def _places() -> Mapping[str, Mapping[str, Place]]:
    return {
        iri_of(kind): {iri_of(path): Place(*place.split(".")) for path, place in fields.items()}
        for kind, fields in _tables()["places"].items()
    }


@cache
def _not_theirs() -> frozenset[tuple[str, str]]:
    return frozenset((iri_of(path), constraint) for path, constraint in _tables()["not_theirs"])


@cache
def _tables() -> dict[str, Any]:
    return yaml.load(Path(__file__).with_name("mending.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
