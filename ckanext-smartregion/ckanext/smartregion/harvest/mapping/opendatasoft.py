"""From the metadata blocks of one Opendatasoft dataset to a draft. Cleaning is left to the rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ckanext.smartregion.harvest.mapping import dcat as dcat_mapping
from ckanext.smartregion.harvest.mapping.plain_values import address, first, text, texts, translated
from ckanext.smartregion.harvest.records import Draft

# What the DCAT export is asked for: the rest stands in the JSON, and better.
LACKING = (
    *("publisher", "creator", "contact", "issued", "modified", "frequency", "temporal_coverage", "spatial_coverage"),
    *("access_rights", "conforms_to", "applicable_legislation", "hvd_category", "provenance", "version", "language"),
    *("temporal_resolution", "spatial_resolution_in_meters", "is_referenced_by"),
)
FORMATS = ("csv", "json")
GEOGRAPHIC_FORMATS = ("geojson", "shp")
# A Shapefile is several files, which the platform sends as one.
PACKED = {"shp": {"mimetype": "application/zip"}}


def from_version_1(item: Any) -> Any:
    """An item of API 1.0 in the shape of 2.1: the same metadata, without its blocks."""
    if not isinstance(item, dict) or "datasetid" not in item:
        return item
    metas = item.get("metas") or {}
    dcat = {key.removeprefix("dcat."): value for key, value in metas.items() if key.startswith("dcat.")}
    return {**item, "dataset_id": item["datasetid"], "api": "1.0", "metas": {"default": metas, "dcat": dcat}}


def draft(item: dict[str, Any], base: str) -> Draft:
    """The fields of a dataset as the portal states them, in the JSON or else in the DCAT export."""
    default, dcat = _block(item, "default"), _dcat(item)
    slug = str(item["dataset_id"])
    found: Draft = {
        "title_translated": translated(default.get("title")),
        "notes_translated": translated(default.get("description")),
        "tags_translated": {"": words} if (words := texts(default.get("keyword"))) else {},
        "identifier": slug,
        "uri": f"{base}/api/explore/v2.1/catalog/datasets/{slug}",
        "url": f"{base}/explore/dataset/{slug}/",
        "language": texts(default.get("language")),
        "theme": texts(default.get("theme")),
        "license": texts(default.get("license_url")) + texts(default.get("license")),
        "issued": first(dcat, ("issued", "created")),
        "modified": first(default, ("data_processed", "modified")),
        "frequency": first(dcat, ("accrualperiodicity",)) or text(default.get("update_frequency")),
        "access_rights": first(dcat, ("accessrights", "access_rights")),
        "publisher": [{"name": name} for name in texts(default.get("publisher"))],
        "creator": [{"name": name} for name in texts(dcat.get("creator"))],
        "contact": _contact(dcat),
        "temporal_coverage": _periods(dcat),
        "spatial_coverage": [
            {"text": place} for place in texts(dcat.get("spatial")) or texts(default.get("territory"))
        ],
        "conforms_to": texts(dcat.get("conforms_to")),
        "hvd_category": texts(dcat.get("hvd_category")),
        "applicable_legislation": texts(dcat.get("applicable_legislation")),
        "documentation": [page for page in texts(default.get("references")) if page.startswith("http")],
        "resources": list(_resources(item, base)),
    }
    stated = {field: value for field, value in found.items() if value not in (None, "", [], {})}
    tree = item.get("dcat_export")
    more = dcat_mapping.draft(tree)[0] if isinstance(tree, dict) else {}
    return {field: more[field] for field in LACKING if field in more} | stated


def slugs(tree: dict[str, Any]) -> set[str]:
    """The names that a dataset of the DCAT export may have in the JSON: of its address, and without the domain."""
    stated = (str(value.get("@value", "")) for value in tree.get("dct:identifier", []) if isinstance(value, dict))
    last = str(tree.get("@id", "")).rstrip("/").rsplit("/", 1)[-1]
    return {name for each in (last, *stated) if (name := each.partition("@")[0].strip())}


def _block(item: dict[str, Any], name: str) -> dict[str, Any]:
    found = (item.get("metas") or {}).get(name)
    return found if isinstance(found, dict) else {}


def _dcat(item: dict[str, Any]) -> dict[str, Any]:
    """The block `dcat`, completed by those of national profiles (`dcat_ap` and the like)."""
    names = sorted(str(name) for name in item.get("metas") or {} if str(name).startswith("dcat_"))
    facts = {key: value for name in names for key, value in _block(item, name).items()}
    return facts | {key: value for key, value in _block(item, "dcat").items() if value not in (None, "", [])}


def _contact(dcat: dict[str, Any]) -> list[dict[str, str]]:
    name, email = text(dcat.get("contact_name")), text(dcat.get("contact_email"))
    return [{key: found for key, found in (("name", name), ("email", email)) if found}] if name or email else []


def _periods(dcat: dict[str, Any]) -> list[dict[str, str]]:
    start = first(dcat, ("temporal_coverage_start", "temporal_coverage_start_date"))
    end = first(dcat, ("temporal_coverage_end", "temporal_coverage_end_date"))
    if start or end:
        return [{key: day for key, day in (("start", start), ("end", end)) if day}]
    return [{"text": written} for written in texts(dcat.get("temporal"))]


def _resources(item: dict[str, Any], base: str) -> Iterator[Draft]:
    slug, old = str(item["dataset_id"]), item.get("api") == "1.0"
    if item.get("has_records"):
        geographic = "geo" in texts(item.get("features"))
        for name in FORMATS + (GEOGRAPHIC_FORMATS if geographic else ()):
            export = _export(base, slug, name, old=old)
            yield {"format": name, "url": export, "download_url": export, **PACKED.get(name, {})}
    for group in ("alternative_exports", "attachments"):
        listed = item.get(group)
        for file in listed if isinstance(listed, list) else []:
            if isinstance(file, dict):
                yield _file(file, f"{base}/api/explore/v2.1/catalog/datasets/{slug}/{group}/")


def _export(base: str, slug: str, name: str, *, old: bool) -> str:
    if old:
        return f"{base}/explore/dataset/{slug}/download/?format={name}"
    return f"{base}/api/explore/v2.1/catalog/datasets/{slug}/exports/{name}"


def _file(file: dict[str, Any], folder: str) -> Draft:
    """An attached file; `odsfile://` is an address only inside the platform, so the public one is built."""
    stated = text(file.get("url"))
    link = address(stated, "") or ("" if stated.startswith("http") else folder + text(file.get("id")))
    found = {
        "name_translated": translated(file.get("title") or file.get("id")),
        "description_translated": translated(file.get("description")),
        "url": link,
        "download_url": link,
        "mimetype": text(file.get("mimetype")),
        "format": stated.rsplit(".", 1)[-1] if "." in stated[-6:] else None,
    }
    return {field: value for field, value in found.items() if value}
