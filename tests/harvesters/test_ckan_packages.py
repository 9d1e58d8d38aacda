"""`ckan`: what a package says, of real portals and of every odd shape."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from far_end import FarEnd

from ckanext.smartregion.fetch import Client
from ckanext.smartregion.harvest.records import Candidate, ListingError, Source

from tests.harvesters.ckan_portal import CKAN, SEARCH, listed, mapped, package

EU = "http://publications.europa.eu/resource/authority"
MOBILITY = "https://w3id.org/mobilitydcat-ap"


@pytest.fixture
def sample(shared: Path) -> Any:
    """A real payload, put into an answer of the search and taken out again."""

    def sample(name: str, far_end: FarEnd, client: Client) -> Candidate:
        found = json.loads((shared / "samples/ckan" / name).read_text("utf-8"))
        answer = {"success": True, "result": {"count": 1, "results": [found.get("result", found)]}}
        far_end.serve(SEARCH, json.dumps(answer))
        record = listed(far_end, client)[0]
        assert record.problem is None
        return CKAN.map(record, Source("test", "ckan", far_end.url))

    return sample


def test_real_answer_of_a_plain_portal(sample: Any, far_end: FarEnd, client: Client) -> None:
    candidate = sample("package-sample-response.json", far_end, client)
    dataset = candidate.dataset
    assert candidate.publishers == ("EURODATA_Galdric",)
    assert dataset["identifier"] == "6633bb2c-8f85-4ac6-8c9b-c4ab740e1595"
    assert dataset["issued"] == "2020-03-02T08:47:17+00:00"
    assert dataset["modified"] == "2020-03-03T14:04:57+00:00"
    assert dataset["url"] == "http://www.ine.es/tnombres/inicio.do"
    assert len(dataset["tags_translated"]["fr"]) == 6
    assert [each["format"] for each in dataset["resources"]] == ["XLS", "XLS"]
    assert dataset["creator"] == [{"name": "INE"}]
    assert "license_id" not in dataset
    assert dataset["resources"][0]["rights"] == {"fr": "other-open; Other (Open)"}


def test_full_dataset_of_ckanext_dcat(sample: Any, far_end: FarEnd, client: Client) -> None:
    candidate = sample("full-dataset-dcat-ap.json", far_end, client)
    dataset, resource = candidate.dataset, candidate.dataset["resources"][0]
    assert candidate.publishers == ("Test Publisher",)
    assert dataset["identifier"] == "xx-some-dataset-id-yy"
    assert dataset["frequency"] == f"{EU}/frequency/MONTHLY"
    assert len(dataset["temporal_coverage"]) == len(dataset["contact"]) == 2
    place = dataset["spatial_coverage"][0]
    assert place["uri"] == "https://sws.geonames.org/6361390/"
    assert {json.loads(place[key])["type"] for key in ("geom", "bbox", "centroid")} == {"Polygon", "Point"}
    assert dataset["spatial_resolution_in_meters"] == "1.5"
    assert dataset["provenance"] == {"fr": "Statement about provenance"}
    assert dataset["alternate_identifier"] == ["alt-id-1", "alt-id-2"]
    assert resource["license"] == f"{EU}/licence/CC_BY_3_0"
    assert resource["status"] == f"{EU}/distribution-status/COMPLETED"
    assert resource["size"] == "12323"
    assert len(resource["access_services"][0]["endpoint_url"]) == 2


def test_multilingual_package(sample: Any, far_end: FarEnd, client: Client) -> None:
    dataset = sample("package-multilingual.json", far_end, client).dataset
    assert dataset["title_translated"] == {"en": "Test DCAT dataset"}
    assert dataset["tags_translated"] == {"en": ["Oaks", "Pines"]}
    assert dataset["provenance"]["en"] == "Statement about provenance"
    assert dataset["resources"][0]["name_translated"] == {"en": "Resource 1"}


def test_catalogue_in_another_form_is_refused(far_end: FarEnd, client: Client, shared: Path) -> None:
    far_end.serve(SEARCH, (shared / "samples/ckan/catalog-datasets-list.json").read_bytes())
    with pytest.raises(ListingError, match="no result with count and results"):
        listed(far_end, client)


def package_of_a_national_access_point() -> dict[str, Any]:
    """A package with the fields of mobilityDCAT-AP."""
    return package(
        "bornes",
        title="Bornes de recharge",
        notes_translated={"fr": "Les bornes.", "nl": "De laadpalen.", "de": "Die Säulen.", "en": "The points."},
        fluent_tags={"fr": ["recharge"], "nl": ["laden"]},
        language=[f"{EU}/language/FRA", f"{EU}/language/NLD"],
        nap_type='["MMTIS"]',
        mobility_theme=json.dumps({f"{MOBILITY}/mobility-theme/filling-and-charging-stations": []}),
        frequency=f"{EU}/frequency/1MIN",
        regions_covered='["http://data.europa.eu/nuts/code/BE3"]',
        countries_covered=[f"{EU}/country/BEL"],
        georeferencing_method=[f"{MOBILITY}/georeferencing-method/geocoordinates"],
        temporal_start="2024-01-01 00:00:00",
        contact_point_name="Service Mobilité",
        contact_point_email="nap@example.be",
        publisher_name="Opérateur de bornes",
        publisher_url="https://bornes.example.be",
        organization={"title": "Une autre organisation"},
        resources=[
            {
                "url": "https://bornes.example.be/ocpi",
                "name": "OCPI",
                "description_resource_translated": {"fr": "Le flux", "nl": ""},
                "format": f"{EU}/file-type/JSON",
                "acc_mod": f"{MOBILITY}/mobility-data-standard/datex-II",
                "acc_enc": "UTF-8",
                "acc_int": f"{MOBILITY}/application-layer-protocol/http-https",
                "acc_con": f"{MOBILITY}/communication-method/pull",
                "conditions_usage": f"{MOBILITY}/conditions-for-access-and-usage/licence-provided",
                "license_type": f"{EU}/licence/CC_BY_4_0",
            }
        ],
    )


def test_mobility_package_of_a_national_access_point() -> None:
    candidate = mapped(package_of_a_national_access_point())
    dataset, resource = candidate.dataset, candidate.dataset["resources"][0]
    assert candidate.publishers == ("Opérateur de bornes",)
    assert dataset["type"] == "mobility"
    assert dataset["theme"] == [f"{EU}/data-theme/TRAN"]
    assert dataset["mobility_theme"] == [f"{MOBILITY}/mobility-theme/filling-and-charging-stations"]
    assert dataset["nap_type"] == ["MMTIS"]
    assert set(dataset["notes_translated"]) == {"fr", "nl", "de", "en"}
    assert dataset["tags_translated"] == {"fr": ["recharge"], "nl": ["laden"]}
    assert [place["uri"].rsplit("/", 1)[-1] for place in dataset["spatial_coverage"]] == ["BE3", "BEL"]
    assert dataset["contact"] == [{"name": "Service Mobilité", "email": "nap@example.be"}]
    assert dataset["temporal_coverage"] == [{"start": "2024-01-01T00:00:00"}]
    assert (resource["format"], resource["license"]) == ("JSON", f"{EU}/licence/CC_BY_4_0")
    assert resource["mobility_data_standard"].endswith("/datex-II")
    assert resource["character_encoding"] == "UTF-8"
    assert resource["conditions_for_access_and_usage"].endswith("/licence-provided")
    assert resource["description_translated"] == {"fr": "Le flux"}


def test_extras_of_ckanext_dcat_are_read_and_those_of_the_harvest_left() -> None:
    extras = {
        "dcat_issued": "2020-01-01",
        "frequency": "annual",
        "theme": f'["{EU}/data-theme/ENVI"]',
        "publisher_name": "Ville de Liège",
        "contact_name": "Cellule SIG",
        "contact_email": "mailto:sig@liege.be",
        "temporal_start": "2020",
        "spatial": '{"type": "Point", "coordinates": [5.57, 50.63]}',
        "guid": "https://metawal.example.be/id/4711",
        "harvest_object_id": "c0ffee",
        "harvest_source_title": "Metawal",
    }
    dataset = mapped(package("x", extras=[{"key": key, "value": value} for key, value in extras.items()])).dataset
    assert dataset["identifier"] == dataset["uri"] == "https://metawal.example.be/id/4711"
    assert dataset["issued"] == "2020-01-01"
    assert dataset["frequency"] == f"{EU}/frequency/ANNUAL"
    assert dataset["theme"] == [f"{EU}/data-theme/ENVI"]
    assert dataset["publisher"] == [{"name": "Ville de Liège"}]
    assert dataset["contact"] == [{"name": "Cellule SIG", "email": "sig@liege.be"}]
    assert json.loads(dataset["spatial_coverage"][0]["geom"])["type"] == "Point"
    assert not [key for key in dataset if key.startswith("harvest")]


@pytest.mark.parametrize(
    ("licence", "code"),
    [
        ({"license_id": "cc-by", "license_url": "http://www.opendefinition.org/licenses/cc-by"}, "CC_BY"),
        ({"license_id": "x", "license_url": "https://creativecommons.org/licenses/by/4.0/"}, "CC_BY_4_0"),
        ({"license_title": "CC0"}, "CC0"),
        ({"license_id": "cc-zero"}, "CC0"),
        ({"license_id": "notspecified", "license_title": "License not specified"}, None),
    ],
)
def test_licence_by_address_code_or_title(licence: dict[str, str], code: str | None) -> None:
    dataset = mapped(package("x", resources=[{"url": "https://a.be/x.csv"}], **licence)).dataset
    found = dataset.get("license_id")
    assert (found is None) if code is None else str(found).rsplit("/", 1)[-1].startswith(code)
    assert code is not None or "rights" not in dataset["resources"][0]


def test_groups_serve_as_themes_and_those_nobody_knows_as_keywords() -> None:
    groups = [{"name": "tran", "title": "Transport"}, {"name": "divers", "display_name": "Choses diverses"}]
    dataset = mapped(package("x", groups=groups, tags=[{"name": "l'eau"}])).dataset
    assert dataset["theme"] == [f"{EU}/data-theme/TRAN"]
    assert dataset["tags_translated"] == {"fr": ["l eau", "Choses diverses"]}


@pytest.mark.parametrize(
    "title",
    [{"fr": "Vélos", "nl": "Fietsen"}, '{"fr": "Vélos", "nl": "Fietsen"}', {"fr": "Vélos", "nl": "Fietsen", "de": ""}],
)
def test_title_in_languages_whichever_field_holds_it(title: Any) -> None:
    expected = {"fr": "Vélos", "nl": "Fietsen"}
    assert mapped(package("x", title=title)).dataset["title_translated"] == expected
    assert mapped(package("x", title_translated=title)).dataset["title_translated"] == expected


def test_files_of_a_package() -> None:
    dataset = mapped(
        package(
            "x",
            resources=[
                {
                    "url": "/dataset/x/resource/1/download/a.csv",
                    "name": "Table",
                    "mimetype": "text/csv",
                    "size": 42,
                    "hash": "abc",
                    "created": "2026-01-02T03:04:05.678",
                    "last_modified": "2026-02-03T04:05:06.789",
                },
                {"url": "https://a.be/b.zip", "format": "SHP", "mimetype": "application/zip", "last_modified": None},
                {"url": "", "name": "sans adresse"},
                {"url": "https://a.be/gone.csv", "state": "deleted"},
                "text",
            ],
        )
    ).dataset
    table, outline = dataset["resources"]
    assert table["url"] == "https://portail.example.be/dataset/x/resource/1/download/a.csv"
    assert (table["format"], table["size"], table["issued"]) == ("CSV", "42", "2026-01-02T03:04:05+00:00")
    assert "hash" not in table
    assert dataset["modified"] == table["modified"] == "2026-02-03T04:05:06+00:00"
    assert (outline["format"], outline["compress_format"]) == ("SHP", "application/zip")


def test_script_in_every_text_is_text() -> None:
    evil = "<script>alert(1)</script>Vélos"
    dataset = mapped(
        package("x", title=evil, notes=evil, resources=[{"url": "https://a.be/x.csv", "name": evil}])
    ).dataset
    assert "script" not in json.dumps(dataset)


@pytest.mark.parametrize("odd", [None, 7, True, "text", [], {}, [None], [[]], {"a": 1}, "[", "{not json", ["x", 3]])
@pytest.mark.parametrize(
    "name",
    [
        "extras",
        "tags",
        "groups",
        "resources",
        "organization",
        "contact",
        "publisher",
        "spatial",
        "spatial_coverage",
        "temporal_coverage",
        "theme",
        "language",
        "license_id",
        "metadata_modified",
        "notes",
        "url",
        "mobility_theme",
    ],
)
def test_field_of_an_odd_shape_breaks_nothing(name: str, odd: Any) -> None:
    assert mapped(package("x", **{name: odd})).dataset["title_translated"] == {"fr": "x"}
