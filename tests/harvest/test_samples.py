"""The real payloads, from a far end all the way into the catalogue."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ckan import model as ckan_model
from ckan.tests.helpers import call_action

EU = "http://publications.europa.eu/resource/authority"
VERSION_1 = "/api/datasets/1.0/search"
RDF = (
    "ods/liege-v2-catalog-export.rdf",
    "ods/rennes-explore-v2-dcat-export.rdf",
    "dcat/be-favv.rdf",
    "dcat/be-fpsjustice.xml",
    "dcat/be-multilang.rdf",
    "dcat/ckan-catalog.rdf",
    "dcat/ckan-dataset-multilingual.ttl",
    "dcat/udata-catalog.xml",
    "dcat/udata-flat.jsonld",
    "dcat/udata-nested.jsonld",
    "dcat/udata-udata.xml",
    "dcat/udata-geonetwork.xml",
)


def dataset(identifier: str) -> dict[str, Any]:
    """A harvested dataset by the end of its remote identifier."""
    records = [
        record
        for source in call_action("smartregion_source_list")
        for record in call_action("smartregion_record_list", source=source["name"])
    ]
    found = [record["package_id"] for record in records if record["remote_id"].rstrip("/").endswith(identifier)]
    return call_action("package_show", id=found[0])


def test_every_real_catalogue_arrives_and_arrives_once(
    make: Any, run: Any, far_end: Any, shared: Path, region: Any
) -> None:
    sources = []
    for number, name in enumerate(RDF):
        far_end.serve(f"/{name}", (shared / "samples" / name).read_bytes())
        sources.append(make(f"{far_end.url}/{name}", name=f"s{number}", kind="dcat"))
    old = [json.loads(path.read_text()) for path in sorted((shared / "samples/ods").glob("catalog-v1-*.json"))]
    far_end.serve(VERSION_1, json.dumps({"nhits": len(old), "datasets": old}))
    sources.append(make(far_end.url, name="version-1"))

    first = [run(source) for source in sources]
    assert {summary["status"] for summary in first} == {"done"}
    outcomes = [
        each for summary in first for each in call_action("smartregion_run_show", id=summary["run"])["outcomes"]
    ]
    assert [each["problem"]["en"] for each in outcomes if each["problem"]] == []
    arrived = sum(summary["created"] + summary["held"] for summary in first)
    assert arrived == ckan_model.Session.query(ckan_model.Package).count() > 15

    # Two of the samples hold the same datasets, in two serialisations: the second is linked to the first.
    linked = sum(summary["linked"] for summary in first)
    assert linked > 0

    again = [run(source) for source in sources]
    assert sum(summary["unchanged"] for summary in again) == arrived + linked

    liege = dataset("/parkings-taxis")
    assert (liege["state"], liege["type"], liege["owner_org"]) == ("active", "mobility", region["liege"])
    assert liege["license_id"] == f"{EU}/licence/CC_BY_4_0"
    assert liege["language"] == [f"{EU}/language/FRA"]
    assert [each["format"] for each in liege["resources"]] == ["CSV", "GEOJSON", "JSON", "SHP"]

    rennes = dataset("/principaux-etablissements-denseignement-superieur")
    assert (rennes["state"], rennes["owner_org"]) == ("active", region["wallonie"])
    assert rennes["frequency"] == f"{EU}/frequency/CONT"
    assert rennes["theme"] == [f"{EU}/data-theme/EDUC"]
    assert rennes["license_id"] == f"{EU}/licence/ETALAB_2_0"

    period = dataset("data.test.org/datasets/3")["temporal_coverage"]
    assert [(each["start"][:10], each["end"][:10]) for each in period] == [("2016-01-01", "2016-12-05")]
    assert dataset("fasfc/smileys")["title_translated"] == {"fr": "Liste Smileys", "nl": "Lijst Smileys"}
