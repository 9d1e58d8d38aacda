"""The filters of the search page: which there are, what is indexed for them, and their labels in four languages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.smartregion import schemas, search_words, territory


def titles(organization: bool = False) -> dict[str, str]:
    """The filters in their order; an organisation's own page needs no filter by organisation."""
    named = {
        "dataset_type": tk._("Theme"),
        "organization": tk._("Organisation"),
        "vocab_contract": tk._("Table contract"),
        "res_format": tk._("Format"),
        "vocab_language": tk._("Language"),
    }
    return {name: title for name, title in named.items() if not (organization and name == "organization")}


# Coordinates are no words: who searches for 50 does not look for a latitude.
COORDINATES = tuple(f"extras_spatial_coverage{part}" for part in ("", "__bbox", "__centroid", "__geom"))


WORDS = "text"  # the field of the index that holds all that is searched


def without_coordinates(document: dict[str, Any]) -> dict[str, Any]:
    """What CKAN would index of a dataset, without the numbers of its place; the name of the place stays."""
    return {name: value for name, value in document.items() if name not in COORDINATES}


def indexed(dataset: dict[str, Any]) -> dict[str, Any]:
    """What the index holds for our filters and our search, from a dataset in the form of its contract."""
    contracts = (resource.get("schema") for resource in dataset.get("resources", []))
    languages = (schemas.vocabulary("language").find(uri) for uri in search_words.codes(dataset.get("language")))
    return {
        "vocab_contract": sorted({name.split("@")[0] for name in contracts if name}),
        "vocab_language": sorted({language.code for language in languages if language}),
        WORDS: search_words.of_dataset(dataset),
    }


def name_items(facets: dict[str, Any], language: str) -> None:
    """Give every filter value of a search answer the name that people read."""
    for field, label in LABELS.items():
        for item in facets.get(field, {}).get("items", []):
            item["display_name"] = label(item["name"], language) or item["display_name"]


def theme(name: str, language: str | None = None) -> str | None:
    """The name of a theme, which is a type of dataset, in the language of the page."""
    named = {
        "mobility": tk._("Mobility"),
        "energy": tk._("Energy"),
        "governance": tk._("Governance"),
        "dataset": tk._("Other domains"),
    }
    return named.get(name)


def text(texts: dict[str, str] | None, language: str) -> str:
    """A text in a language, else in French, else in any it has."""
    texts = texts or {}
    return texts.get(language) or texts.get("fr") or next(filter(None, texts.values()), "")


def organization(slug: str, language: str) -> str:
    """The name of an organisation of the territory; empty when the territory does not know it."""
    owner = territory.owners().get(slug)
    return text(owner.titles if owner else None, language)


def table_contract(name: str, language: str) -> str:
    """The title of the contract of a file; empty when there is none of this name."""
    try:
        return text(schemas.file_contract(name).title, language)
    except schemas.ContractNotFound:
        return ""


def _language(code: str, language: str) -> str:
    concept = schemas.vocabulary("language").by_code(code)
    return concept.label(language) if concept else ""


LABELS: dict[str, Callable[[str, str], str | None]] = {
    "dataset_type": theme,
    "organization": organization,
    "vocab_contract": table_contract,
    "vocab_language": _language,
}
