"""Texts with markup, stray lines, spaces and no language."""

from __future__ import annotations

import re

from rdflib import DCTERMS, Graph, Literal

from tests.feeds.downstream.repairs.registry import DCAT, Found, repair

TEXTS = (DCTERMS.title, DCTERMS.description, DCAT.keyword)


@repair("language tag added")
def _(graph: Graph) -> Found:
    for predicate in TEXTS:
        yield from (node for node, text in graph.subject_objects(predicate) if not getattr(text, "language", None))


@repair("markup stripped")
def _(graph: Graph) -> Found:
    for predicate in (DCTERMS.title, DCTERMS.description, DCTERMS.rights):
        for node, text in graph.subject_objects(predicate):
            if isinstance(text, Literal) and (re.search(r"<[^>]+>", text) or str(text) != text.strip("\t\n ")):
                yield node


@repair("newlines stripped")
def _(graph: Graph) -> Found:
    for node, text in graph.subject_objects(DCTERMS.description):
        if re.search(r"^.+[^.:;]\n", text, re.M) or "\n\n\n" in text:
            yield node


@repair("no-break spaces replaced")
def _(graph: Graph) -> Found:
    yield from (node for node, _, text in graph if isinstance(text, Literal) and "\u00a0" in text)


@repair("empty texts removed")
def _(graph: Graph) -> Found:
    for node, _, text in graph:
        if isinstance(text, Literal) and re.fullmatch(r"[ ?-]*", text):
            yield node


@repair("German cut out of a French text")
def _(graph: Graph) -> Found:
    yield from (node for node, text in graph.subject_objects(DCTERMS.description) if "Traduction en allemand" in text)
