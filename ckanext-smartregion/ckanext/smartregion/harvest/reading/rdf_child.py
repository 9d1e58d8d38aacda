"""The child process that parses RDF: documents in, datasets as plain trees out. No heavy import: it has to start."""

from __future__ import annotations

import codecs
import json
import re
from typing import Any

from ckanext.smartregion.harvest.reading import rdf_xml
from ckanext.smartregion.harvest.reading.child import serve
from ckanext.smartregion.harvest.reading.rdf_graph import BLANK, Graph, Text
from ckanext.smartregion.harvest.reading.rdf_tree import DCAT, DCT, FOAF, HYDRA, TREE, WRONG_SKOS, Trees, order

Changes = list[dict[str, Any]]
WRONG_CASE = {"rule": "language-property", "field": "", "before": "dct:Language", "after": "dct:language"}
WRONG_NAMESPACE = {"rule": "skos-namespace", "field": "", "before": WRONG_SKOS, "after": "skos:"}
# Far ends write the tag as a locale; the grammar of Turtle has no underscore in it.
LOCALE = re.compile(rb"(?<=[\"'])@([a-zA-Z]{2,3})_([a-zA-Z]{2})\b")
DATASETS = (DCAT + "Dataset", DCAT + "DatasetSeries")
FIRST = ("@context", "@id", "@type")


def main() -> None:
    """Serve documents, each with its serialisation (`kind`) and its address (`url`)."""
    serve(lambda body, head: parse(body, head["kind"], head["url"]))


def parse(body: bytes, kind: str, base: str) -> dict[str, Any]:
    """The datasets of a body with what was mended on the way."""
    changes: Changes = []
    body = in_utf8(body, changes)
    graph, broken = rdf_xml.read(body, base, changes) if kind == "xml" else (_other(body, kind, base, changes), [])
    return {**described(graph, changes), "broken": broken}


def described(graph: Graph, changes: Changes) -> dict[str, Any]:
    """What a graph says of its datasets, of the services beside them, and of the page."""
    trees = Trees(graph)
    if any(predicate.startswith(WRONG_SKOS) for properties in graph.nodes.values() for predicate in properties):
        changes.append(WRONG_NAMESPACE)
    datasets = _datasets(graph)
    parts = {node for _, node in graph.stated(DCAT + "accessService")}
    return {
        "datasets": _sorted(datasets, trees),
        "services": _sorted(set(graph.typed(DCAT + "DataService")) - datasets - parts, trees),
        "changes": changes,
        "languages": _catalogue_languages(graph, changes),
        "next": _next(graph),
        "total": _total(graph),
    }


def in_utf8(body: bytes, changes: Changes) -> bytes:
    """Windows' alphabet is what far ends send when they say UTF-8 and mean something else."""
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return re.sub(r"^(\s*<\?xml[^>]*?)\sencoding=[\"'][^\"']*[\"']", r"\1", body.decode("utf-16")).encode()
    body = body.removeprefix(codecs.BOM_UTF8)
    declared = re.match(rb"\s*<\?xml[^>]*encoding=[\"']([\w-]+)", body)
    if declared and declared[1].lower() not in (b"utf-8", b"utf8"):
        return body
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        changes.append({"rule": "encoding-guessed", "field": "", "before": "utf-8", "after": "windows-1252"})
        return body.decode("cp1252", errors="replace").encode()
    return body


def _other(body: bytes, kind: str, base: str, changes: Changes) -> Graph:
    if kind == "json-ld":
        document = json.loads(body)
        if _remote_context(document):
            raise ValueError("the document asks to be completed from the network")
        return Graph().load(json.dumps(_context_first(document)).encode(), kind, base)
    try:
        return Graph().load(body, kind, base)
    except SyntaxError:
        mended = LOCALE.sub(rb"@\1-\2", body)
        if mended == body:
            raise
        changes.append({"rule": "language-tag-mended", "field": "", "before": "xx_YY", "after": "xx-YY"})
        return Graph().load(mended, kind, base)


def _remote_context(value: Any) -> bool:
    if isinstance(value, dict):
        context = value.get("@context")
        asked = any(isinstance(part, str) for part in (context if isinstance(context, list) else [context]))
        return asked or any(_remote_context(inner) for inner in value.values())
    return isinstance(value, list) and any(_remote_context(inner) for inner in value)


def _context_first(value: Any) -> Any:
    """A reader that goes through once has to meet the context before what it explains."""
    if isinstance(value, dict):
        names = [*(name for name in FIRST if name in value), *(name for name in value if name not in FIRST)]
        return {name: _context_first(value[name]) if name != "@context" else value[name] for name in names}
    return [_context_first(inner) for inner in value] if isinstance(value, list) else value


def _datasets(graph: Graph) -> set[str]:
    """What is called a dataset, what a catalogue lists as one, and what a record of a catalogue is about."""
    listed = [node for _, node in (*graph.stated(DCAT + "dataset"), *graph.stated(FOAF + "primaryTopic"))]
    services = set(graph.typed(DCAT + "DataService"))
    named = {node for node in listed if isinstance(node, str) and graph.values(node, DCT + "title")}
    return set(graph.typed(*DATASETS)) | (named - services)


def _sorted(nodes: set[str], trees: Trees) -> list[TREE]:
    """Trees in an order that does not depend on how the document was written: by address, then by content."""
    named = [trees.tree(node) for node in sorted(nodes) if not node.startswith(BLANK)]
    return named + sorted((trees.tree(node) for node in nodes if node.startswith(BLANK)), key=order)


def _catalogue_languages(graph: Graph, changes: Changes) -> list[str]:
    for catalogue in sorted(graph.typed(DCAT + "Catalog")):
        for name in ("language", "Language"):
            if found := sorted(map(_plain, graph.values(catalogue, DCT + name))):
                changes += [WRONG_CASE] if name == "Language" else []
                return found
    return []


def _next(graph: Graph) -> str | None:
    """The next page in the present and in the former Hydra vocabulary."""
    for name in ("next", "nextPage"):
        for _, found in graph.stated(HYDRA + name):
            return _plain(found)
    return None


def _total(graph: Graph) -> int | None:
    numbers = [_plain(number) for _, number in graph.stated(HYDRA + "totalItems")]
    return max((int(number) for number in numbers if number.isdecimal()), default=None)


def _plain(value: str | Text) -> str:
    return value.text if isinstance(value, Text) else value


if __name__ == "__main__":
    main()
