"""What is stored of a dataset's feed: its pieces in each serialisation, and how the catalogue refers to it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from ckanext.smartregion.feeds import emission
from ckanext.smartregion.feeds.emission import FORMATS, TYPE, Statement, Value
from ckanext.smartregion.feeds.terms import DCAT, FOAF

Texts = dict[str, str]


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


def fragment(statements: Iterable[Statement], dataset: str, home: str) -> Fragment:
    """The fragment of a dataset from all that is said of it; `home` begins the IRIs of its parts."""
    described = emission.described(statements)
    own = {subject: of for subject, of in described.items() if subject == dataset or subject.startswith(home)}
    shared = {subject: of for subject, of in described.items() if subject not in own}
    return Fragment(
        {form: emission.piece(form, own) for form in FORMATS},
        {form: [emission.piece(form, {subject: of}) for subject, of in shared.items()] for form in FORMATS},
        [[str(DCAT.dataset), dataset], *_links(described, dataset)],
    )


def _links(described: dict[str, emission.Description], dataset: str) -> Iterable[list[str]]:
    for subject, of in described.items():
        if Value(dataset, is_iri=True) in of.get(str(FOAF.primaryTopic), ()):
            yield [str(DCAT.record), subject]
        if Value(str(DCAT.DataService), is_iri=True) in of.get(TYPE, ()):
            yield [str(DCAT.service), subject]


def document(form: str, head: Iterable[Statement], fragments: Iterable[Fragment]) -> str:
    """A document of some fragments, with what is said beside them at its head."""
    found = list(fragments)
    shared = dict.fromkeys(chain.from_iterable(each.shared[form] for each in found))
    described = emission.described(head)
    for subject, of in described.items():  # what both describe in the same words is said once
        shared.pop(emission.piece(form, {subject: of}), None)
    return emission.document(form, [emission.piece(form, described), *(each.own[form] for each in found), *shared])
