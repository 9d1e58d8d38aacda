"""The child process that parses RDF: bytes on standard input, plain datasets as JSON on standard output."""

from __future__ import annotations

import json
import logging
import re
import resource
import sys
from collections.abc import Iterator
from typing import Any
from xml.sax import SAXException

from rdflib import RDF, Dataset, Graph, URIRef
from rdflib.exceptions import ParserError

from ckanext.smartregion.harvest.rdf_tree import DCAT, DCT, HYDRA, tree

MEMORY = 1024 * 1024 * 1024
CPU_SECONDS = 90
STRAY_AMPERSAND = re.compile(rb"&(?!(?:#\d+|#x[0-9a-fA-F]+|[A-Za-z][\w.-]*);)")
# An entity made of entities is a bomb; those that real catalogues declare are plain prefixes of addresses.
NESTED_ENTITY = re.compile(rb"<!ENTITY[^>]*[\"'][^\"'>]*&")
BLOCK = re.compile(rb"<(?P<tag>(?:[\w.-]+:)?Dataset)\b(?:[^>]*[^/>])?>.*?</(?P=tag)\s*>", re.DOTALL)
NAMESPACE = re.compile(rb"xmlns(?::[\w.-]+)?\s*=\s*(?:\"[^\"]*\"|'[^']*')")
ABOUT = re.compile(rb"rdf:about\s*=\s*[\"']([^\"']*)")
WRONG_CASE = {"rule": "language-property", "field": "", "before": "dct:Language", "after": "dct:language"}
MALFORMED = (SAXException, ParserError)
WORST = (*MALFORMED, ValueError, KeyError, TypeError, AttributeError, SyntaxError, RecursionError, AssertionError)


def main() -> None:
    """Read standard input as the serialisation named by the first argument, based at the second."""
    kind, base = sys.argv[1:3]
    _fence()
    try:
        found = parse(sys.stdin.buffer.read(), kind, base)
    except Exception as error:
        found = {"error": _reason(error)}
    json.dump(found, sys.stdout)


def parse(body: bytes, kind: str, base: str) -> dict[str, Any]:
    """The datasets of a body with what was mended on the way."""
    changes: list[dict[str, Any]] = []
    body = _in_utf8(body, changes)
    if kind == "xml":
        graph, broken = _xml(body, base, changes)
    else:
        graph, broken = _other(body, kind, base), []
    return {
        "datasets": [tree(graph, node) for node in _datasets(graph)],
        "broken": broken,
        "changes": changes,
        "languages": _catalogue_languages(graph, changes),
        "next": _next(graph),
        "total": _total(graph),
    }


def _fence() -> None:
    """No memory or time beyond the limits, no network: a document must not make its reader call anybody."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    logging.disable(logging.CRITICAL)

    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        if event in ("socket.connect", "socket.getaddrinfo", "urllib.Request"):
            raise ValueError("the document asks to be completed from the network")

    sys.addaudithook(refuse)


def _in_utf8(body: bytes, changes: list[dict[str, Any]]) -> bytes:
    """Windows' alphabet is what far ends send when they say UTF-8 and mean something else."""
    declared = re.match(rb"\s*<\?xml[^>]*encoding=[\"']([\w-]+)", body)
    if declared and declared[1].lower() not in (b"utf-8", b"utf8"):
        return body
    try:
        body.decode("utf-8-sig")
        return body
    except UnicodeDecodeError:
        changes.append({"rule": "encoding-guessed", "field": "", "before": "utf-8", "after": "windows-1252"})
        return body.decode("cp1252", errors="replace").encode()


def _xml(body: bytes, base: str, changes: list[dict[str, Any]]) -> tuple[Graph, list[dict[str, str]]]:
    """Read RDF/XML, mending what is known to be wrong with it one flaw at a time."""
    if NESTED_ENTITY.search(body):
        raise ValueError("the document is made of entities inside entities")
    problem: Exception | None = None
    sent = body
    for rule, mend in ((None, bytes), *MENDERS):
        mended = mend(body)
        if problem and mended == body:
            continue
        if rule and problem:
            changes.append({"rule": rule, "field": "", "before": _reason(problem), "after": ""})
        body = mended
        try:
            return _load(Graph(), body, "xml", base), []
        except MALFORMED as error:
            problem = error
    changes.append({"rule": "datasets-taken-apart", "field": "", "before": _reason(problem), "after": ""})
    return _salvage(body, sent, base, problem)


def _escape(body: bytes) -> bytes:
    return STRAY_AMPERSAND.sub(b"&amp;", body)


