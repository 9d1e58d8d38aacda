"""Rules for places."""

from __future__ import annotations

import pytest
from drafts import clean


@pytest.mark.rule("place-read")
def test_place_given_as_address_with_blanks_becomes_text() -> None:
    place = {"uri": "https://data.example.be/France entière et hors territoire"}
    assert clean("spatial_coverage", [place]) == [{"text": "France entière et hors territoire"}]


@pytest.mark.rule("place-read")
def test_outline_with_its_reference_system_becomes_geojson() -> None:
    wkt = "\n <http://www.opengis.net/def/crs/OGC/1.3/CRS84>\n Polygon((4 50, 5 50, 5 51, 4 50))"
    found = clean("spatial_coverage", [{"text": "Ici", "geom": wkt}])
    assert found[0]["geom"] == '{"type":"Polygon","coordinates":[[[4.0,50.0],[5.0,50.0],[5.0,51.0],[4.0,50.0]]]}'


@pytest.mark.rule("place-code")
@pytest.mark.parametrize("code", ["52011", "52011.0", "INS 52011"])
def test_place_given_as_nis_code_gets_its_name(code: str) -> None:
    assert clean("spatial_coverage", [{"text": code}]) == [{"text": "Charleroi"}]


@pytest.mark.rule("place-code")
@pytest.mark.parametrize(("code", "name"), [("55022", "La Louvière"), ("82003", "Bastogne")])
def test_place_given_as_former_code_gets_the_name_of_today(code: str, name: str) -> None:
    assert clean("spatial_coverage", [{"text": code}]) == [{"text": name}]


@pytest.mark.rule("place-code")
@pytest.mark.parametrize(
    ("place", "read"),
    [
        ({"text": "BE3"}, {"uri": "https://sws.geonames.org/3337387/", "text": "Wallonie"}),
        ({"uri": "http://nuts.geovocab.org/id/BE"}, {"uri": "https://sws.geonames.org/2802361/", "text": "Belgique"}),
        ({"text": "BE35"}, {"uri": "http://data.europa.eu/nuts/code/BE35", "text": "Province de Namur"}),
        ({"uri": "http://data.europa.eu/nuts/code/BE3"}, {"uri": "http://data.europa.eu/nuts/code/BE3"}),
        ({"text": "Beez"}, {"text": "Beez"}),
    ],
)
def test_place_given_as_nuts_code_gets_its_name_and_address(place: dict[str, str], read: dict[str, str]) -> None:
    assert clean("spatial_coverage", [place]) == [read]


@pytest.mark.rule("place-read")
def test_known_place_gets_https() -> None:
    place = {"uri": "http://sws.geonames.org/3337387"}
    assert clean("spatial_coverage", [place]) == [{"uri": "https://sws.geonames.org/3337387/"}]
