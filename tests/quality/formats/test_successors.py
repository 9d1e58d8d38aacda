"""A new version of a file that is no table beside the one before: what it lost, and places that moved."""

import json

import pytest

from ckanext.smartregion.quality.plausibility import implausible
from ckanext.smartregion.schemas.format_contracts import COMPARING, format_contract, format_contracts

from tests.quality.formats.conftest import example

COMPARED = [one.name for one in format_contracts() if set(COMPARING) <= set(one.rule_names)]


def points(count, *, east=0.0):
    places = [[4.8 + east + n / 1000, 50.4 + n / 1000] for n in range(count)]
    features = [
        {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": place}} for place in places
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


def stops(count):
    feed = example("gtfs")
    feed["stops.txt"] += "".join(f"S{n},Arrêt {n},50.4{n:02},4.8{n:02},0,\n" for n in range(count))
    return feed


def locations(count):
    [location] = json.loads(example("ocpi"))
    return json.dumps([location | {"id": f"LOC{n}", "evses": []} for n in range(count)])


@pytest.fixture
def told(examined):
    """The rules that a version breaks beside a former one, with their severity."""

    def told(name, former, new):
        before, now = (examined(name, content)["profile"] for content in (former, new))
        return [(one["rule"], one["severity"]) for one in implausible(now, before, format_contract(name))]

    return told


@pytest.mark.parametrize(
    ("name", "make", "severity"), [("geojson", points, "warn"), ("gtfs", stops, "warn"), ("ocpi", locations, "block")]
)
def test_version_that_lost_over_thirty_percent_is_told_as_the_policy_says(told, name, make, severity):
    assert ("rows-lost", severity) in told(name, make(90), make(30))
    assert told(name, make(40), make(39)) == []
    assert told(name, make(40), make(90)) in ([], [("box-moved", "warn")])


def test_places_that_moved_are_told_with_the_figures(examined):
    before, now = (examined("geojson", points(50, east=east))["profile"] for east in (0, 0.5))

    [finding] = implausible(now, before, format_contract("geojson"))

    assert finding["rule"] == "box-moved"
    assert "35.4 km" in finding["message"]["en"]


def test_few_elements_are_not_compared(told):
    assert told("geojson", points(29), points(2)) == []


def test_what_lies_at_impossible_coordinates_is_in_no_area(examined):
    outcome = examined("geojson", points(3).replace("[4.8, 50.4]", "[185297.5, 127856.2]"))

    assert outcome["profile"]["boxes"][""] == pytest.approx([4.801, 50.401, 4.802, 50.402])


def test_what_was_not_read_to_its_end_and_what_changes_by_the_minute_have_nothing_to_compare(examined):
    assert examined("geojson", "[1, 2]")["profile"] is None
    assert examined("datex2", example("datex2"))["profile"] is None
    assert set(COMPARED) == {"geojson", "gtfs", "ocpi"}