def _part(body: bytes) -> bytes:
    """Several distributions inside one `dcat:distribution` each get a property of their own; datasets likewise."""
    for name in (b"Distribution", b"Dataset"):
        twins = re.compile(rb"(</([\w.-]+:)" + name + rb"\s*>)(\s*)(?=<\2" + name + rb"\b)")
        lower = name.lower()
        parted = twins.sub(rb"\1</\2" + lower + rb"><\2" + lower + rb">\3", body)
        body = parted if _balanced(parted, lower) else body
    return body


def _balanced(body: bytes, name: bytes) -> bool:
    """Whether every property opened is closed: datasets at the top of a document are siblings by right."""
    return len(re.findall(rb"<[\w.-]+:" + name + rb"\b[^>]*[^/>]>|<[\w.-]+:" + name + rb">", body)) == len(
        re.findall(rb"</[\w.-]+:" + name + rb"\s*>", body)
    )


MENDERS = (("ampersand-escaped", _escape), ("nodes-parted", _part))


def _salvage(body: bytes, sent: bytes, base: str, error: Exception | None) -> tuple[Graph, list[dict[str, str]]]:
    """Read each dataset of a broken document by itself, so that one bad record does not cost the others.

    What stands around them is read as it was sent: mending parts siblings too. A page that links to others and whose
    link can't be read is no last page.
    """
    blocks = [match[0] for match in BLOCK.finditer(body)]
    if not blocks:
        raise ValueError(_reason(error)) if error else ValueError("no dataset")
    names = {name.split(b"=")[0].strip(): name for name in NAMESPACE.findall(body)}
    names.setdefault(b"xmlns:rdf", b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"')
    root = b"<rdf:RDF " + b" ".join(names.values()) + b">%s</rdf:RDF>"
    graph, broken = Graph(), []
    for block in blocks:
        try:
            graph += _load(Graph(), root.replace(b"%s", block), "xml", base)
        except WORST as problem:
            about = ABOUT.search(block)
            broken.append({"id": about[1].decode(errors="replace") if about else "", "reason": _reason(problem)})
    try:
        graph += _load(Graph(), BLOCK.sub(b"", _escape(sent)), "xml", base)
    except WORST as problem:
        if b"http://www.w3.org/ns/hydra/core#" in sent:
            raise ValueError(_reason(problem)) from problem
    return graph, broken


def _other(body: bytes, kind: str, base: str) -> Graph:
    if kind == "json-ld" and _remote_context(json.loads(body)):
        raise ValueError("the document asks to be completed from the network")
    return _load(Dataset(default_union=True), body, kind, base)


def _remote_context(value: Any) -> bool:
    if isinstance(value, dict):
        context = value.get("@context")
        asked = any(isinstance(part, str) for part in (context if isinstance(context, list) else [context]))
        return asked or any(_remote_context(inner) for inner in value.values())
    return isinstance(value, list) and any(_remote_context(inner) for inner in value)


def _load(graph: Graph, body: bytes, kind: str, base: str) -> Graph:
    return graph.parse(data=body, format=kind, publicID=base)


def _datasets(graph: Graph) -> Iterator[Any]:
    """Every dataset, in an order that does not depend on how the document was written."""
    nodes = set(graph.subjects(RDF.type, DCAT.Dataset))
    listed = {node for node in graph.objects(None, DCAT.dataset) if (node, DCT.title, None) in graph}
    return iter(sorted(nodes | listed, key=lambda node: (not isinstance(node, URIRef), str(node))))


def _catalogue_languages(graph: Graph, changes: list[dict[str, Any]]) -> list[str]:
    for catalogue in graph.subjects(RDF.type, DCAT.Catalog):
        if found := sorted(str(language) for language in graph.objects(catalogue, DCT.language)):
            return found
        if found := sorted(str(language) for language in graph.objects(catalogue, DCT.Language)):
            changes.append(WRONG_CASE)
            return found
    return []


def _next(graph: Graph) -> str | None:
    """The next page in the present and in the former Hydra vocabulary."""
    for predicate in (HYDRA.next, HYDRA.nextPage):
        for found in graph.objects(None, predicate):
            return str(found)
    return None


def _total(graph: Graph) -> int | None:
    numbers = [str(number) for number in graph.objects(None, HYDRA.totalItems)]
    return max((int(number) for number in numbers if number.isdigit()), default=None)


def _reason(error: BaseException | None) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


if __name__ == "__main__":
    main()
