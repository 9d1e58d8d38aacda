"""Concepts: every code that a feed points at is described in it, with its type, its list and its four labels.

Readers that check ranges, or that show a label, need no second download for that.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from ckanext.smartregion.feeds.emission import TYPE, Statement, Value
from ckanext.smartregion.feeds.terms import DCT, RDFS, SKOS
from ckanext.smartregion.schemas import LANGUAGES, Concept, vocabulary

HERE = Path(__file__).parent
OF_FEEDS = ("licence-type", "change-type")  # lists that stand beside this file


class Scheme(NamedTuple):
    """A list of concepts as a feed names it."""

    uri: str
    type: str
    titles: dict[str, str]


def described(statements: Iterable[Statement]) -> list[Statement]:
    """The statements, and what is to say of every known concept that they lead to."""
    said = list(statements)
    iris = {value.text for _, _, value in said if value.is_iri}
    return said + [each for iri in led_to(iris) for each in about()[iri]]


def led_to(iris: set[str]) -> list[str]:
    """The known concepts and lists that some IRIs are those of, or that one of them points at, in order."""
    found = about().keys() & iris
    return sorted(found.union(*map(_beyond, found)))


@cache
def _beyond(iri: str) -> frozenset[str]:
    others = {value.text for _, _, value in about()[iri] if value.is_iri and value.text in about()} - {iri}
    return frozenset(others.union(*(_beyond(other) for other in others)))


@cache
def about() -> dict[str, tuple[Statement, ...]]:
    """What is said of each known concept and of each list, by its IRI."""
    schemes = _schemes()
    kinds = {licence: kind for kind in _listed("licence-type") for licence in kind.extra["licences"].split("|")}
    said = {each.uri: tuple(_of_scheme(each)) for each in schemes.values() if each.uri}
    for name, scheme in schemes.items():
        for concept in _listed(name):
            said[concept.uri] = tuple(_of_concept(concept, scheme))
    for concept in vocabulary("licence").concepts:
        said[concept.uri] += tuple(_of_licence(concept, kinds.get(concept.code)))
    return said


def _of_scheme(scheme: Scheme) -> Iterator[Statement]:
    yield scheme.uri, TYPE, Value(SKOS.ConceptScheme, True)
    yield from _labels(scheme.uri, DCT.title, scheme.titles)


def _of_concept(concept: Concept, scheme: Scheme) -> Iterator[Statement]:
    yield concept.uri, TYPE, Value(SKOS.Concept, True)
    if scheme.type:
        yield concept.uri, TYPE, Value(scheme.type, True)
    if scheme.uri:
        yield concept.uri, SKOS.inScheme, Value(scheme.uri, True)
    yield from _labels(concept.uri, SKOS.prefLabel, concept.labels)


def _of_licence(licence: Concept, kind: Concept | None) -> Iterator[Statement]:
    """A licence says what kind it is and where its text stands."""
    if licence.extra.get("homepage"):
        yield licence.uri, RDFS.seeAlso, Value(licence.extra["homepage"], True)
    if kind:
        yield licence.uri, DCT.type, Value(kind.uri, True)


def _labels(subject: str, predicate: str, labels: dict[str, str]) -> Iterator[Statement]:
    for language in LANGUAGES:
        if labels.get(language):
            yield subject, predicate, Value(labels[language], False, language)


@cache
def _schemes() -> dict[str, Scheme]:
    """The lists that a feed describes, by the name of their vocabulary."""
    return {
        row["vocabulary"]: Scheme(row["uri"], row["type"], {language: row[language] for language in LANGUAGES})
        for row in _rows("schemes.csv")
    }


def _listed(name: str) -> tuple[Concept, ...]:
    """The concepts of a list: of a vocabulary of the contracts, or of one beside that only feeds need."""
    if name not in OF_FEEDS:
        return vocabulary(name).concepts
    return tuple(
        Concept(row["code"], row["uri"], {language: row[language] for language in LANGUAGES}, extra=row)
        for row in _rows(f"{name}s.csv")
    )


def _rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
