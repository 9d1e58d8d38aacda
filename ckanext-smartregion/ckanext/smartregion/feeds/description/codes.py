"""Codes: which vocabulary a field of a contract draws on, and the IRI that a stored code stands for."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from ckanext.smartregion.feeds.description.iris import absolute
from ckanext.smartregion.feeds.description.values import as_list
from ckanext.smartregion.schemas import vocabulary


def coded(name: str, value: Any) -> str | None:
    """The IRI of one code of a vocabulary; a code that is not in the list has none."""
    return _coded(name, str(value)) if value else None


@lru_cache(maxsize=10_000)
def _coded(name: str, text: str) -> str | None:
    concept = vocabulary(name).find(text)
    return concept.uri if concept else None


def iri_of(name: str, code: str) -> str:
    """The IRI of a code that we name ourselves, so that its absence from the list is our mistake."""
    concept = vocabulary(name).by_code(code)
    if concept is None:
        raise KeyError(f'The vocabulary "{name}" has no code "{code}".')
    return concept.uri


def coded_list(name: str, value: Any) -> list[str]:
    """The IRIs of several codes, each once, those outside the list left out."""
    if not value:
        return []
    found = (coded(name, item) for item in as_list(value))
    return list(dict.fromkeys(iri for iri in found if iri))


def within(name: str, codes: list[str], top: str) -> bool:
    """Whether one of these concepts of a vocabulary is another concept, or stands below it."""
    concepts = vocabulary(name)
    for iri in codes:
        while iri and iri != top:
            concept = concepts.by_uri(iri)
            iri = (concept.broader if concept else None) or ""
        if iri:
            return True
    return False


def addresses(value: Any) -> list[str]:
    """The absolute IRIs among the values."""
    return list(dict.fromkeys(iri for iri in map(absolute, as_list(value)) if iri)) if value else []


def licence(value: Any) -> str | None:
    """The IRI of a licence: the one of the EU list when the licence is in it, else the stated address."""
    return coded("licence", value) or absolute(value)
