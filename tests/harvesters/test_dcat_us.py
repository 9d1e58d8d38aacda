"""`dcat_us`: data.json as ArcGIS Hub, Statbel and Mons serve it, and what such a file may get wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from far_end import Answer, FarEnd
from listing import records

from ckanext.smartregion.fetch import Client, FetchError
from ckanext.smartregion.harvest.records import Candidate, ListingError, Record, Source
from ckanext.smartregion.harvesters import harvester

EU = "http://publications.europa.eu/resource/authority"
DCAT_US = harvester("dcat_us")


def dataset(name: str, **more: Any) -> dict[str, Any]:
    """A dataset as the standard has it."""
    return {"@type": "dcat:Dataset", "identifier": name, "title": name, "accessLevel": "public", **more}


def catalogue(*datasets: Any) -> str:
    """A file with these datasets."""
    return json.dumps({"conformsTo": "https://project-open-data.cio.gov/v1.1/schema", "dataset": list(datasets)})


def listed(url: str, client: Client) -> list[Record]:
    """Every record of a file."""
    return records(Source("test", "dcat_us", url), client)


def mapped(item: dict[str, Any]) -> Candidate:
    """A dataset of a file as a candidate."""
    return DCAT_US.map(Record("x", item), Source("test", "dcat_us", "https://portail.example.be/data.json"))


# -- real payloads


@pytest.mark.parametrize(("name", "number"), [("dcatus.json", 7), ("dcatus_2.json", 3)])
def test_real_files(far_end: FarEnd, client: Client, shared: Path, name: str, number: int) -> None:
    url = far_end.serve("/data.json", (shared / "samples/dcat-us" / name).read_bytes())
    found = listed(url, client)
    candidates = {record.remote_id: DCAT_US.map(record, Source("test", "dcat_us", url)) for record in found}
    assert list(candidates) == [f"cftc-dc{each}" for each in range(1, number + 1)]
    first, second = candidates["cftc-dc1"], candidates["cftc-dc2"].dataset
    assert first.publishers == ("U.S. Commodity Futures Trading Commission",)
    assert first.dataset["title_translated"] == {"en": "Commitment of Traders"}
    assert first.dataset["contact"] == [{"name": "Harold W. Hild", "email": "hhild@CFTC.GOV"}]
    assert first.dataset["frequency"] == f"{EU}/frequency/WEEKLY"
    assert second["frequency"] == f"{EU}/frequency/MONTHLY"
    assert "modified" not in second
    assert second["access_rights"] == f"{EU}/access-right/PUBLIC"
    assert second["documentation"][0].endswith("/ExplanatoryNotes/index.htm")
    assert second["resources"][0]["access_url"].endswith("/BankParticipationReports/index.htm")


def test_real_list_without_a_catalogue_around_it(far_end: FarEnd, client: Client, shared: Path) -> None:
    url = far_end.serve("/list.json", (shared / "samples/ckan/catalog-datasets-list.json").read_bytes())
    first, second = (DCAT_US.map(each, Source("test", "dcat_us", url)).dataset for each in listed(url, client))
    assert first["uri"] == "https://data.some.org/catalog/datasets/1"
    assert first["language"] == [f"{EU}/language/ENG"]
    assert first["publisher"] == [{"name": "Publishing Organization for dataset 1", "email": "contact@some.org"}]
    assert [each.get("format") for each in first["resources"]] == ["CSV", "PDF", None]
    assert second["modified"] == "2013-04-01"


# -- where the file is


def test_portal_alone_will_do(far_end: FarEnd, client: Client) -> None:
    far_end.serve("/data.json", catalogue(dataset("a")))
    assert [record.remote_id for record in listed(far_end.url + "/", client)] == ["a"]


def test_feed_of_an_arcgis_hub_is_found(far_end: FarEnd, client: Client) -> None:
    far_end.serve("/api/feed/dcat-us/1.1.json", catalogue(dataset("a")))
    assert [record.remote_id for record in listed(far_end.url, client)] == ["a"]


def test_file_that_is_named_is_the_only_one_that_is_asked_for(far_end: FarEnd, client: Client) -> None:
    far_end.serve("/data.json", catalogue(dataset("a")))
    with pytest.raises(FetchError, match="status 404"):
        listed(far_end.url + "/other.json", client)


# -- what a dataset says


def dataset_of_an_arcgis_hub() -> dict[str, Any]:
    """A dataset as a hub lists it, with what such lists get wrong."""
    return dataset(
        "https://www.arcgis.com/home/item.html?id=4711&sublayer=0",
        title="Parkings vélos",
        description="<p>Les <b>parkings</b></p>",
        keyword=["vélo", "Braine-l'Alleud"],
        issued="2024-01-02T03:04:05.000Z",
        modified="2026-03-01T10:00:00.000Z",
        publisher={"name": "Ville de Mons"},
        contactPoint={"@type": "vcard:Contact", "fn": "SIG", "hasEmail": "mailto:mailto:sig@mons.be"},
        landingPage="https://mons.example.be/datasets/4711_0",
        spatial="3.85,50.36,4.08,50.52",
        license="",
        theme=["geospatial"],
        distribution=[
            {
                "title": "Page",
                "format": "Web Page",
                "mediaType": "text/html",
                "accessURL": "https://mons.example.be/4711",
            },
            {
                "title": "CSV",
                "format": "CSV",
                "mediaType": "text/csv",
                "accessURL": "https://mons.example.be/4711.csv",
            },
            {"title": "sans adresse", "format": "ZIP"},
        ],
    )


def test_dataset_of_an_arcgis_hub() -> None:
    found = mapped(dataset_of_an_arcgis_hub())
    data = found.dataset
    assert found.publishers == ("Ville de Mons",)
    assert data["identifier"] == data["uri"] == "https://www.arcgis.com/home/item.html?id=4711&sublayer=0"
    assert data["url"] == "https://mons.example.be/datasets/4711_0"
    assert data["contact"] == [{"name": "SIG", "email": "sig@mons.be"}]
    assert data["notes_translated"] == {"fr": "Les parkings"}
    assert data["tags_translated"]["fr"][:2] == ["vélo", "Braine-l Alleud"]
    assert data["modified"] == "2026-03-01T10:00:00+00:00"
    box = json.loads(data["spatial_coverage"][0]["bbox"])
    assert box["coordinates"][0][0] == [3.85, 50.36]
    assert box["coordinates"][0][2] == [4.08, 50.52]
    assert [each["url"] for each in data["resources"]] == [
        "https://mons.example.be/4711",
        "https://mons.example.be/4711.csv",
    ]
    assert "license_id" not in data


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2012-01-15/2013-12-31", {"start": "2012-01-15", "end": "2013-12-31"}),
        (
            "2000-01-15T00:45:00Z/2010-01-15T00:06:00Z",
            {"start": "2000-01-15T00:45:00+00:00", "end": "2010-01-15T00:06:00+00:00"},
        ),
        ("2020/..", {"start": "2020"}),
        ("../2020", {"end": "2020"}),
        ("2020-01-01/P1Y", {"start": "2020-01-01"}),
        ("2020", {"start": "2020", "end": "2020"}),
        (["2012/2013"], {"start": "2012", "end": "2013"}),
        ("toujours", None),
        ("R/P1Y", None),
    ],
)
def test_period(written: Any, expected: dict[str, str] | None) -> None:
    assert mapped(dataset("x", temporal=written)).dataset.get("temporal_coverage") == ([expected] if expected else None)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("R/P1Y", "ANNUAL"),
        ("R/P0.5M", "MONTHLY_2"),
        ("R/P3.5D", "WEEKLY_2"),
        ("R/P10Y", "DECENNIAL"),
        ("R/PT1S", "CONT"),
        ("irregular", "IRREG"),
        ("Annuelle", "ANNUAL"),
    ],
)
def test_repetition(written: str, code: str) -> None:
    assert mapped(dataset("x", accrualPeriodicity=written)).dataset["frequency"] == f"{EU}/frequency/{code}"


@pytest.mark.parametrize("modified", ["R/P1Y", "R/P1W"])
def test_repetition_in_the_place_of_a_date(modified: str) -> None:
    data = mapped(dataset("x", modified=modified)).dataset
    assert "modified" not in data
    assert data["frequency"].startswith(f"{EU}/frequency/")


POINT = {"type": "Point", "coordinates": [3.95, 50.45]}


@pytest.mark.parametrize(
    ("written", "field", "expected"),
    [
        ("Mons", "text", "Mons"),
        ("https://sws.geonames.org/2790869/", "uri", "https://sws.geonames.org/2790869/"),
        (POINT, "geom", "Point"),
        (json.dumps(POINT), "geom", "Point"),
        (" 3.85, 50.36, 4.08, 50.52 ", "bbox", "Polygon"),
        ([3.85, 50.36, 4.08, 50.52], "bbox", "Polygon"),
        ({"type": "envelope", "coordinates": [[3.85, 50.52], [4.08, 50.36]]}, "bbox", "Polygon"),
        ({"type": "envelope", "coordinates": ["a", "b"]}, None, None),
        ({"type": "envelope", "coordinates": [[1], [2]]}, None, None),
        ("{not json", "text", "{not json"),
    ],
)
def test_place(written: Any, field: str | None, expected: str | None) -> None:
    found = mapped(dataset("x", spatial=written)).dataset.get("spatial_coverage", [{}])[0]
    if expected in ("Point", "Polygon"):
        assert json.loads(found[field])["type"] == expected
    elif field:
        assert found == {field: expected}
    else:
        assert "bbox" not in found


def test_envelope_has_its_corners_in_order() -> None:
    place = mapped(dataset("x", spatial={"type": "envelope", "coordinates": [[4.08, 50.36], [3.85, 50.52]]})).dataset
    corners = json.loads(place["spatial_coverage"][0]["bbox"])["coordinates"][0]
    assert corners == [[3.85, 50.36], [3.85, 50.52], [4.08, 50.52], [4.08, 50.36], [3.85, 50.36]]


@pytest.mark.parametrize(
    ("licence", "code"),
    [
        ("https://creativecommons.org/licenses/by/4.0/", "CC_BY_4_0"),
        ("CC0", "CC0"),
        ("", None),
        ("license", None),
        (None, None),
    ],
)
def test_licence_that_says_nothing_is_none(licence: Any, code: str | None) -> None:
    data = mapped(dataset("x", license=licence, distribution=[{"downloadURL": "https://a.be/x.csv"}])).dataset
    assert data.get("license_id") == (f"{EU}/licence/{code}" if code else None)
    assert "rights" not in data["resources"][0]


def test_licence_that_contradicts_itself_stays_with_each_file() -> None:
    distribution = [
        {"downloadURL": "https://a.be/a.csv", "license": "https://creativecommons.org/publicdomain/zero/1.0/"},
        {"downloadURL": "https://a.be/b.csv"},
    ]
    by = "https://creativecommons.org/licenses/by/4.0/"
    resources = mapped(dataset("x", license=by, distribution=distribution)).dataset["resources"]
    assert [each["license"].rsplit("/", 1)[-1] for each in resources] == ["CC0", "CC_BY_4_0"]


@pytest.mark.parametrize(
    ("level", "code"), [("public", "PUBLIC"), ("restricted public", "RESTRICTED"), ("non-public", "NON_PUBLIC")]
)
def test_access_level(level: str, code: str) -> None:
    assert mapped(dataset("x", accessLevel=level)).dataset["access_rights"] == f"{EU}/access-right/{code}"


@pytest.mark.parametrize(
    ("publisher", "name"),
    [
        ({"name": "Statbel", "subOrganizationOf": {"name": "SPF Économie"}}, "Statbel"),
        ([{"name": "Statbel"}], "Statbel"),
        ("Statbel", "Statbel"),
    ],
)
def test_publisher_is_who_publishes_and_not_who_stands_above(publisher: Any, name: str) -> None:
    assert mapped(dataset("x", publisher=publisher)).publishers == (name,)


def test_download_comes_before_access_and_both_are_kept() -> None:
    distribution = [{"accessURL": "https://a.be/page", "downloadURL": "https://a.be/x.json", "byteSize": 12}]
    resource = mapped(dataset("x", distribution=distribution)).dataset["resources"][0]
    assert resource["url"] == resource["download_url"] == "https://a.be/x.json"
    assert resource["access_url"] == "https://a.be/page"
    assert (resource["format"], resource["size"]) == ("JSON", "12")


def test_single_file_of_the_former_standard() -> None:
    data = mapped(dataset("x", accessURL="https://a.be/x.csv", format="text/csv")).dataset
    assert [(each["url"], each["format"]) for each in data["resources"]] == [("https://a.be/x.csv", "CSV")]


def test_pages_in_one_text_are_taken_apart() -> None:
    data = mapped(dataset("x", references=["https://a.be/1,https://a.be/2", "page"], describedBy="https://a.be/3"))
    assert data.dataset["documentation"] == ["https://a.be/3", "https://a.be/1", "https://a.be/2"]


def test_free_themes_become_keywords_and_known_ones_themes() -> None:
    data = mapped(dataset("x", theme=["Transport", "geospatial"], keyword="vélo; parking")).dataset
    assert data["theme"] == [f"{EU}/data-theme/TRAN"]
    assert data["tags_translated"] == {"fr": ["vélo", "parking", "geospatial"]}


@pytest.mark.parametrize("odd", [None, 7, True, "text", [], {}, [None], [[]], {"a": 1}, "[", ["x", 3]])
@pytest.mark.parametrize(
    "name",
    [
        "keyword",
        "publisher",
        "contactPoint",
        "distribution",
        "spatial",
        "temporal",
        "theme",
        "language",
        "license",
        "modified",
        "description",
        "accrualPeriodicity",
        "references",
        "landingPage",
    ],
)
def test_field_of_an_odd_shape_breaks_nothing(name: str, odd: Any) -> None:
    assert mapped(dataset("x", **{name: odd})).dataset["title_translated"] == {"fr": "x"}


# -- what a file may get wrong


@pytest.mark.parametrize("broken", ["text", None, 7, [], {}, {"title": "sans identifiant"}, {"identifier": ""}])
def test_broken_dataset_is_a_record_with_a_problem(far_end: FarEnd, client: Client, broken: Any) -> None:
    url = far_end.serve("/data.json", catalogue(dataset("a"), broken, dataset("b")))
    found = listed(url, client)
    assert [record.problem is None for record in found] == [True, False, True]
    assert "has no “identifier”" in found[1].problem["en"]


def test_identifier_that_comes_twice_is_one_record(far_end: FarEnd, client: Client) -> None:
    url = far_end.serve("/data.json", catalogue(dataset("a"), dataset(" A"), dataset("b")))
    assert [record.remote_id for record in listed(url, client)] == ["a", "b"]


def test_landing_page_serves_where_the_identifier_is_missing(far_end: FarEnd, client: Client) -> None:
    url = far_end.serve("/data.json", catalogue({"title": "a", "landingPage": "https://a.be/a"}))
    assert [record.remote_id for record in listed(url, client)] == ["https://a.be/a"]


def test_file_with_a_byte_order_mark_and_raw_line_breaks(far_end: FarEnd, client: Client) -> None:
    text = '\ufeff{"dataset": [{"identifier": "a", "title": "Une\nligne"}]}'
    url = far_end.serve("/data.json", text)
    record = listed(url, client)[0]
    assert mapped(record.payload).dataset["title_translated"] == {"fr": "Une ligne"}


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "without any content"),
        (b"<html>Maintenance</html>", "web page"),
        (b'{"dataset": [', "can't be read"),
        (b'{"dataset": "\xe8"}', "not UTF-8"),
        (b'{"dataset": ' + b"[" * 100_000, "nested more than"),
        (b'{"dataset": ' + b'{"a":' * 200 + b"1" + b"}" * 201, "nested more than"),
        (b"{}", "no list of datasets"),
        (b'{"dataset": {}}', "no list of datasets"),
        (b'"text"', "no list of datasets"),
    ],
)
def test_answer_that_is_no_catalogue_is_refused(far_end: FarEnd, client: Client, body: bytes, sentence: str) -> None:
    url = far_end.serve("/data.json", body)
    with pytest.raises(ListingError, match=sentence):
        listed(url, client)


def test_valid_but_empty_file_is_a_complete_list_of_nobody(far_end: FarEnd, client: Client) -> None:
    assert listed(far_end.serve("/data.json", catalogue()), client) == []


def test_file_beyond_the_cap_is_refused_before_it_is_read(far_end: FarEnd, client: Client) -> None:
    url = far_end.serve("/data.json", b'{"dataset": [' + b" " * (24 * 1024 * 1024))
    with pytest.raises(FetchError, match="larger than"):
        listed(url, client)


@pytest.mark.parametrize("status", [401, 403, 404, 410, 429, 500, 503])
def test_refused_file_is_no_empty_list(far_end: FarEnd, client: Client, status: int) -> None:
    url = far_end.serve("/data.json", Answer(status=status))
    with pytest.raises(FetchError, match=f"status {status}"):
        listed(url, client)
