"""What our own N-Triples say, read back: the check is of what is sent, not of what somebody meant to send. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ckanext.smartregion.feeds.conformance.facts import Described
from ckanext.smartregion.feeds.emission import Value

_LINE = re.compile(
    r"<([^>]*)> <([^>]*)> "
    r'(?:<([^>]*)>|"((?:[^"\\]|\\.)*)"(?:@([A-Za-z0-9-]+)|\^\^<([^>]*)>)?) \.'
)
_ESCAPED = re.compile(r"\\(.)")
_MEANT = {"n": "\n", "r": "\r", "t": "\t"}


def described(texts: Iterable[str]) -> Described:
    """The descriptions in some pieces of N-Triples, as `emission` writes them."""
    found: dict[str, dict[str, list[Value]]] = {}
    for text in texts:
        for subject, predicate, iri, literal, language, datatype in _LINE.findall(text):
            value = Value(iri, is_iri=True) if iri else Value(_plain(literal), False, language, datatype)
            values = found.setdefault(subject, {}).setdefault(predicate, [])
            if value not in values:
                values.append(value)
    return {subject: {name: tuple(values) for name, values in of.items()} for subject, of in found.items()}


def _plain(literal: str) -> str:
    return (
        _ESCAPED.sub(lambda found: _MEANT.get(found.group(1), found.group(1)), literal) if "\\" in literal else literal
    )
