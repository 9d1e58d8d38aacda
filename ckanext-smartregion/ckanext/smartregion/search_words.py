"""The words by which a dataset is found beside its own: what it is called in the four languages.

CKAN's index knows a text in the language in which it is written. So each dataset is indexed with what its subjects, its
table contracts and its organisation are called in the others, and with its words without their accents, from which the
index takes the plural only then.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from ckanext.smartregion import schemas, territory

TEXTS = ("title_translated", "notes_translated", "tags_translated", "name_translated", "description_translated")
SUBJECTS = {  # field -> the list that names its subject in four languages
    "theme": "data-theme",
    "mobility_theme": "mobility-theme",
    "transport_mode": "transport-mode",
    "energy_carrier": "energy-carrier",
    "energy_sector": "energy-sector",
    "governing_body": "governing-body",
    "kind_of_act": "kind-of-act",
}
MARKS = re.compile("[\u0300-\u036f]")
# Of several words that many have to be there: who types five finds what holds three of them, and first what holds all.
MOST_OF_THE_WORDS = "60%"


def of_dataset(dataset: Mapping[str, Any]) -> str:
    """What is indexed of a dataset in the form of its contract, beside its texts as they are."""
    called = (label for labels in _labels(dataset) for label in labels.values() if label)
    words = {word for text in (*_texts(dataset), *called) for word in plain(text).split()}
    return " ".join(sorted(words))


def plain(text: str) -> str:
    """The words of a text without accents and capitals."""
    return territory.slugify(text.casefold()).replace("-", " ")


def without_accents(query: str) -> str:
    """A query as it was typed, but for its accents: operators, quotes and stars stay."""
    return MARKS.sub("", unicodedata.normalize("NFKD", query))


def _texts(dataset: Mapping[str, Any]) -> Iterator[str]:
    """Everything with an accent that a dataset and its files say."""
    parts = (dataset, *(dataset.get("resources") or ()))
    for texts in (part.get(field) for part in parts for field in TEXTS):
        for said in texts.values() if isinstance(texts, dict) else ():
            for text in [said] if isinstance(said, str) else said or ():
                yield from (word for word in text.split() if not word.isascii())


def _labels(dataset: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """What its codes, its contracts and its organisation are called, in each language."""
    for field, name in SUBJECTS.items():
        vocabulary = schemas.vocabulary(name)
        concepts = (vocabulary.find(uri) for uri in codes(dataset.get(field)))
        yield from (concept.labels for concept in concepts if concept)
    for contract in {resource.get("schema") for resource in dataset.get("resources") or ()} - {None, ""}:
        try:
            found = schemas.file_contract(contract.split("@")[0])
        except schemas.ContractNotFound:
            continue  # the gate says so
        yield from (found.title, found.description)
    owner = territory.owners().get((dataset.get("organization") or {}).get("name", ""))
    if owner:
        yield owner.titles


def codes(value: Any) -> list[str]:
    """A list of codes, whether it comes as a list, as its JSON or as one code."""
    if isinstance(value, str) and value.startswith("["):
        return json.loads(value)
    return [value] if isinstance(value, str) and value else list(value or [])
