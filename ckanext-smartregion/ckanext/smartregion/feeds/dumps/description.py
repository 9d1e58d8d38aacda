"""A dump described as a dataset of the Region: one distribution per file, with size, checksum and date. Pure.

It stands in a document of its own, which the interface `dumps` of the catalogue leads to. On the pages of the walk it
would be met once per page, and change them with every dump; in the log every dump would be a change that asks for the
next dump.
"""

from __future__ import annotations

from typing import Any

from ckanext.smartregion.feeds.description import agents, concepts
from ckanext.smartregion.feeds.description.catalogue import LANGUAGES
from ckanext.smartregion.feeds.description.codes import iri_of
from ckanext.smartregion.feeds.description.distribution import ALGORITHMS, media_type, media_type_of
from ckanext.smartregion.feeds.description.iris import part_iri
from ckanext.smartregion.feeds.description.places import place
from ckanext.smartregion.feeds.description.portal import Portal
from ckanext.smartregion.feeds.description.tables import DATASET
from ckanext.smartregion.feeds.description.writing import describe
from ckanext.smartregion.feeds.dumps import kinds
from ckanext.smartregion.feeds.emission import Statement
from ckanext.smartregion.feeds.emission import statements as stated
from ckanext.smartregion.feeds.profiles import DEFAULT, PROFILES

Record = dict[str, Any]
SERVICE = "dumps"  # among the portal's interfaces, whose title and description the dump takes over
FILE_TYPES = {
    "ttl": "RDF_TURTLE", "nt": "RDF_N_TRIPLES", "nq": "RDF_N_QUADS", "rdf": "RDF_XML", "jsonld": "JSON_LD",
    "jsonl": "JSON", "csv": "CSV", "parquet": "PARQUET",
}  # fmt: skip


def statements(index: Record, address: str, portal: Portal) -> list[Statement]:
    """What is said of a dump: ``index`` is what its folder says of it, ``address`` the folder's own."""
    return concepts.described(stated(describe((_dataset(index, address, portal), DATASET))))


def _dataset(index: Record, address: str, portal: Portal) -> Record:
    about = next((each for each in portal.services if each["name"] == SERVICE), {})
    return {
        "uri": address,
        "home": address,
        "title_translated": about.get("title") or portal.title,
        "notes_translated": about.get("description") or portal.description,
        "tags_translated": about.get("keywords"),
        "theme": [iri_of("data-theme", code) for code in about.get("themes", ("GOVE",))],
        "url": f"{portal.base}/feeds",
        "identifier": address,
        "version": index["name"],
        "frequency": iri_of("frequency", "IRREG"),
        "access_rights": iri_of("access-right", "PUBLIC"),
        "publisher": agents.portal_publisher(portal),
        "contact": agents.portal_contact(portal),
        "spatial_coverage": [place({"uri": portal.spatial}, portal)],
        "language": _languages(),
        "issued": portal.issued,
        "modified": index["created"],
        "resources": [_distribution(file, index, address, portal) for file in index["files"]],
    }


def _distribution(file: Record, index: Record, address: str, portal: Portal) -> Record:
    kind = iri_of("file-type", FILE_TYPES[file["name"].rpartition(".")[2]])
    name = file["format"] if file["profile"] == DEFAULT else f"{file['format']} ({file['profile']})"
    is_rdf = file["name"].startswith(kinds.RDF[0].name().partition(".")[0])
    return {
        "uri": part_iri(f"{address}{file['name']}", "file"),  # not the address that it is downloaded from
        "home": f"{address}{file['name']}",
        "name_translated": {portal.language: name},
        "description_translated": {portal.language: name},
        "access_url": address,
        "download_url": f"{address}{file['name']}",
        "format": kind,
        "mimetype": media_type_of(kind) or media_type(file["media_type"]),
        "availability": iri_of("planned-availability", "AVAILABLE"),
        "size": file["bytes"],
        "hash": file["sha256"],
        "hash_algorithm": f"{ALGORITHMS}sha256",
        "license": portal.licence,
        "language": _languages(),
        "conforms_to": [PROFILES[file["profile"]].conforms_to] if is_rdf else [],
        "modified": index["created"],
    }


def _languages() -> list[str]:
    return [iri_of("language", code) for code in LANGUAGES]
