"""OCPI 2.2.1 locations: each rule by one thing that breaks it in a location that is right."""

import copy
import json

import pytest

from ckanext.smartregion.quality.formats.fields import EVSE_ID
from ckanext.smartregion.schemas.format_contracts import COMPARING, PERSONAL, format_contract

from tests.quality.formats.conftest import example

OCPI = format_contract("ocpi")
EVSE, CONNECTOR = ("evses", 0), ("evses", 0, "connectors", 0)


def changed(*path, **values):
    """The valid location with values at a place in it; None takes a field away."""
    top = json.loads(example("ocpi"))
    part = top[0]
    for step in path:
        part = part[step]
    part |= {name: value for name, value in values.items() if value is not None}
    for name in [name for name, value in values.items() if value is None]:
        del part[name]
    return top


def twice(top):
    return [*top, *copy.deepcopy(top)]


BROKEN = [
    ("missing-part", "location.address", changed(address=None)),
    ("missing-part", "connector.max_voltage", changed(*CONNECTOR, max_voltage=None)),
    ("missing-part", "evse.connectors", changed(*EVSE, connectors=[])),
    ("recommended-part", "connector.max_electric_power", changed(*CONNECTOR, max_electric_power=None)),
    ("recommended-part", "evse.evse_id", changed(*EVSE, evse_id=None)),
    ("wrong-value", "location.publish", changed(publish="true")),
    ("wrong-value", "location.time_zone", changed(time_zone="Bruxelles")),
    ("wrong-value", "location.evses", changed(evses={})),
    ("wrong-value", "location.last_updated", changed(last_updated="2026-13-01T00:00:00Z")),
    ("wrong-value", "coordinates.latitude", changed("coordinates", latitude=50.4686)),
    ("wrong-value", "evse.evse_id", changed(*EVSE, evse_id="BE-EXA-1")),
    ("not-listed", "evse.status", changed(*EVSE, status="FREE")),
    ("not-listed", "connector.power_type", changed(*CONNECTOR, power_type="AC")),
    ("out-of-range", "connector.max_amperage", changed(*CONNECTOR, max_amperage=0)),
    ("duplicate-id", "location.id", twice(changed())),
    ("duplicate-id", "evse.evse_id", [*changed(), *changed(id="LOC2")]),
    ("outside-region", "location.coordinates", changed("coordinates", latitude="4.86240", longitude="50.46860")),
    ("in-future", "location.last_updated", changed(last_updated="2027-01-01T00:00:00Z")),
    ("ocpi-unpublished", "location.publish", changed(publish=False)),
    ("ocpi-unpublished", "location.publish", changed(publish_allowed_to=[{"uid": "1"}])),
    ("ocpi-home", "location.parking_type", changed(parking_type="ON_DRIVEWAY")),
    ("ocpi-power-unit", "connector.max_electric_power", changed(*CONNECTOR, max_electric_power=22)),
    ("duplicate-member", "id", example("ocpi").replace('"uid": "E1"', '"uid": "E1", "id": 1, "id": 2')),
]


def test_the_example_breaks_no_rule_alone_and_in_an_answer(found):
    location = json.loads(example("ocpi"))[0]
    for content in (example("ocpi"), json.dumps({"data": [location], "status_code": 1000}), json.dumps(location)):
        assert found("ocpi", content) == []


@pytest.mark.parametrize(("rule", "where", "content"), BROKEN)
def test_rule_is_found_where_it_is_broken_and_means_what_the_policy_says(examined, rule, where, content):
    outcome = examined("ocpi", content if isinstance(content, str) else json.dumps(content))
    finding = next(one for one in outcome["findings"] if (one["rule"], one["column"]) == (rule, where))

    assert finding["severity"] == OCPI.policy[rule]
    assert finding["samples"]


def test_every_rule_has_its_case():
    assert {rule for rule, *_ in BROKEN} | {"not-this-format"} == set(OCPI.rule_names) - {*PERSONAL, *COMPARING}


def test_a_point_that_was_taken_away_needs_no_connector_and_no_id_of_its_own(found):
    gone = changed()
    gone[0]["evses"].append({**gone[0]["evses"][0], "status": "REMOVED", "connectors": []})

    assert found("ocpi", json.dumps(gone)) == []


@pytest.mark.parametrize("text", ["BE*EXA*E000001", "BEEXAE1", "NL*NUO*EALF*0065319*2"])
def test_identifiers_of_charging_points_are_read_with_and_without_stars(text):
    assert EVSE_ID.fullmatch(text)


@pytest.mark.timeout(5)
def test_no_identifier_keeps_the_check_busy(found):
    assert ("wrong-value", "evse.evse_id") in found(
        "ocpi", json.dumps(changed(*EVSE, evse_id="BE*EXA*E" + "*" * 100_000 + "!"))
    )


@pytest.mark.parametrize("content", ['[{"id": 1}]', '{"data": null}', "3", '{"data": {"feeds": []}}', '["a"]'])
def test_what_holds_no_location_is_refused(found, content):
    assert found("ocpi", content) == [("not-this-format", None)]


@pytest.mark.parametrize(
    "odd", [None, [], "x", {"id": []}, {"id": {}, "coordinates": [], "evses": [1, {"connectors": "x"}]}]
)
def test_odd_locations_among_others_are_told_and_end_nothing(found, odd):
    assert found("ocpi", json.dumps([*changed(), odd]))
