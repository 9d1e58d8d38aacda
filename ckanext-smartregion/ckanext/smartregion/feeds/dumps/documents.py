"""One RDF document of any length, written dataset by dataset. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from ckanext.smartregion.feeds import emission
from ckanext.smartregion.feeds.dumps.kinds import Kind
from ckanext.smartregion.feeds.emission import Statement, Value
from ckanext.smartregion.feeds.fragments import Fragment


@dataclass
class Shared:
    """Which of the descriptions that datasets share were said before: they are few, and only their hashes are kept."""

    _said: set[bytes] = field(default_factory=set)

    def news(self, texts: Iterable[str]) -> list[int]:
        """The positions of those that were not said before; from now on they are."""
        return [number for number, text in enumerate(texts) if self._is_new(text)]

    def _is_new(self, text: str) -> bool:
        digest = hashlib.blake2b(text.encode(), digest_size=16).digest()
        if digest in self._said:
            return False
        self._said.add(digest)
        return True


class Document:
    """One document of the catalogue; each method gives the next bit of its text.

    In N-Quads each dataset is a graph of its own that holds all that is said of it, so that it can be taken out or
    replaced alone; what the catalogue says stands in the graph of the catalogue.
    """

    def __init__(self, kind: Kind, catalogue: str) -> None:
        self._form, self._catalogue = kind.form, catalogue
        self._has_graphs = kind.ending == "nq"
        self._before, self._glue, self._after = emission.frame(kind.form)
        self._is_first = True

    def begin(self, head: Iterable[Statement]) -> str:
        """The beginning, with what is said besides the datasets."""
        pieces = [emission.piece(self._form, {subject: of}) for subject, of in emission.described(head).items()]
        return self._before + self._joined(pieces, self._catalogue)

    def dataset(self, iri: str, said: Fragment, news: list[int]) -> str:
        """A dataset, with what of its shared descriptions is new, and the catalogue's links to it."""
        shared = said.shared[self._form]
        shown = shared if self._has_graphs else [shared[number] for number in news]
        return self._joined(self._links(said), self._catalogue) + self._joined([said.own[self._form], *shown], iri)

    def end(self) -> str:
        """The end."""
        return self._after

    def _links(self, said: Fragment) -> list[str]:
        links = [(self._catalogue, predicate, Value(iri, is_iri=True)) for predicate, iri in said.links]
        return [emission.piece(self._form, emission.described(links))]

    def _joined(self, pieces: Iterable[str], graph: str) -> str:
        text = self._glue.join(filter(None, pieces))
        if self._has_graphs:
            # A line ends nowhere else: texts have their line ends escaped.
            text = text.replace(" .\n", f" <{graph}> .\n")
        if not text:
            return ""
        before, self._is_first = "" if self._is_first else self._glue, False
        return before + text
