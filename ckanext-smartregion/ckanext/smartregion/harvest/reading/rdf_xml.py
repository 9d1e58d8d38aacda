"""RDF/XML with its flaws: what real catalogues get wrong is mended one named flaw at a time, the rest read in parts."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.entities import html5
from typing import Any
from xml.etree.ElementTree import ParseError
from xml.parsers import expat

from ckanext.smartregion.harvest.reading.child import reason
from ckanext.smartregion.harvest.reading.rdf_graph import Graph
from ckanext.smartregion.harvest.reading.rdf_shape import reshaped

RDF = b"http://www.w3.org/1999/02/22-rdf-syntax-ns#"
STRAY_AMPERSAND = re.compile(rb"&(?!(?:#\d+|#x[0-9a-fA-F]+|[A-Za-z][\w.-]*);)")
NAMED_ENTITY = re.compile(rb"&([A-Za-z]\w*);")
CONTROL = re.compile(
    rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|&#(?:[0-8]|1[124-9]|2\d|3[01]|x0?[0-8bBcC]|x0?[eEfF]|x1[0-9a-fA-F]);"
)
# An entity made of entities is a bomb; those that real catalogues declare are plain prefixes of addresses.
NESTED_ENTITY = re.compile(rb"<!ENTITY[^>]*[\"'][^\"'>]*&")
OUTSIDE_ENTITY = re.compile(rb"<!ENTITY\s+([\w.-]+)\s+(?:SYSTEM|PUBLIC)\b[^>]*>")
BLOCK = re.compile(rb"<(?P<tag>(?:[\w.-]+:)?Dataset)\b(?:[^>]*[^/>])?>.*?</(?P=tag)\s*>", re.DOTALL)
END = re.compile(rb"</(?:[\w.-]+:)?RDF\s*>\s*(?:<!--.*?-->\s*)*$", re.DOTALL)
NAMESPACE = re.compile(rb"(xmlns(?::[\w.-]+)?)\s*=\s*(\"[^\"]*\"|'[^']*')")
ABOUT = re.compile(rb"rdf:about\s*=\s*[\"']([^\"']*)")
BROKEN = (expat.ExpatError, ParseError, SyntaxError, ValueError, RecursionError, LookupError)
Broken = list[dict[str, str]]
Mend = Callable[[bytes], bytes]


def read(body: bytes, base: str, changes: list[dict[str, Any]]) -> tuple[Graph, Broken]:
    """The graph of a document; where it can't be mended, each dataset by itself, and those that are beyond reading."""
    if NESTED_ENTITY.search(body):
        raise ValueError("the document is made of entities inside entities")
    body = _without_outside(body)
    problem: BaseException | None = None
    for rule, mend in ((None, bytes), *MENDERS):
        mended = mend(body)
        if problem and mended == body:
            continue
        if rule and problem:
            changes.append({"rule": rule, "field": "", "before": reason(problem), "after": ""})
        body = mended
        try:
            return load(body, base, changes), []
        except BROKEN as error:
            problem = error
    changes.append({"rule": "datasets-taken-apart", "field": "", "before": reason(problem), "after": ""})
    return _salvage(body, base, problem)


def load(body: bytes, base: str, changes: list[dict[str, Any]]) -> Graph:
    """The graph of a well-formed document; pyoxigraph alone would take half a document for a whole one."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.Parse(body, True)
    problem: BaseException | None = None
    if b"<!DOCTYPE" not in body and _says_utf8(body):
        try:
            return Graph().load(body, "xml", base)
        except (SyntaxError, ValueError) as error:
            problem = error
    plain, rules = reshaped(body)
    graph = Graph().load(plain, "xml", base)
    changes += [{"rule": rule, "field": "", "before": reason(problem), "after": ""} for rule in rules]
    return graph


def _says_utf8(body: bytes) -> bool:
    declared = re.match(rb"\s*<\?xml[^>]*encoding=[\"']([\w-]+)", body)
    return not declared or declared[1].lower() in (b"utf-8", b"utf8")


def _without_outside(body: bytes) -> bytes:
    """Entities that stand in other files are nothing to us: neither fetched nor left dangling."""
    names = OUTSIDE_ENTITY.findall(body)
    body = OUTSIDE_ENTITY.sub(b"", body) if names else body
    for name in names:
        body = body.replace(b"&" + name + b";", b"")
    return body


def _escaped(body: bytes) -> bytes:
    return STRAY_AMPERSAND.sub(b"&amp;", body)


def _without_controls(body: bytes) -> bytes:
    return CONTROL.sub(b"", body)


def _entities_read(body: bytes) -> bytes:
    """`&nbsp;` and its like belong to HTML; XML knows five of them."""

    def read(match: re.Match[bytes]) -> bytes:
        name = match[1].decode()
        declared = name in ("amp", "lt", "gt", "quot", "apos") or b"<!ENTITY " + match[1] in body
        return match[0] if declared else html5.get(name + ";", "&amp;" + name + ";").encode()

    return NAMED_ENTITY.sub(read, body)


MENDERS: tuple[tuple[str, Mend], ...] = (
    ("ampersand-escaped", _escaped),
    ("control-characters-removed", _without_controls),
    ("entities-read", _entities_read),
)


def _salvage(body: bytes, base: str, error: BaseException | None) -> tuple[Graph, Broken]:
    """Read each dataset of a broken document by itself, so that one bad record does not cost the others."""
    blocks = [match[0] for match in BLOCK.finditer(body)]
    if not blocks or not END.search(body):  # what was cut off is no whole list: the rest of it is not known
        raise ValueError(reason(error))
    names = {name: name + b"=" + address for name, address in NAMESPACE.findall(body)}
    names.setdefault(b"xmlns:rdf", b'xmlns:rdf="' + RDF + b'"')
    head = b"<rdf:RDF " + b" ".join(names.values()) + b">"
    graph, broken = Graph(), []
    for block in blocks:
        try:
            graph.merge(load(head + block + b"</rdf:RDF>", base, []))
        except BROKEN as problem:
            about = ABOUT.search(block)
            broken.append({"id": about[1].decode(errors="replace") if about else "", "reason": reason(problem)})
    try:
        graph.merge(load(BLOCK.sub(b"", body), base, []))
    except BROKEN:
        return graph, broken  # what stands around the datasets is not theirs
    return graph, broken
