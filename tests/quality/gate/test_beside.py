"""Keys of tables that the same organisation has published, and reports whose day has come."""

from __future__ import annotations

import pytest

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model
from ckan.tests.helpers import call_action

from ckanext.smartregion.quality import checking, model
from ckanext.smartregion.schemas import table_contract

from .conftest import upload

POINTS, STATUS = table_contract("charging-points"), table_contract("charging-status")
HEADER = ",".join(STATUS.field_names)


@pytest.fixture
def statuses(tmp_path):
    """The state of one charging point, as an upload."""

    def table(evse_id):
        first = STATUS.example_valid.read_text(encoding="utf-8").splitlines()[1].split(",")
        first[STATUS.field_names.index("evse_id")] = evse_id
        path = tmp_path / f"{evse_id[-6:]}.csv"
        path.write_text(f"{HEADER}\n{','.join(first)}\n", encoding="utf-8")
        return upload(path, "status.csv")

    return table


@pytest.fixture
def publish(draft):
    """Publish a file under a contract and give what the gate said of it."""

    def published(file, schema, **more):
        resource = {"name_translated": {"fr": "Bornes"}, "schema": schema, "format": "CSV", "upload": file}
        dataset = draft(resources=[resource], state="active", **more)
        return call_action("smartregion_quality_report_show", id=dataset["id"])["reports"][0]

    return published


def rules_of(report):
    return {one["rule"] for one in report["findings"] if one["severity"] != "note" or "compare" in one["rule"]}


def test_key_is_looked_up_in_what_the_organisation_has_published(publish, statuses):
    [key] = [rule for rule in STATUS.rules if rule.kind == "foreign-key"]
    before = publish(statuses("BE*EXA*E000001"), "charging-status", name="before")
    publish(upload(POINTS.example_valid, "points.csv"), "charging-points", name="points")
    known = publish(statuses("BE*EXA*E000001"), "charging-status", name="known")
    unknown = publish(statuses("BE*EXA*E999999"), "charging-status", name="unknown")

    assert "nothing-to-compare" in rules_of(before)
    assert "nothing-to-compare" not in rules_of(known) | rules_of(unknown)
    assert key.id not in rules_of(known)
    assert key.id in rules_of(unknown)


def test_report_whose_day_has_come_is_made_anew_and_what_was_judged_by_it_keeps_it(publish):
    publish(upload(POINTS.example_valid, "points.csv"), "charging-points")
    stored = ckan_model.Session.query(model.Report).filter_by(contract="charging-points").one()
    ended = {**stored.body, "until": model.today().isoformat(), "counts": {}}
    ckan_model.Session.query(model.Report).filter_by(id=stored.id).update({"body": ended})
    ckan_model.Session.commit()

    again = checking.report_on(stored.sha256, POINTS)

    assert (again.body["until"], again.body["counts"]["rows"]) == (None, 3)
    assert checking.report_on(stored.sha256, POINTS).id == again.id
    before = ckan_model.Session.get_one(model.Report, stored.id, populate_existing=True)
    assert (again.id != before.id, before.body) == (True, ended)


def test_dry_run_looks_keys_up_in_what_its_organisation_has_published(publish, statuses, officer, namur):
    publish(upload(POINTS.example_valid, "points.csv"), "charging-points", name="points")
    asked = {"context": {"user": officer["name"], "ignore_auth": False}, "contract": "charging-status"}
    [key] = [rule for rule in STATUS.rules if rule.kind == "foreign-key"]

    known = call_action("smartregion_check", **asked, upload=statuses("BE*EXA*E000001"))
    unknown = call_action("smartregion_check", **asked, upload=statuses("BE*EXA*E999999"), organization=namur["name"])

    assert {one["rule"] for one in known["findings"]} & {key.id, "not-looked-up", "nothing-to-compare"} == set()
    assert key.id in rules_of(unknown)
    with pytest.raises(tk.ValidationError, match="no such organisation"):
        call_action("smartregion_check", **asked, upload=statuses("BE*EXA*E000001"), organization="nobody")


def test_dry_run_for_no_organisation_says_that_keys_were_not_looked_up(portal, statuses, sysadmin):
    asked = {"context": {"user": sysadmin["name"], "ignore_auth": False}, "contract": "charging-status"}

    found = call_action("smartregion_check", **asked, upload=statuses("BE*EXA*E000001"))

    assert "not-looked-up" in {one["rule"] for one in found["findings"]}
