"""One page of a walk through a frozen snapshot, and what it says of the others. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from ckanext.smartregion.feeds.emission import Statement, Value
from ckanext.smartregion.feeds.terms import HYDRA, RDF, XSD

CURSOR = re.compile(r"(\d{1,18})\.(\d{1,18})")
RELATIONS = {"first": "first", "previous": "prev", "next": "next", "last": "last"}


@dataclass(frozen=True)
class Cursor:
    """Where a walk stands: in which snapshot, and behind which place."""

    snapshot: int
    place: int

    def __str__(self) -> str:
        return f"{self.snapshot}.{self.place}"


def cursor(text: str) -> Cursor | None:
    """The cursor that a link carries; None where the text is none."""
    found = CURSOR.fullmatch(text)
    return Cursor(int(found[1]), int(found[2])) if found else None


@dataclass(frozen=True)
class Page:
    """A page: its own address without what tells pages apart, and the parameters that lead to it and to others."""

    address: str
    parameters: Mapping[str, str]
    own: Mapping[str, str]
    others: Mapping[str, Mapping[str, str]]
    count: int
    size: int

    @property
    def iri(self) -> str:
        """The address of this page."""
        return self._with(self.own)

    def links(self) -> dict[str, str]:
        """The addresses of the other pages, by `first`, `previous`, `next` and `last`."""
        return {name: self._with(parameters) for name, parameters in self.others.items()}

    def header(self) -> str:
        """The same as the value of a `Link` header."""
        return ", ".join(f'<{address}>; rel="{RELATIONS[name]}"' for name, address in self.links().items())

    def statements(self) -> Iterator[Statement]:
        """The page in both vocabularies of Hydra."""
        for kind in (HYDRA.PagedCollection, HYDRA.PartialCollectionView):
            yield self.iri, RDF.type, Value(kind, is_iri=True)
        for predicate, number in ((HYDRA.totalItems, self.count), (HYDRA.itemsPerPage, self.size)):
            yield self.iri, predicate, Value(str(number), datatype=XSD.integer)
        for name, address in self.links().items():
            for predicate in (HYDRA[name], HYDRA[f"{name}Page"]):
                yield self.iri, predicate, Value(address, is_iri=True)

    def _with(self, parameters: Mapping[str, str]) -> str:
        asked = {**self.parameters, **parameters}
        return f"{self.address}?{urlencode(asked)}" if asked else self.address


def numbered(number: int, last: int) -> dict[str, dict[str, str]]:
    """The links of a page that was asked for by its number."""
    links = {"first": 1, "last": last}
    if number > 1:
        links["previous"] = min(number - 1, last)
    if number < last:
        links["next"] = number + 1
    return {name: {"page": str(page)} for name, page in links.items()}


def followed(snapshot: int, after: int | None) -> dict[str, dict[str, str]]:
    """The links of a page of a frozen walk: to its beginning, and behind its last place if there is more."""
    links = {"first": {"cursor": str(Cursor(snapshot, 0))}}
    if after is not None:
        links["next"] = {"cursor": str(Cursor(snapshot, after))}
    return links
