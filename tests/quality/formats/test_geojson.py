"""GeoJSON: each rule by one thing that breaks it, and what is no GeoJSON ends in a clear refusal."""

import json

import pytest

from ckanext.smartregion.schemas.format_contracts import COMPARING, PERSONAL, format_contract

from tests.quality.formats.conftest import example

GEOJSON = format_contract("geojson")
RING = [[4.85, 50.45], [4.86, 50.45], [4.86, 50.46], [4.85, 50.46], [4.85, 50.45]]
NAMUR = {"type": "Point", "coordinates": [4.8667, 50.4669]}


def feature(geometry=NAMUR, **more):
    return {"type": "Feature", "properties": {}, "geometry": geometry, **more}


def collection(*features, **more):
    return {"type": "FeatureCollection", "features": list(features), **more}


def shape(kind, coordinates):
    return collection(feature({"type": kind, "coordinates": coordinates}))


BROKEN = [
    ("geojson-type", "feature", collection({"type": "Thing"})),
    ("geojson-type", "feature", collection(7)),
    ("geojson-type", "geometry.type", shape("Circle", [4.8, 50.4])),
    ("geojson-member", "features", {"type": "FeatureCollection"}),
    ("geojson-member", "properties", collection({"type": "Feature", "geometry": NAMUR})),
    ("geojson-member", "geometry", collection({"type": "Feature", "properties": {}})),
    ("geojson-member", "geometry.coordinates", collection(feature({"type": "Point"}))),
    ("geojson-member", "geometry.geometries", collection(feature({"type": "GeometryCollection"}))),
    ("geojson-position", "geometry.coordinates", shape("Point", [])),
    ("geojson-position", "geometry.coordinates", shape("Point", ["4.8", "50.4"])),
    ("geojson-position", "geometry.coordinates", shape("Point", [[4.8, 50.4]])),
    ("geojson-position", "geometry.coordinates", shape("Polygon", RING)),
    ("geojson-too-few", "geometry.coordinates", shape("LineString", [[4.8, 50.4]])),
    ("geojson-too-few", "geometry.coordinates", shape("Polygon", [RING[:2]])),
    ("geojson-ring-open", "geometry.coordinates", shape("MultiPolygon", [[RING[:-1]]])),
    ("geojson-ring-order", "geometry.coordinates", shape("Polygon", [RING[::-1]])),
    ("geojson-ring-order", "geometry.coordinates", shape("Polygon", [RING, RING])),
    ("geojson-more-numbers", "geometry.coordinates", shape("Point", [4.8, 50.4, 100, 7])),
    ("geojson-crs", "crs", collection(feature(), crs={"type": "name", "properties": {"name": "EPSG:31370"}})),
    ("geojson-crs", "crs", collection(feature(), crs="EPSG:3812")),
    ("geojson-crs-needless", "crs", collection(feature(),
     crs={"properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}})),
    ("geojson-id", "id", collection(feature(id={"n": 1}))),
    ("geojson-bbox", "bbox", collection(feature(), bbox=[4, 51, 5, 50])),
    ("geojson-bbox", "bbox", collection(feature(bbox="4,50,5,51"))),
    ("geojson-no-place", "geometry", collection(feature(None))),
    ("geojson-nested-collection", "geometry", collection(feature({"type": "GeometryCollection", "geometries": [
        {"type": "GeometryCollection", "geometries": [NAMUR]}]}))),
    ("duplicate-id", "id", collection(feature(id=1), feature(id=1))),
    ("duplicate-member", "name", '{"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": null, '
                                 '"properties": {"name": 1, "name": 2}}]}'),
    ("outside-region", "geometry.coordinates", shape("LineString", [[4.8, 50.4], [2.35, 48.85]])),
]  # fmt: skip


def test_the_example_breaks_no_rule(examined):
    outcome = examined("geojson", example("geojson"))

    assert (outcome["findings"], outcome["counts"]) == ([], {"rows": 3, "valid_rows": 3, "invalid_rows": 0})


@pytest.mark.parametrize(("rule", "where", "content"), BROKEN)
def test_rule_is_found_where_it_is_broken_and_means_what_the_policy_says(examined, rule, where, content):
    outcome = examined("geojson", content if isinstance(content, str) else json.dumps(content))
    finding = next(one for one in outcome["findings"] if (one["rule"], one["column"]) == (rule, where))

    assert finding["severity"] == GEOJSON.policy[rule]
    assert finding["samples"]


def test_every_rule_has_its_case():
    assert {rule for rule, *_ in BROKEN} | {"not-this-format"} == set(GEOJSON.rule_names) - {*PERSONAL, *COMPARING}


@pytest.mark.parametrize(
    ("coordinates", "hint"),
    [([50.46, 4.86], {"hint": "swapped"}), ([185297.5, 127856.2], {"hint": "metres"}), ([2.35, 48.85], None)],
)
def test_a_place_outside_is_told_with_the_mistake_it_looks_like(examined, coordinates, hint):
    finding = examined("geojson", json.dumps(shape("Point", coordinates)))["findings"][0]

    assert finding["samples"][0].get("hint") == hint


@pytest.mark.parametrize("content", [feature(), NAMUR, {"type": "GeometryCollection", "geometries": [NAMUR]}])
def test_a_feature_or_a_geometry_alone_is_geojson_too(examined, content):
    outcome = examined("geojson", json.dumps(content))

    assert (outcome["findings"], outcome["file"]["rows"]) == ([], 1)


def test_a_text_and_a_number_are_different_identifiers(found):
    assert found("geojson", json.dumps(collection(feature(id=1), feature(id="1")))) == []


def nested(levels):
    geometry = NAMUR
    for _ in range(levels):
        geometry = {"type": "GeometryCollection", "geometries": [geometry]}
    return json.dumps(collection(feature(geometry)))


HOSTILE = {
    "nothing": (b"  ", "empty-file"),
    "a web page": (b"<html><body>404</body></html>", "web-page"),
    "a PDF": (b"%PDF-1.7", "pdf"),
    "an archive": (b"PK\x03\x04" + b"\0" * 40, "not-this-format"),
    "half a document": (example("geojson")[:-30], "not-json"),
    "NaN": (b'{"type": "Point", "coordinates": [NaN, 50]}', "not-json"),
    "a number of ten thousand digits": (b'{"type": "Point", "coordinates": [' + b"9" * 10_000 + b", 50]}", "not-json"),
    "Latin letters": ('{"type": "Point", "coordinates": [4.8, 50.4], "nom": "Liège"}'.encode("latin-1"), "not-utf8"),
    "null bytes": (b'{"type": \0}', "binary"),
    "endless lists": (b"[" * 200_000, "too-nested"),
    "two hundred objects in one another": (b'{"a":' * 200 + b"1" + b"}" * 200, "too-nested"),
    "groups in groups": (nested(6), "too-nested"),
    "another JSON": (b'{"name": "velos"}', "not-this-format"),
    "a list": (b"[1, 2]", "not-this-format"),
    "no feature": (json.dumps(collection()), "no-records"),
    "infinity by another way": (b'{"type": "Point", "coordinates": [1e999, 50]}', "geojson-position"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_input_ends_in_a_finding_that_holds(examined, name):
    content, rule = HOSTILE[name]

    assert (rule, "block") in [(one["rule"], one["severity"]) for one in examined("geojson", content)["findings"]]
