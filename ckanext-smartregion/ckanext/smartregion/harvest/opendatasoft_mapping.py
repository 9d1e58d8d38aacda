"""From the metadata blocks of one Opendatasoft dataset to a draft. Cleaning is left to the rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ckanext.smartregion.harvest.records import Draft

FORMATS = ("csv", "json")
GEOGRAPHIC_FORMATS = ("geojson", "shp")


def from_version_1(item: Any) -> Any:
    """An item of API 1.0 in the shape of 2.1: the same metadata, without its blocks."""
    if not isinstance(item, dict) or "datasetid" not in item:
        return item
    metas = item.get("metas") or {}
    dcat = {key.removeprefix("dcat."): value for key, value in metas.items() if key.startswith("dcat.")}
    return {**item, "dataset_id": item["datasetid"], "api": "1.0", "metas": {"default": metas, "dcat": dcat}}


def draft(item: dict[str, Any], base: str) -> Draft:
    """The fields of a dataset as the portal states them."""
    metas = item.get("metas") or {}
    default, dcat = metas.get("default") or {}, metas.get("dcat") or {}
    slug = item["dataset_id"]
    found: Draft = {
        "title_translated": _untagged(default.get("title")),
        "notes_translated": _untagged(default.get("description")),
        "tags_translated": {"": _list(default.get("keyword"))} if default.get("keyword") else {},
        "identifier": slug,
        "uri": f"{base}/api/explore/v2.1/catalog/datasets/{slug}",
        "url": f"{base}/explore/dataset/{slug}/",
        "language": _list(default.get("language")),
        "theme": _list(default.get("theme")),
        "license": _list(default.get("license_url")) + _list(default.get("license")),
        "issued": dcat.get("issued") or dcat.get("created"),
        "modified": default.get("data_processed") or default.get("modified"),
        "frequency": dcat.get("accrualperiodicity"),
        "access_rights": dcat.get("accessrights") or dcat.get("access_rights"),
        "publisher": [{"name": name} for name in _list(default.get("publisher"))],
        "creator": [{"name": name} for name in _list(dcat.get("creator"))],
        "contact": _contact(dcat),
        "temporal_coverage": _periods(dcat),
        "spatial_coverage": [{"text": text} for text in _places(default, dcat)],
        "conforms_to": _list(dcat.get("conforms_to")),
        "documentation": [text for text in _list(default.get("references")) if text.startswith("http")],
        "resources": list(_resources(item, base)),
    }
    return {field: value for field, value in found.items() if value not in (None, "", [], {})}


def _untagged(value: Any) -> dict[str, str]:
    """The API gives a text without its language; the rules give it the dataset's."""
    return {"": str(value)} if value else {}


def _list(value: Any) -> list[str]:
    """The platform sends one value or a list of them for the same field."""
    values = value if isinstance(value, list) else [value]
    return [str(each).strip() for each in values if each not in (None, "")]


def _contact(dcat: dict[str, Any]) -> list[dict[str, str]]:
    name, email = dcat.get("contact_name"), dcat.get("contact_email")
    return [{key: text for key, text in (("name", name), ("email", email)) if text}] if name or email else []


def _periods(dcat: dict[str, Any]) -> list[dict[str, str]]:
    start, end = dcat.get("temporal_coverage_start"), dcat.get("temporal_coverage_end")
    if start or end:
        return [{key: day for key, day in (("start", start), ("end", end)) if day}]
    return [{"text": text} for text in _list(dcat.get("temporal"))]


def _places(default: dict[str, Any], dcat: dict[str, Any]) -> list[str]:
    return _list(dcat.get("spatial")) or _list(default.get("territory"))


def _resources(item: dict[str, Any], base: str) -> Iterator[Draft]:
    slug, old = item["dataset_id"], item.get("api") == "1.0"
    if item.get("has_records"):
        geographic = "geo" in (item.get("features") or [])
        for name in FORMATS + (GEOGRAPHIC_FORMATS if geographic else ()):
            address = _export(base, slug, name, old=old)
            yield {"format": name, "url": address, "download_url": address}
    for group in ("alternative_exports", "attachments"):
        for file in item.get(group) or []:
            yield _file(file, f"{base}/api/explore/v2.1/catalog/datasets/{slug}/{group}/")


def _export(base: str, slug: str, name: str, *, old: bool) -> str:
    if old:
        return f"{base}/explore/dataset/{slug}/download/?format={name}"
    return f"{base}/api/explore/v2.1/catalog/datasets/{slug}/exports/{name}"


def _file(file: dict[str, Any], folder: str) -> Draft:
    """An attached file; `odsfile://` is an address only inside the platform, so the public one is built."""
    stated = file.get("url") or ""
    address = stated if stated.startswith("http") else folder + str(file.get("id") or "")
    found = {
        "name_translated": _untagged(file.get("title") or file.get("id")),
        "description_translated": _untagged(file.get("description")),
        "url": address,
        "download_url": address,
        "mimetype": file.get("mimetype"),
        "format": stated.rsplit(".", 1)[-1] if "." in stated[-6:] else None,
    }
    return {field: value for field, value in found.items() if value}
