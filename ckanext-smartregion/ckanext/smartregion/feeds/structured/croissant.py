"""A dataset in Croissant 1.1: its files, and the columns of those that are tables under a contract. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from ckanext.smartregion.feeds.description.codes import iri_of
from ckanext.smartregion.feeds.description.portal import Portal
from ckanext.smartregion.feeds.structured import schema_org
from ckanext.smartregion.feeds.structured.schema_org import in_language
from ckanext.smartregion.schemas import ContractNotFound, TableContract, names_format, table_contract

Dataset = dict[str, Any]
Node = dict[str, Any]
VERSION = "http://mlcommons.org/croissant/1.1"
MEDIA_TYPE = f'application/ld+json; profile="{VERSION}"'
# The terms as the specification's first appendix has them; schema.org under https, as the reference loader wants it.
_OWN = (
    "annotation", "arrayShape", "citeAs", "column", "containedIn", "equivalentProperty", "excludes", "extract", "field",
    "fileObject", "fileProperty", "fileSet", "format", "includes", "isArray", "isLiveDataset", "jsonPath", "key", "md5",
    "parentField", "readLines", "recordSet", "references", "regex", "sdVersion", "separator", "source", "subField",
    "transform", "unArchive", "value",
)  # fmt: skip
_TERMS = {
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    **{term: f"cr:{term}" for term in _OWN},
}
# The types of Table Schema; what has none of its own here is text.
_TYPES = {
    "boolean": "sc:Boolean",
    "date": "sc:Date",
    "datetime": "sc:DateTime",
    "integer": "sc:Integer",
    "number": "sc:Float",
    "time": "sc:Time",
    "year": "sc:Integer",
}


def dataset(stored: Dataset, prepared: Dataset, portal: Portal, language: str) -> Node:
    """The document of a dataset: as everybody sees it, and made ready for a feed; texts in a language."""
    contracts = {file["id"]: file.get("schema") for file in stored.get("resources", ())}
    files = list(filter(_is_file, prepared["resources"]))
    about = schema_org.facts(prepared, portal, language)
    about["license"] = about.get("license") or portal.licence
    about["datePublished"] = about.get("datePublished") or portal.issued
    return {
        "@context": {"@language": language, **_TERMS},
        "@type": "sc:Dataset",
        "conformsTo": VERSION,
        **about,
        # What is only linked to may change at any time, so it bears no checksum.
        **({"isLiveDataset": True} if not all(map(schema_org.sha256, files)) else {}),
        "distribution": [_file(file, language) for file in files],
        "recordSet": [
            _records(file, contract, language)
            for file in files
            if file["format"] == iri_of("file-type", "CSV") and (contract := _contract(contracts.get(file["id"])))
        ],
    }


def _is_file(file: Dataset) -> bool:
    """Whether there are bytes to load: a service has none, and a table that is here twice is told of once."""
    kind = (file["format"] or "").rpartition("/")[2]
    return not kind.endswith("_SRVC") and kind != "REST" and not file["id"].endswith(".parquet")


def _file(file: Dataset, language: str) -> Node:
    address = file["download_url"] or file["access_url"]
    node = {
        "@type": "cr:FileObject",
        "@id": file["uri"],
        "name": unquote(PurePosixPath(urlsplit(address).path).name) or in_language(file["name_translated"], language),
        "description": in_language(file["description_translated"] or file["name_translated"], language),
        "contentUrl": address,
        "contentSize": f"{file['size']} B" if file["size"] else None,
        "encodingFormat": schema_org.media_type(file) or "application/octet-stream",
        "sha256": schema_org.sha256(file),
    }
    return {key: value for key, value in node.items() if value}


def _contract(name: str | None) -> TableContract | None:
    if not name or names_format(name):
        return None
    try:
        return table_contract(name)
    except ContractNotFound:
        return None


def _records(file: Dataset, contract: TableContract, language: str) -> Node:
    whole = f"{file['uri']}#records"
    return {
        "@type": "cr:RecordSet",
        "@id": whole,
        "name": contract.name,
        "description": in_language(contract.description, language),
        **({"key": [{"@id": f"{whole}/{column}"} for column in contract.key]} if contract.key else {}),
        "field": list(_fields(file, whole, contract, language)),
    }


def _fields(file: Dataset, whole: str, contract: TableContract, language: str) -> Iterator[Node]:
    for column in contract.fields:
        words = (in_language(column.get(part), language) for part in ("title", "description"))
        yield {
            "@type": "cr:Field",
            "@id": f"{whole}/{column['name']}",
            "name": column["name"],
            "description": ": ".join(filter(None, words)),
            "dataType": _TYPES.get(column["type"], "sc:Text"),
            "source": {"fileObject": {"@id": file["uri"]}, "extract": {"column": column["name"]}},
        }
