"""The words by which a dataset is found: in four languages, one or many, with accents or without.

CKAN's index knows the endings of English alone. So each dataset is indexed with the stems of its words as well, and
with what its subjects, its contracts and its organisation are called in the other languages; and what a person types is
looked for as it stands and by its stems.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import Stemmer

from ckanext.smartregion import schemas, territory

# Two for Dutch: one knows that "huizen" are a "huis", the other that "daken" are a "dak".
STEMMERS = {"fr": ("french",), "nl": ("dutch", "dutch_porter"), "de": ("german",), "en": ("english",)}
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
# Words that say nothing of what is looked for.
SMALL = frozenset(
    """an and au aux avec by dans das de dem den der des die du een ein eine en et fur het im in is la le les met mit
    ne of on op or ou par pour qu que sans sur te the to um un une und van voor von vous with zu zum zur
    """.split()  # noqa: SIM905 - a list of a hundred strings is not read
)
PLAIN = re.compile(r"(?:[\w\s.,;'’]|(?<=\w)-)*")  # neither a field nor an operator of the index
MOST = 100  # words; the index refuses a query of more than a thousand parts
WORD = re.compile(r"\w+")
OPERATORS = frozenset({"AND", "OR", "NOT"})


def of_dataset(dataset: Mapping[str, Any]) -> str:
    """What is indexed of a dataset in the form of its contract, beside its texts as they are."""
    said = (stem for language, text in _texts(dataset) for stem in _unknown(text, language))
    called = (stem for labels in _labels(dataset) for stem in _stems_of_label(*labels.items()))
    return " ".join(sorted({*said, *called}))


def asked(query: str | None) -> str | None:
    """The query for the index that finds every form of the words of a person; None for any other query.

    ``panneau solaire`` becomes ``(panneau) (solaire OR solair)``.
    """
    if not query or not PLAIN.fullmatch(query) or OPERATORS & set(query.split()):
        return None
    words = _words(query)
    said = [word for word in words if word not in SMALL] or words
    if len(said) > MOST:
        return None
    return " ".join(f"({' OR '.join(_forms(word))})" for word in said) or None


def _forms(word: str) -> list[str]:
    """A word and its stems in all languages: who types does not say in which."""
    return list(dict.fromkeys([word, *(stem for language in STEMMERS for stem in _stems_of(word, language))]))


@lru_cache(2000)
def _stems_of_label(*texts: tuple[str, str]) -> frozenset[str]:
    """Those of what thousands of datasets are called alike, in each language."""
    return frozenset(stem for language, text in texts if text for stem in _stems(text, language))


def _stems(text: str, language: str) -> Iterator[str]:
    """The stems of a text; those of English too, by which the index itself shortens what is asked for."""
    for word in _words(text):
        yield from _stems_of(word, language)
        yield from _stems_of(word, "en")


def _unknown(text: str, language: str) -> Iterator[str]:
    """Those that the index does not find by itself.

    CKAN's own title and texts are the French ones, and the index has each of their words by its English stem, from
    which it takes the accents last.
    """
    plain = set(WORD.findall(text.casefold())) if language == "fr" else ()
    for word in _words(text):
        (english,) = _stems_of(word, "en")
        known = english if word in plain else None
        yield from (stem for stem in {*_stems_of(word, language), english} if stem != known)


def _words(text: str) -> list[str]:
    return [word for word in territory.slugify(text.casefold()).split("-") if len(word) > 1 or word.isdigit()]


class _Stemmers(threading.local):
    """Those of one thread: Snowball's are not to be shared."""

    def __init__(self) -> None:
        self.of = {language: tuple(map(Stemmer.Stemmer, names)) for language, names in STEMMERS.items()}


_stemmers = _Stemmers()


def _stems_of(word: str, language: str) -> list[str]:
    return [stemmer.stemWord(word) for stemmer in _stemmers.of[language]]


def _texts(dataset: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Language and text of everything that a dataset and its files say."""
    parts = (dataset, *(dataset.get("resources") or ()))
    for texts in (part.get(field) for part in parts for field in TEXTS):
        for language, said in texts.items() if isinstance(texts, dict) else ():
            for text in [said] if isinstance(said, str) else said or ():
                yield (language if language in STEMMERS else "fr"), text


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
