"""What is stored of a dataset's feed: its pieces in each serialisation, and how the catalogue refers to it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain

from ckanext.smartregion.feeds import emission
from ckanext.smartregion.feeds.description import concepts
from ckanext.smartregion.feeds.emission import FORMATS, TYPE, Descriptions, Statement, Value, Values
from ckanext.smartregion.feeds.terms import DCAT, DCT, FOAF

Texts = dict[str, str]
HOLDING = frozenset((DCAT.dataset, DCAT.record))
MANY = 50  # statements on one subject: a catalogue, which lists other datasets on each page


@dataclass(frozen=True)
class Fragment:
    """One dataset as the feed says it.

    ``own`` is the piece that describes the dataset and its parts, by serialisation; ``shared`` are those of what other
    datasets name as well (codes, publishers), a page says each once. ``links`` are what the catalogue says of it:
    predicate and IRI.
    """

    own: Texts
    shared: dict[str, list[str]]
    links: list[list[str]]


def fragment(described: Descriptions, dataset: str, home: str) -> Fragment:
    """The fragment of a dataset from all that is said of it; `home` begins the IRIs of its parts.

    The concepts that the descriptions lead to are described besides.
    """
    own = {subject: of for subject, of in described.items() if subject == dataset or subject.startswith(home)}
    others = {subject: of for subject, of in described.items() if subject not in own}
    for subject, of in others.items():  # which datasets a shelf holds is no part of what all of them say of it
        if not HOLDING.isdisjoint(of):
            holds = {predicate: values for predicate, values in of.items() if predicate in HOLDING}
            own[subject] = holds
            others[subject] = {predicate: values for predicate, values in of.items() if predicate not in holds}
    shared = _shared(others, described)
    return Fragment(
        {form: emission.piece(form, own) for form in FORMATS},
        {form: [texts[form] for texts in shared] for form in FORMATS},
        [[DCAT.dataset, dataset], *_links(described, dataset)],
    )


def _shared(others: Descriptions, described: Descriptions) -> list[Texts]:
    """The texts of whatever is shared, in the order of its IRIs."""
    iris = {value[0] for of in described.values() for values in of.values() for value in values if value[1]}
    texts = {iri: _of_concept(iri) for iri in concepts.led_to(iris)}
    for subject, of in others.items():
        texts[subject] = (_merged if subject in texts else _of_other)(subject, *of.items())
    return [texts[subject] for subject in sorted(texts)]


def _texts(described: Descriptions) -> Texts:
    return {form: emission.piece(form, described) for form in FORMATS}


@cache
def _of_concept(iri: str) -> Texts:
    return _texts(emission.described(concepts.about()[iri]))


@lru_cache(maxsize=2_000)
def _of_other(subject: str, *said: tuple[str, Values]) -> Texts:
    """What datasets say of another thing, mostly in the same words: publishers, standards, licences."""
    return _texts({subject: dict(said)})


@lru_cache(maxsize=2_000)
def _merged(subject: str, *said: tuple[str, Values]) -> Texts:
    """A concept of which a dataset says something too: mostly nothing new."""
    known = concepts.about()[subject]
    news = [each for each in emission.statements({subject: dict(said)}) if each not in known]
    return _texts(emission.described([*known, *news])) if news else _of_concept(subject)


def _links(described: Descriptions, dataset: str) -> Iterable[list[str]]:
    this, service, shelf = (Value(iri, is_iri=True) for iri in (dataset, DCAT.DataService, DCAT.Catalog))
    topic, nothing = FOAF.primaryTopic, ()
    for subject, of in described.items():
        if this in of.get(topic, nothing):
            yield [DCAT.record, subject]
        if service in of.get(TYPE, nothing):
            yield [DCAT.service, subject]
        if shelf in of.get(TYPE, nothing):
            yield [DCAT.catalog, subject]
            yield [DCT.hasPart, subject]


def document(form: str, head: Iterable[Statement], fragments: Iterable[Fragment]) -> str:
    """A document of some fragments, with what is said beside them at its head."""
    found = list(fragments)
    before, behind = around(form, head, (each.shared[form] for each in found))
    return emission.document(form, [*before, *(each.own[form] for each in found), *behind])


def around(form: str, head: Iterable[Statement], shared: Iterable[list[str]]) -> tuple[list[str], list[str]]:
    """The pieces of a document before the own ones of its fragments, and behind them: what they share, each once."""
    before, behind = _beside(form, head), dict.fromkeys(chain.from_iterable(shared))
    for text in before:  # what both describe in the same words is said once
        behind.pop(text, None)
    return before, list(behind)


def _beside(form: str, head: Iterable[Statement]) -> list[str]:
    """What is said beside the fragments, a piece for each subject: most are the same on every page."""
    said: dict[str, list[Statement]] = {}
    for statement in head:
        said.setdefault(emission.legal_iri(statement[0]), []).append(statement)
    return [_piece_of(form, tuple(said[subject])) for subject in sorted(said)]


def _piece_of(form: str, said: tuple[Statement, ...]) -> str:
    return (_known_piece if len(said) < MANY else _new_piece)(form, said)


def _new_piece(form: str, said: tuple[Statement, ...]) -> str:
    return emission.piece(form, emission.described(said))


_known_piece = lru_cache(maxsize=2_000)(_new_piece)
