"""A contract changes: what is online stays online, is checked again, and has time to follow."""

import datetime as dt
import io
import json
import re
import shutil
from importlib import import_module

import pytest
from werkzeug.datastructures import FileStorage

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.tests.helpers import call_action

from ckanext.smartregion.quality import model as memory
from ckanext.smartregion.quality import reviewing
from ckanext.smartregion.schemas import table_contract, table_contracts

from tests.quality.gate.conftest import CONTRACT

pytestmark = pytest.mark.usefixtures("portal")

TABLE = table_contract(CONTRACT).example_valid.read_bytes()
OLDER = table_contract(CONTRACT).version


@pytest.fixture
def stricter(tmp_path, monkeypatch):
    """Install a new version of the contract, by which a place has room for twelve bicycles at most."""
    loader = import_module("ckanext.smartregion.schemas.table_contracts")
    folder = tmp_path / "tables"
    shutil.copytree(loader.FOLDER, folder)

    def install(policy=None, older_until=None):
        path = folder / CONTRACT / "contract.json"
        contract = json.loads(path.read_text("utf-8"))
        if older_until:
            older = folder / CONTRACT / "versions" / contract["version"]
            older.mkdir(parents=True)
            (older / "contract.json").write_text(json.dumps(contract | {"validUntil": older_until}), "utf-8")
            shutil.copy(folder / CONTRACT / "policy.yaml", older)
            shutil.copy(folder / CONTRACT / "rules.yaml", older)
        field = next(each for each in contract["fields"] if each["name"] == "available_places")
        field.setdefault("constraints", {})["maximum"] = 12
        contract["version"] = "9.0.0"
        path.write_text(json.dumps(contract), "utf-8")
        changes = folder / CONTRACT / "changelog.yaml"
        news = "- {version: 9.0.0, date: 2026-11-01, changes: {fr: Douze., nl: Twaalf., de: Zwölf., en: Twelve.}}\n"
        changes.write_text(news + changes.read_text("utf-8"), "utf-8")
        if policy:
            (folder / CONTRACT / "policy.yaml").write_text(policy, "utf-8")
        monkeypatch.setattr(loader, "FOLDER", folder)
        assert table_contract(CONTRACT).version == "9.0.0"

    return install


def act(action, user, **data):
    return call_action(action, context={"user": user["name"] if user else "", "ignore_auth": False}, **data)


def sent(content=TABLE):
    return FileStorage(io.BytesIO(content), filename="velos.csv")


def other(content=TABLE):
    return sent(content.replace(b"Rathausplatz", b"Marktplatz"))


@pytest.fixture
def online(draft, officer, remember):
    """A published table."""

    def make():
        dataset = draft()["id"]
        act("resource_create", officer, package_id=dataset, name="Vélos", format="CSV", schema=CONTRACT, upload=sent())
        return act("package_patch", officer, id=dataset, state="active")

    return remember("a published table", make)


def verdict(dataset):
    return act("package_show", None, id=dataset["id"])["verdict"]


def age(days):
    """Let days pass: the grace of every judgement began so much earlier."""
    for row in model.Session.query(memory.Judgement):
        row.waivers = [one | {"until": _earlier(one["until"], days)} for one in row.waivers]
    model.Session.commit()


def _earlier(day, days):
    return (dt.date.fromisoformat(day) - dt.timedelta(days=days)).isoformat()


def test_nothing_is_stale_until_something_changes(online):
    assert reviewing.stale() == []


def test_new_version_opens_a_time_of_grace_and_withdraws_nothing(online, officer, stricter, app):
    resource = online["resources"][0]
    address = f"/dataset/{online['id']}/resource/{resource['id']}/download/velos.csv"
    before = app.get(address).data
    stricter()
    assert reviewing.stale() == [online["id"]]

    assert reviewing.review() == {reviewing.TO_MEND: 1}

    last_day = (memory.today() + dt.timedelta(days=90)).isoformat()
    assert (verdict(online)["verdict"], verdict(online)["mend_by"]) == ("publish with warnings", last_day)
    assert app.get(address).data == before
    assert reviewing.stale() == []
    [row] = act("smartregion_quality_list", officer)
    assert (row["name"], row["mend_by"]) == (online["name"], last_day)
    year = str(memory.today().year + (dt.date.fromisoformat(last_day).year != memory.today().year))
    assert re.search(rf"To be mended by [^<]*{year}", app.get(f"/en/dataset/{online['name']}").body)
    assert re.search(rf"To be mended by [^<]*{year}", app.get(f"/en/dataset/{online['name']}/quality").body)


