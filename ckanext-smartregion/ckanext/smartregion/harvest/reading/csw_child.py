"""The child process that reads answers of a CSW: records are cut apart first, so that a broken one costs itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree as ET

from ckanext.smartregion.harvest.reading import rdf_xml
from ckanext.smartregion.harvest.reading.child import reason, serve
from ckanext.smartregion.harvest.reading.rdf_child import described, in_utf8
from ckanext.smartregion.harvest.reading.rdf_graph import Graph
from ckanext.smartregion.harvest.reading.rdf_tree import DCAT

Found = dict[str, Any]
RECORD = re.compile(
    rb"<(?P<tag>(?:[\w.-]+:)?(?P<name>RDF|MD_Metadata|MI_Metadata))(?=[\s>])[^>]*>.*?</(?P=tag)\s*>", re.DOTALL
)
# What a record is known by when nothing else of it can be read.
NAMED = (
    re.compile(rb"CatalogRecord[^>]*about=[\"'][^\"']*?/([^\"'/]+)[\"']"),
    re.compile(rb"(?:fileIdentifier|metadataIdentifier)\b.*?CharacterString[^>]*>\s*([^<]*?)\s*<", re.DOTALL),
    re.compile(rb"identifier>\s*([^<]*?)\s*<"),
)
DECLARED = re.compile(rb"^(\s*<\?xml[^>]*?)\sencoding=[\"']([\w.-]+)[\"']")
ANSWERS = ("GetRecordsResponse", "GetRecordByIdResponse")


def main() -> None:
    """Serve answers, each with what was asked (`asked`: records, identifiers or capabilities) and its address."""
    serve(lambda body, head: ASKED[head["asked"]](body, head["url"]))


def records(body: bytes, url: str) -> Found:
    """The records of an answer, those that can't be read, and where the next ones are."""
    changes: list[Found] = []
    body = _utf8(body, changes)
    envelope, count = RECORD.subn(b"", body)
    root = _envelope(envelope)
    if _local(root) == "ExceptionReport":
        return {"exception": _exception(root)}
    names = dict(rdf_xml.NAMESPACE.findall(envelope))
    read, broken = [], []
    for match in RECORD.finditer(body):
        try:
            read += _record(match, names, url)
        except (*rdf_xml.BROKEN, TypeError, KeyError, AttributeError, IndexError) as error:
            broken.append({"id": _name(match[0]), "reason": reason(error)})
    return {"records": read, "broken": broken, "changes": changes, "count": count, **_position(root)}


def identifiers(body: bytes, url: str) -> Found:
    """The identifiers of an answer in brief records."""
    root = _envelope(_utf8(body, []))
    if _local(root) == "ExceptionReport":
        return {"exception": _exception(root)}
    found = [_text(each) for each in root.iter() if _local(each) == "identifier"]
    return {"identifiers": [each for each in found if each], "count": len(found), **_position(root)}


def capabilities(body: bytes, url: str) -> Found:
    """The schemas in which this catalogue can answer; none where it does not answer with readable capabilities."""
    try:
        root = ET.fromstring(_utf8(body, []))  # noqa: S314 - no entities: refused before
    except (ET.ParseError, ValueError):
        return {"schemas": []}
    offered = [
        _text(value)
        for parameter in root.iter()
        if _local(parameter) in ("Parameter", "Constraint") and parameter.get("name", "").lower() == "outputschema"
        for value in parameter.iter()
        if _local(value) == "Value"
    ]
    return {"schemas": list(dict.fromkeys(offered))}


ASKED = {"records": records, "identifiers": identifiers, "capabilities": capabilities}


def _utf8(body: bytes, changes: list[Found]) -> bytes:
    if b"<!ENTITY" in body:
        raise ValueError("the answer declares entities")
    declared = DECLARED.match(body)
    if declared and declared[2].lower() not in (b"utf-8", b"utf8"):
        body = DECLARED.sub(rb"\1", body).decode(declared[2].decode(), errors="replace").encode()
    return in_utf8(body, changes)


def _envelope(body: bytes) -> ET.Element:
    """What stands around the records; an answer that was cut off has no whole envelope."""
    root = ET.fromstring(body)  # noqa: S314 - no entities: refused before
    if _local(root) not in (*ANSWERS, "ExceptionReport"):
        raise ValueError(f"{_local(root)} instead of {ANSWERS[0]}")
    return root


def _position(root: ET.Element) -> Found:
    results = next((each for each in root.iter() if _local(each) == "SearchResults"), None)
    facts = {} if results is None else results.attrib
    total, following = facts.get("numberOfRecordsMatched", ""), facts.get("nextRecord", "")
    return {
        "total": int(total) if total.isdecimal() else None,
        "next": int(following) if following.isdecimal() else None,
    }


def _exception(root: ET.Element) -> str:
    codes = [each.get("exceptionCode", "") for each in root.iter() if _local(each) == "Exception"]
    texts = [_text(each) for each in root.iter() if _local(each) == "ExceptionText"]
    return " ".join(" ".join(filter(None, [*texts, *codes])).split())[:300]


def _record(match: re.Match[bytes], names: dict[bytes, bytes], url: str) -> Iterator[Found]:
    body = _with_namespaces(match[0], names)
    if match["name"] == b"RDF":
        yield from _described(body, url)
        return
    from ckanext.smartregion.harvest.reading.iso_sheet import read  # a listing in DCAT never pays for it

    sheet, rules = read(body)
    changes = [{"rule": rule, "field": "", "before": None, "after": ""} for rule in rules]
    yield {"id": sheet["identifier"] or _name(body), "sheet": sheet, "changes": changes}


def _described(body: bytes, url: str) -> Iterator[Found]:
    """The dataset or service of a record in RDF, under the identifier of the record in which it is described."""
    changes: list[Found] = []
    graph, broken = rdf_xml.read(body, url, changes)
    found = described(graph, changes)
    trees = found["datasets"] or found["services"]
    if broken or not trees:
        raise ValueError(broken[0]["reason"] if broken else "no dataset")
    for tree in trees:
        name = _record_of(graph, tree.get("@id", "")) if len(trees) > 1 else _name(body)
        yield {"id": name, "tree": tree, "changes": changes, "languages": found["languages"]}


def _record_of(graph: Graph, topic: str) -> str:
    for record in graph.typed(DCAT + "CatalogRecord"):
        if topic in graph.values(record, "http://xmlns.com/foaf/0.1/primaryTopic"):
            return unquote(record.rstrip("/").rsplit("/", 1)[-1])
    return ""


def _name(block: bytes) -> str:
    found = next((match[1] for match in (pattern.search(block) for pattern in NAMED) if match), b"")
    return unquote(found.decode(errors="replace"))


def _with_namespaces(block: bytes, names: dict[bytes, bytes]) -> bytes:
    """A record that stands alone: what its envelope declared, it declares itself."""
    cut = block.index(b">")
    own = dict(rdf_xml.NAMESPACE.findall(block[:cut]))
    more = b"".join(b" " + name + b"=" + address for name, address in names.items() if name not in own)
    return block[:cut] + more + block[cut:]


def _local(element: ET.Element) -> str:
    return element.tag.rsplit("}", 1)[-1] if isinstance(element.tag, str) else ""


def _text(element: ET.Element) -> str:
    return (element.text or "").strip()


if __name__ == "__main__":
    main()
