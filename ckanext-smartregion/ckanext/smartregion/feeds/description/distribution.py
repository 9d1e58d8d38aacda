"""A resource made ready to be written as a dcat:Distribution."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from ckanext.smartregion.feeds.description.codes import addresses, coded, coded_list, iri_of, licence
from ckanext.smartregion.feeds.description.iris import absolute, addresses_apart, distribution_iri, home, part_iri
from ckanext.smartregion.feeds.description.portal import Portal
from ckanext.smartregion.feeds.description.values import as_list, clean, natural_number, texts, valid_date
from ckanext.smartregion.schemas import vocabulary

MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
MEDIA_TYPE = re.compile(r"^[a-z]+/[A-Za-z0-9][A-Za-z0-9.+_-]*$")
DIGEST = re.compile(r"[0-9a-f]+")
NUMBER = re.compile(r"^\d+(\.\d+)?$")
DURATION = re.compile(r"^P(?=.)(\d+Y)?(\d+M)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$")
# The shapes of DCAT-AP 3.0.1 accept an algorithm only under https, although SPDX itself writes http.
ALGORITHMS = "https://spdx.org/rdf/terms#checksumAlgorithm_"
ALGORITHM_OF_LENGTH = {32: "md5", 40: "sha1", 64: "sha256", 128: "sha512"}

Resource = dict[str, Any]


# What is said of a file's own bytes and addresses, not of the table in it.
OF_THE_FILE = frozenset({
    "access_services", "access_url", "compress_format", "download_url", "hash", "hash_algorithm", "mimetype",
    "package_format", "size", "uri",
})  # fmt: skip
PARQUET = "table.parquet"  # the address below its resource, as quality/views/tables.py serves it


def with_parquet(resources: list[Resource], dataset: dict[str, Any], portal: Portal) -> list[Resource]:
    """The resources, each table that the gate has loaded followed by its other form: the same table as Parquet.

    A dataset that has Parquet files of its own, as regional layers do, stays as it is.
    """
    if any(clean(one.get("format")).upper() == "PARQUET" for one in resources):
        return resources
    found = []
    for resource in resources:
        found.append(resource)
        if resource.get("schema") and resource.get("datastore_active"):
            found.append(_as_parquet(resource, dataset, portal))
    return found


def _as_parquet(resource: Resource, dataset: dict[str, Any], portal: Portal) -> Resource:
    shared = {key: value for key, value in resource.items() if key not in OF_THE_FILE}
    names = {tag: f"{text} (Parquet)" for tag, text in _texts(resource, "name", portal).items()}
    address = f"{_page(resource, dataset, portal)}/{PARQUET}"
    own = {"id": f"{resource['id']}/{PARQUET}", "url": address, "url_type": "upload", "format": "PARQUET"}
    # It is not named by the address that it is downloaded from: data.gov.be takes that for an address of itself.
    return {**shared, **own, "uri": part_iri(_page(resource, dataset, portal), "parquet"), "name_translated": names}


def prepare_distribution(resource: Resource, dataset: dict[str, Any], portal: Portal) -> Resource:
    """The resource with IRIs for codes, absolute addresses and language maps for texts."""
    url = absolute(resource.get("url"))
    own_file = url if resource.get("url_type") == "upload" else None
    name = _texts(resource, "name", portal)
    return {
        "id": resource["id"],
        "package_id": dataset["id"],
        "uri": distribution_iri(resource, dataset, portal.base),
        "home": _page(resource, dataset, portal),
        "schema": clean(resource.get("schema")),
        "name_translated": name,
        "description_translated": _texts(resource, "description", portal) or name,
        # A distribution needs an address; the page for people leads on where the stored one is no address at all.
        "access_url": absolute(resource.get("access_url")) or url or _shown_at(resource, dataset, portal),
        # The stored copy is what was checked and what checksum and size belong to; its origin may have moved on.
        "download_url": own_file or absolute(resource.get("download_url")),
        "documentation": addresses(resource.get("documentation")),
        "conforms_to": addresses(resource.get("conforms_to")),
        "applicable_legislation": addresses(resource.get("applicable_legislation")),
        **addresses_apart("rights", texts(resource.get("rights"), portal.language)),
        **_codes(resource),
        **_measures(resource),
        **_checksum(resource),
    }


def with_one_statement_of_rights(distribution: Resource) -> Resource:
    """A prepared distribution that says of rights one thing, as DCAT-AP wants it.

    One address stands for itself; several, or one beside a text or conditions, are where our own statement leads.
    """
    pages = distribution["rights_addresses"]
    if len(pages) < 2 and not (distribution["rights"] or distribution.get("conditions")):
        return distribution
    return {**distribution, "rights_pages": pages, "rights_addresses": []}


def _texts(resource: Resource, field: str, portal: Portal) -> dict[str, str]:
    return texts(resource.get(f"{field}_translated"), portal.language) or texts(resource.get(field), portal.language)


def _page(resource: Resource, dataset: dict[str, Any], portal: Portal) -> str:
    return f"{home(dataset, portal.base)}/resource/{resource['id']}"


def _shown_at(resource: Resource, dataset: dict[str, Any], portal: Portal) -> str:
    """The resource's page under the name of its dataset, which is another address than the resource's own IRI."""
    return f"{portal.base}/dataset/{dataset.get('name') or dataset['id']}/resource/{resource['id']}"


def _codes(resource: Resource) -> Resource:
    kind = file_type(resource)
    return {
        "format": kind,
        "mimetype": media_type(resource.get("mimetype")) or media_type_of(kind),
        "compress_format": media_type(resource.get("compress_format")),
        "package_format": media_type(resource.get("package_format")),
        "license": licence(resource.get("license")),
        "language": coded_list("language", resource.get("language")),
        "status": coded("distribution-status", resource.get("status")),
        # It can be had now, which is all that this code says; data.gov.be would write it where none stands.
        "availability": coded("planned-availability", resource.get("availability"))
        or iri_of("planned-availability", "AVAILABLE"),
    }


def file_type(resource: Resource) -> str | None:
    """The IRI of the file type: of the stated format, else of the media type, else of the address' ending."""
    return (
        coded("file-type", resource.get("format"))
        or coded("file-type", resource.get("mimetype"))
        or coded("file-type", PurePosixPath(urlsplit(absolute(resource.get("url")) or "").path).suffix)
    )


