"""GBFS 2.3 and 3.0: each rule by one thing that breaks it in a system that is right."""

import json

import pytest

from ckanext.smartregion.schemas.format_contracts import COMPARING, PERSONAL, format_contract

from tests.quality.formats.conftest import example

GBFS = format_contract("gbfs")
STATION = {"station_id": "a", "name": "Gare", "lat": 50.46, "lon": 4.86}
BIKE = {"bike_id": "b", "is_reserved": False, "is_disabled": False, "lat": 50.46, "lon": 4.86}


def old(data, **more):
    """A file of version 2.3."""
    return json.dumps({"last_updated": 1_762_066_800, "ttl": 0, "version": "2.3", "data": data, **more})


def feeds(*names):
    return {"fr": {"feeds": [{"name": name, "url": f"https://velos.example/{name}.json"} for name in names]}}


def renamed(file, before, after):
    """The valid system with an identifier changed in one of its files."""
    system = example("gbfs")
    return system | {file: system[file].replace(before, after)}


BROKEN = [
    ("missing-part", "station_information.lon", old({"stations": [{"station_id": "a", "name": "Gare", "lat": 50.4}]})),
    ("missing-part", "gbfs.system_information", old(feeds("station_status"))),
    ("missing-part", "gbfs.feeds", old({"fr": {"feeds": None}})),
    ("missing-part", "station_information.ttl", json.dumps({"last_updated": 1, "version": "2.3",
     "data": {"stations": [STATION]}})),
    ("recommended-part", "system_information.license_url", old({"system_id": "x", "language": "fr", "name": "X",
     "timezone": "Europe/Brussels"})),
    ("wrong-value", "station_information.lat", old({"stations": [STATION, {**STATION, "station_id": "b",
     "lat": "50.4"}]})),
    ("wrong-value", "system_information.timezone", old({"system_id": "x", "language": "fr", "name": "X",
     "timezone": "CET+1h"})),
    ("wrong-value", "station_information.last_updated", old({"stations": [STATION]}, last_updated="hier")),
    ("wrong-value", "free_bike_status.is_reserved", old({"bikes": [{**BIKE, "is_reserved": 1}]})),
    ("wrong-value", "free_bike_status", old({"bikes": [BIKE, "velo"]})),
    ("wrong-value", "gbfs.feeds.url", old({"feeds": [{"name": "system_information", "url": "system.json"}]})),
    ("not-listed", "vehicle_types.form_factor", old({"vehicle_types": [{"vehicle_type_id": "v",
     "form_factor": "boat", "propulsion_type": "human"}]})),
    ("out-of-range", "station_information.capacity", old({"stations": [{**STATION, "capacity": -3}]})),
    ("out-of-range", "free_bike_status.current_fuel_percent", old({"bikes": [{**BIKE, "current_fuel_percent": 80}]})),
    ("duplicate-id", "free_bike_status.bike_id", old({"bikes": [BIKE, BIKE]})),
    ("duplicate-id", "gbfs.feeds.name", old(feeds("system_information", "system_information"))),
    ("unknown-reference", "station_status.station_id",
     renamed("station_information.json", "gare", "port")),
    ("unknown-reference", "vehicle_status.vehicle_type_id",
     renamed("vehicle_types.json", '"velo"', '"trottinette"')),
    ("outside-region", "free_bike_status.lat", old({"bikes": [{**BIKE, "lat": 4.86, "lon": 50.46}]})),
    ("in-future", "free_bike_status.last_updated", old({"bikes": [BIKE]}, last_updated=1_893_456_000)),
    ("gbfs-not-checked", "alerts", old({"alerts": []})),
    ("gbfs-version", "version", old({"bikes": [BIKE]}, version="1.1")),
    ("duplicate-member", "ttl", '{"last_updated": 1, "ttl": 1, "ttl": 2, "version": "2.3", "data": {"bikes": []}}'),
]  # fmt: skip


def test_the_example_breaks_no_rule_as_an_archive_and_file_by_file(found):
    assert found("gbfs", example("gbfs")) == []
    for content in example("gbfs").values():
        assert found("gbfs", content) == []


@pytest.mark.parametrize(("rule", "where", "content"), BROKEN)
def test_rule_is_found_where_it_is_broken_and_means_what_the_policy_says(examined, rule, where, content):
    outcome = examined("gbfs", content)
    finding = next(one for one in outcome["findings"] if (one["rule"], one["column"]) == (rule, where))

    assert finding["severity"] == GBFS.policy[rule]
    assert finding["samples"]


def test_every_rule_has_its_case():
    assert {rule for rule, *_ in BROKEN} | {"not-this-format"} == set(GBFS.rule_names) - {*PERSONAL, *COMPARING}


def test_a_system_without_a_free_vehicle_right_now_is_right(found):
    assert found("gbfs", old({"bikes": []})) == []


def test_a_moment_to_come_is_judged_again_when_it_comes(examined):
    assert examined("gbfs", old({"bikes": [BIKE]}, last_updated=1_893_456_000))["until"] == "2029-12-31"


@pytest.mark.parametrize("moment", [10**18, -(10**18), 1e300, True, [], {}])
def test_no_moment_ends_the_check(examined, moment):
    rules = [one["rule"] for one in examined("gbfs", old({"bikes": [BIKE]}, last_updated=moment))["findings"]]

    assert "wrong-value" in rules


@pytest.mark.parametrize("content", [b"[]", b'{"data": []}', {"lisez-moi.txt": "bonjour"}, b"42", old({"station": []})])
def test_what_is_no_gbfs_is_refused(found, content):
    assert found("gbfs", content) == [("not-this-format", None)]
