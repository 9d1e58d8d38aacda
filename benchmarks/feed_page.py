"""A page of the feed, from dictionaries to text, beside ckanext-dcat's page of the same datasets.

Both stand alone: no server, no database, no search, so that only the rendering is compared. Three times: all datasets
of ours rendered anew, as after a change of a contract; one of them, as after an edit; none, as nearly always. Ours
writes more: records, services, the labels of every code, mobilityDCAT-AP, and the checks that keep every value valid.
"""

from __future__ import annotations

import argparse
import json
from functools import partial
from typing import Any

from rdflib import Graph

from ckan.common import config

from ckanext.dcat.processors import RDFSerializer
from ckanext.dcat.profiles import EuropeanDCATAP3Profile
from ckanext.smartregion.feeds.description.portal import read_portal
from ckanext.smartregion.feeds.fragments import document
from ckanext.smartregion.feeds.serializer import head, render

from benchmarks.timing import Contender, compare

ADDRESS = "https://data.example.be"
EU = "http://publications.europa.eu/resource/authority/"
FORMATS = {"ttl": "turtle", "xml": "xml", "jsonld": "json-ld"}
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


def measure(count: int, extension: str, rounds: int) -> list[dict[str, Any]]:
    """Both pages in one serialisation, with the triples each holds."""
    datasets = [dataset(number) for number in range(count)]
    portal = read_portal(ADDRESS)
    stored = [render(each, portal) for each in datasets]

    def ours(changed: int) -> str:
        fragments = [*(render(each, portal) for each in datasets[:changed]), *stored[changed:]]
        return document(extension, head(portal, fragments, modified=CHANGED, services=True), fragments)

    def stock() -> str:
        return StockSerializer().serialize_catalog({}, [dataset(number) for number in range(count)], extension)

    triples = {
        name: len(Graph().parse(data=act(), format=FORMATS[extension]))
        for name, act in (("ours", partial(ours, 0)), ("peer", stock))
    }
    print(
        f"{extension}: a page of {count} datasets, {triples['ours']} triples of ours, {triples['peer']} of the peer's"
    )
    found = []
    for title, changed in (("all changed", count), ("one changed", 1), ("none changed", 0)):
        ratio = compare(
            Contender(f"our page, {title}", partial(ours, changed)),
            Contender("ckanext-dcat's page", stock),
            items=count,
            unit="datasets",
            rounds=rounds,
        )
        found.append({"format": extension, "datasets": count, "changed": changed, "ratio": round(ratio, 2)})
    return found


def main() -> None:
    """Read the options and measure each serialisation."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.feed_page", description=__doc__)
    parser.add_argument("--datasets", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    config["ckan.site_url"] = ADDRESS
    results = [each for form in FORMATS for each in measure(options.datasets, form, options.rounds)]
    print(json.dumps(results))
    for changed in (options.datasets, 1, 0):
        ratios = ", ".join(f"{each['ratio']} ({each['format']})" for each in results if each["changed"] == changed)
        print(f"A page of {options.datasets} datasets, {changed} changed: {ratios} times ckanext-dcat's speed.")


if __name__ == "__main__":
    main()
