"""Answers in the shape of Opendatasoft's Explore API v2.1."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from urllib.parse import quote
from xml.etree import ElementTree as ET

from stack.demo.examples import Dataset, Portal

MOST_PER_PAGE = 100
NAMESPACES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
}


@dataclass(frozen=True)
class BadRequestError(Exception):
    """A question that the Explore API refuses, with its sentence."""

    message: str


def page(portal: Portal, query: dict[str, str], *, later: bool) -> dict:
    """One page of the catalogue: ``total_count`` and ``results``."""
    limit, offset = _number(query, "limit", 10), _number(query, "offset", 0)
    if limit > MOST_PER_PAGE:
        raise BadRequestError(
            f"Invalid value for limit API parameter: {limit} was found but less than 100 is expected."
        )
    shown = portal.datasets[offset : offset + limit]
    return {"total_count": len(portal.datasets), "results": [dataset.record(later=later) for dataset in shown]}


def _number(query: dict[str, str], name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not text.isdecimal():
        raise BadRequestError(f"Invalid value for {name} API parameter: {text} was found but an integer is expected.")
    return int(text)


def csv_export(dataset: Dataset, query: dict[str, str], *, later: bool) -> bytes:
    """The table as Opendatasoft exports it: semicolons and a byte order mark, unless asked otherwise."""
    delimiter = query.get("delimiter", ";")
    if delimiter not in {";", ",", "\t", "|"}:
        raise BadRequestError("Invalid value for delimiter API parameter: one of ; , \\t | is expected.")
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(dataset.rows(later=later))
    return text.getvalue().encode("utf-8" if query.get("with_bom") == "false" else "utf-8-sig")


def json_export(dataset: Dataset, *, later: bool) -> bytes:
    """The table as a list of objects, all values as text."""
    header, *rows = dataset.rows(later=later) or [[]]
    return json.dumps([dict(zip(header, row, strict=True)) for row in rows], ensure_ascii=False).encode()


def dcat_export(portal: Portal, address: str, *, later: bool) -> bytes:
    """The catalogue as RDF/XML, with what real exports lack: no typed frequency, a publisher that is a search page."""
    for prefix, namespace in NAMESPACES.items():
        ET.register_namespace(prefix, namespace)
    root = ET.Element(_name("rdf:RDF"))
    catalog = ET.SubElement(root, _name("dcat:Catalog"), {_name("rdf:about"): f"{address}/catalog"})
    ET.SubElement(catalog, _name("dct:title")).text = portal.title
    for dataset in portal.datasets:
        record = dataset.record(later=later)
        if isinstance(record["metas"], dict):
            _add_dataset(ET.SubElement(catalog, _name("dcat:dataset")), record, address)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


def _add_dataset(parent: ET.Element, record: dict, address: str) -> None:
    about = f"{address}/api/explore/v2.1/catalog/datasets/{record['dataset_id']}"
    metas = record["metas"]["default"]
    node = ET.SubElement(parent, _name("dcat:Dataset"), {_name("rdf:about"): about})
    texts = {
        "dct:identifier": record["dataset_id"],
        "dct:title": metas["title"],
        "dct:description": metas["description"],
    }
    for name, value in texts.items():
        ET.SubElement(node, _name(name)).text = value
    for word in metas["keyword"]:
        ET.SubElement(node, _name("dcat:keyword")).text = word
    _add_publisher(node, metas["publisher"], address)
    _add_distribution(node, about, metas)


def _add_publisher(node: ET.Element, publisher: str, address: str) -> None:
    about = f"{address}/explore/?refine.publisher={quote(publisher)}"
    agent = ET.SubElement(ET.SubElement(node, _name("dct:publisher")), _name("foaf:Agent"), {_name("rdf:about"): about})
    ET.SubElement(agent, _name("foaf:name")).text = publisher


def _add_distribution(node: ET.Element, about: str, metas: dict) -> None:
    place = ET.SubElement(node, _name("dcat:distribution"))
    distribution = ET.SubElement(place, _name("dcat:Distribution"), {_name("rdf:about"): f"{about}-csv"})
    ET.SubElement(distribution, _name("dcat:accessURL"), {_name("rdf:resource"): f"{about}/exports/csv"})
    ET.SubElement(distribution, _name("dcat:mediaType")).text = "text/csv"
    if metas["license"]:
        ET.SubElement(distribution, _name("dct:license")).text = metas["license"]


def _name(prefixed: str) -> str:
    prefix, local = prefixed.split(":")
    return f"{{{NAMESPACES[prefix]}}}{local}"