def media_type(value: Any) -> str | None:
    """The IRI of a media type at its register."""
    return _media_type(clean(value)) if value else None


@lru_cache(maxsize=1_000)
def _media_type(text: str) -> str | None:
    bare = text.split(";")[0].strip().removeprefix("http://").removeprefix("https://")
    bare = bare.removeprefix("www.iana.org/assignments/media-types/")
    return MEDIA_TYPES + bare if MEDIA_TYPE.match(bare) else None


def media_type_of(file_type: str | None) -> str | None:
    """The media type of a file type, by the list of file types."""
    concept = vocabulary("file-type").by_uri(file_type or "")
    return media_type(concept.extra.get("media_type")) if concept else None


def _measures(resource: Resource) -> Resource:
    return {
        "issued": valid_date(resource.get("issued") or resource.get("created")),
        "modified": valid_date(resource.get("modified") or resource.get("metadata_modified")),
        "size": natural_number(resource.get("size")),
        "temporal_resolution": duration(resource.get("temporal_resolution")),
        "spatial_resolution_in_meters": metres(resource.get("spatial_resolution_in_meters")),
    }


def duration(value: Any) -> str | None:
    """The duration, when it is one in the sense of XML Schema."""
    if not value:
        return None
    text = clean(value)
    return text if DURATION.match(text) else None


def metres(value: Any) -> list[str]:
    """The first number among the values: both profiles allow one resolution only."""
    return [text for text in map(clean, as_list(value)) if NUMBER.match(text)][:1] if value else []


def _checksum(resource: Resource) -> Resource:
    if not resource.get("hash"):
        return {}
    digest = clean(resource["hash"]).lower().split(":")[-1]
    stated = clean(resource.get("hash_algorithm")).rsplit("_", 1)[-1].lower().replace("-", "")
    algorithm = ALGORITHM_OF_LENGTH.get(len(digest))
    if not algorithm or not DIGEST.fullmatch(digest) or stated not in ("", algorithm):
        return {}
    return {"hash": digest, "hash_algorithm": ALGORITHMS + algorithm}
