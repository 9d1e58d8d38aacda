"""Rules for resources."""

from __future__ import annotations

import pytest
from drafts import EU, FILE, applied, clean, resource


@pytest.mark.rule("exports-folded")
def test_exports_are_folded_to_the_useful_ones() -> None:
    base = "https://a.be/api/explore/v2.1/catalog/datasets/x/exports/"
    exports = [{"url": base + name} for name in ("csv", "json", "geojson", "shp", "kml", "xlsx", "jsonl", "gpx")]
    kept = clean("resources", [*exports, {"url": "https://a.be/doc.pdf"}])
    assert [each["format"] for each in kept] == ["CSV", "JSON", "GEOJSON", "SHP", "PDF"]


@pytest.mark.rule("format-code")
def test_zipped_shapefile_says_that_it_is_zipped() -> None:
    found = resource(url="https://a.be/exports/shp", format="", mimetype="application/zip")
    assert (found["format"], found["mimetype"], found["compress_format"]) == (
        "SHP",
        "application/vnd.shp",
        "application/zip",
    )


@pytest.mark.rule("format-code")
@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"format": "https://www.iana.org/assignments/media-types/application/json"}, "JSON"),
        ({"format": "text/csv"}, "CSV"),
        ({"format": "XSLX"}, "XLSX"),
        ({"format": "GeoTIFF"}, "GEOTIFF"),
        ({"format": f"{EU}/file-type/PDF"}, "PDF"),
        ({"format": "", "url": "https://a.be/x.geojson?v=1"}, "GEOJSON"),
        ({"format": "", "url": "https://a.be/x"}, None),
    ],
)
def test_format_of_every_fashion_becomes_its_eu_code(facts: dict[str, str], code: str | None) -> None:
    assert resource(**facts).get("format") == code


@pytest.mark.rule("resource-address")
def test_resource_without_address_goes() -> None:
    assert clean("resources", [{"format": "csv"}, {"url": "odsfile://a.pdf"}]) is None


@pytest.mark.rule("resource-name")
def test_resource_without_name_takes_its_formats() -> None:
    assert resource()["name_translated"]["de"] == "CSV (Tabelle)"


@pytest.mark.rule("resources-capped")
def test_more_resources_than_a_page_can_bear_are_capped() -> None:
    many = [{"url": f"https://a.be/{number}.csv"} for number in range(8327)]
    assert len(clean("resources", many)) == 500
    assert "resources-capped" in applied({"resources": many})


@pytest.mark.rule("landing-page")
def test_landing_page_that_is_the_file_goes() -> None:
    assert clean("url", FILE["url"], resources=[FILE]) is None


@pytest.mark.rule("format-code")
@pytest.mark.parametrize(
    "facts",
    [
        {"url": "https://a.be/api/explore/v2.1/catalog/datasets/x/exports/shp"},
        {"url": "https://a.be/bati.zip", "format": "SHP"},
        {"mimetype": "application/zip", "format": "Shapefile"},
        {"mimetype": "application/vnd.shp", "url": "https://a.be/x?format=shp", "format": ""},
    ],
)
def test_shapefile_is_an_archive_also_where_nobody_says_so(facts: dict[str, str]) -> None:
    found = resource(**facts)
    assert (found["format"], found["compress_format"]) == ("SHP", "application/zip")


@pytest.mark.rule("format-code")
@pytest.mark.parametrize(
    "written",
    [
        "https://publications.europa.eu/resource/authority/file-type/CSV",
        "https://www.iana.org/assignments/media-types/text/csv",
    ],
)
def test_format_address_with_https_is_read(written: str) -> None:
    assert resource(format=written, url="https://a.be/x")["format"] == "CSV"


@pytest.mark.rule("landing-page")
def test_landing_page_that_is_the_access_address_goes() -> None:
    file = {"url": "https://walstat.example.be/x", "access_url": "https://walstat.example.be/x"}
    assert clean("url", "https://walstat.example.be/x", resources=[file]) is None
    assert clean("url", "https://walstat.example.be/fiche", resources=[file]) == "https://walstat.example.be/fiche"
