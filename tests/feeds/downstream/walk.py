"""A walk as data.gov.be's harvester makes it, with what it would lose."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from rdflib import DCAT, RDF, Graph

MOST_PAGES = 999
STARTS = {  # how it tells the notation of a file: by how its text begins
    "xml": re.compile(r"\s*(<\?xml|<rdf)"),
    "ttl": re.compile(r"\s*(@prefix|PREFIX)"),
    "jsonld": re.compile(r"\s*\{"),
}


@dataclass
class Walk:
    """What came of a walk: one graph of all pages, and the numbers of those that could not be parsed."""

    graph: Graph = field(default_factory=Graph)
    pages: int = 0
    unparseable: list[int] = field(default_factory=list)

    @property
    def datasets(self) -> set[str]:
        """The datasets that arrived."""
        return {str(node) for node in self.graph.subjects(RDF.type, DCAT.Dataset)}


def walk(read: Callable[[int], str]) -> Walk:
    """Read `catalog.xml?page=n` from 1 until the text of a page names neither a dataset nor a service.

    The names are looked for as text: the prefix must be `dcat` to the letter. A page that can't be parsed is skipped,
    and all that stands on it is lost.
    """
    found = Walk()
    for number in range(1, MOST_PAGES + 1):
        text = read(number)
        if "dcat:Dataset" not in text and "dcat:DataService" not in text:
            return found
        found.pages = number
        try:
            found.graph += Graph().parse(data=text, format="xml")
        except Exception:
            found.unparseable.append(number)
    return found


def guessed_notation(text: str) -> str | None:
    """The notation that the harvester takes a file for; None where it does not know it, and reads nothing."""
    return next((name for name, start in STARTS.items() if start.match(text)), None)