def test_until_its_last_day_a_next_version_may_break_the_rule_and_then_it_is_held(online, officer, stricter, app):
    stricter()
    reviewing.review()
    resource = online["resources"][0]["id"]

    act("resource_patch", officer, id=resource, upload=other())
    assert verdict(online)["mend_by"], "the time of grace goes on, and is not prolonged"
    age(91)
    with pytest.raises(tk.ValidationError, match="waits"):
        act("resource_patch", officer, id=resource, upload=sent())

    assert verdict(online)["outcome"] == "as asked"
    assert reviewing.review([online["id"]]) != {}
    assert act("package_show", None, id=online["id"])["state"] == "active"


@pytest.mark.parametrize("days", [0, -1])
def test_older_version_that_is_named_is_a_way_in_until_its_last_day_and_then_none(online, officer, stricter, days):
    stricter(older_until=(memory.today() + dt.timedelta(days=days)).isoformat())
    resource = online["resources"][0]
    named = {"id": resource["id"], "schema": f"{CONTRACT}@{OLDER}", "upload": other()}

    if days < 0:
        with pytest.raises(tk.ValidationError, match=r"9\.0\.0"):
            act("resource_patch", officer, **named)
    else:
        act("resource_patch", officer, **named)

    shown = act("package_show", None, id=online["id"])["resources"][0]
    assert (shown["hash"] == resource["hash"]) is (days < 0)


def test_what_protects_people_has_no_time_of_grace_and_is_still_not_withdrawn(online, officer, stricter):
    rule = "available_places.maximum"
    stricter(f"version: 9\nrules: {{{rule}: block}}\nfixed: [{rule}]\n")

    assert reviewing.review() == {reviewing.TO_MEND: 1}

    assert verdict(online)["mend_by"] < memory.today().isoformat()
    with pytest.raises(tk.ValidationError, match="waits"):
        act("resource_patch", officer, id=online["resources"][0]["id"], upload=other())
    assert act("package_show", None, id=online["id"])["state"] == "active"


def test_grace_is_for_what_the_review_found_alone_and_over_when_it_is_mended(online, officer, stricter):
    stricter()
    reviewing.review()
    resource = online["resources"][0]["id"]
    with pytest.raises(tk.ValidationError, match="waits"):
        act("resource_patch", officer, id=resource, upload=sent(TABLE.replace(b",63023,", b",630,")))

    mended = re.sub(rb",Badge,\d+,", b",Badge,12,", TABLE)
    act("resource_patch", officer, id=resource, upload=sent(mended))
    assert verdict(online)["mend_by"] is None
    assert act("smartregion_quality_list", officer) == []
    with pytest.raises(tk.ValidationError, match="waits"):
        act("resource_patch", officer, id=resource, upload=sent())


def test_second_review_does_not_prolong_the_grace_of_the_first(online, stricter):
    stricter()
    reviewing.review()
    age(30)
    first = verdict(online)["mend_by"]

    assert reviewing.review([online["id"]]) == {reviewing.TO_MEND: 1}

    assert verdict(online)["mend_by"] == first


def test_version_that_waits_goes_on_waiting(online, officer, stricter):
    with pytest.raises(tk.ValidationError, match="waits"):
        act(
            "resource_patch", officer, id=online["resources"][0]["id"], upload=sent(TABLE.replace(b",63023,", b",630,"))
        )
    stricter()

    assert reviewing.review() == {reviewing.TO_MEND: 1}

    assert act("smartregion_quality_report_show", officer, id=online["id"])["waiting"]
    assert verdict(online)["mend_by"]


def test_all_contracts_are_those_of_the_house_again():
    assert {contract.version for contract in table_contracts()}.isdisjoint({"9.0.0"})
