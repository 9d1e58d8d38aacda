"""The datasets that both render, and ckanext-dcat's page of them."""

from __future__ import annotations

from typing import Any

from ckanext.dcat.processors import RDFSerializer
from ckanext.dcat.profiles import EuropeanDCATAP3Profile

ADDRESS = "https://data.example.be"
EU = "http://publications.europa.eu/resource/authority/"
CHANGED = "2026-02-01T10:00:00"


class StockProfile(EuropeanDCATAP3Profile):
    """ckanext-dcat's profile; its question to the search index, when anything last changed, is answered here."""

    def _last_catalog_modification(self) -> str:
        return CHANGED


class StockSerializer(RDFSerializer):
    """ckanext-dcat's serialiser with that profile."""

    def _load_profiles(self, profile_names: list[str]) -> list[type]:
        return [StockProfile]


def dataset(number: int) -> dict[str, Any]:
    """A dataset with three files and nearly every field, as the catalogue stores it."""
    identity = f"00000000-0000-4000-8000-{number:012d}"
    return {
        "id": identity,
        "name": f"jeu-{number}",
        "type": "dataset",
        "title_translated": {"fr": f"Stationnements pour vélos {number}", "nl": f"Fietsenstallingen {number}"},
        "notes_translated": {"fr": "Relevé sur place de tous les arceaux. " * 5, "nl": "Ter plaatse opgemeten. " * 5},
        "tags_translated": {"fr": ["vélo", "stationnement", f"zone {number % 7}"], "nl": ["fiets"]},
        "publisher": [publisher(number)],
        "contact": [{"name": "Service Mobilité", "email": "mobilite@example.be"}],
        "theme": [EU + "data-theme/TRAN", EU + "data-theme/ENVI"],
        "frequency": EU + "frequency/ANNUAL",
        "language": [EU + "language/FRA", EU + "language/NLD"],
        "access_rights": EU + "access-right/PUBLIC",
        "license_id": EU + "licence/CC_BY_4_0",
        "temporal_coverage": [{"start": "2024-01-01", "end": "2025-12-31"}],
        "spatial_coverage": [{"text": "Namur", "bbox": "POLYGON((4.7 50.4, 5 50.4, 5 50.5, 4.7 50.5, 4.7 50.4))"}],
        "documentation": ["https://example.be/guide"],
        "conforms_to": ["http://www.opengis.net/def/crs/EPSG/0/4326"],
        "identifier": f"velos-{number}",
        "version": "2",
        "issued": "2024-05-01",
        "metadata_created": "2024-05-01T10:00:00.000000",
        "metadata_modified": "2026-01-01T10:00:00.000000",
        "resources": [resource(identity, place) for place in range(3)],
    }


def publisher(number: int) -> dict[str, str]:
    """One of fifty bodies."""
    return {
        "uri": f"https://org.belgif.be/id/CbeRegisteredEntity/02073{number % 50:05d}",
        "name": f"Commune {number % 50}",
        "type": "http://purl.org/adms/publishertype/LocalAuthority",
    }


def resource(dataset_id: str, place: int) -> dict[str, Any]:
    """A file with its checksum and its two texts."""
    return {
        "id": f"{dataset_id}-{place}",
        "package_id": dataset_id,
        "url": f"https://data.example.be/{dataset_id}/{place}.csv",
        "name_translated": {"fr": f"Tableau {place}", "nl": f"Tabel {place}"},
        "description_translated": {"fr": "Une ligne par emplacement."},
        "format": EU + "file-type/CSV",
        "mimetype": "https://www.iana.org/assignments/media-types/text/csv",
        "license": EU + "licence/CC_BY_4_0",
        "availability": EU + "planned-availability/STABLE",
        "size": 123456 + place,
        "hash": "0f" * 32,
        "hash_algorithm": "http://spdx.org/rdf/terms#checksumAlgorithm_sha256",
        "issued": "2024-05-01",
        "modified": "2026-01-01",
    }


def stock_page(numbers: range, form: str) -> str:
    """ckanext-dcat's page of the datasets with these numbers; it changes dictionaries, so each page has its own."""
    return StockSerializer().serialize_catalog({}, [dataset(number) for number in numbers], form)
