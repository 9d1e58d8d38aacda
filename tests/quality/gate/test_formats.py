"""Files of formats at the gate: held, published, waiting, excused and shown as tables are, their bytes as they came."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json

import pytest
from click.testing import CliRunner
from far_end import Answer, running
from werkzeug.datastructures import FileStorage

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model
from ckan.tests import factories
from ckan.tests.helpers import call_action

from ckanext.smartregion.quality import cli, files, tables
from ckanext.smartregion.quality import model as memory
from ckanext.smartregion.quality.layers import waking
from ckanext.smartregion.schemas import LANGUAGES, format_contracts
from ckanext.smartregion.schemas.format_contracts import format_contract

from tests.quality.formats.conftest import archive, example

pytestmark = pytest.mark.usefixtures("portal")

FEED, BAD_FEED = archive(example("gtfs")), archive(example("gtfs", "invalid"))


def act(action, user, **data):
    return call_action(action, context={"user": user["name"], "ignore_auth": False}, **data)


def sent(content, name):
    return FileStorage(io.BytesIO(content if isinstance(content, bytes) else content.encode()), filename=name)


@pytest.fixture
def put(officer, draft, remember):
    """The first dataset, with one file under the contract of a format, sent to be published."""

    def made(schema, content, name):
        dataset = draft(name=f"donnees-{schema.split('@')[0]}")
        file = {"name": "Fichier", "schema": schema, "upload": sent(content, name)}
        act("resource_create", officer, package_id=dataset["id"], **file)
        return act("package_patch", officer, id=dataset["id"], state="active")

    return lambda schema, *file: remember(("one file", schema, *file), lambda: made(schema, *file))


def test_feed_that_is_right_is_published_as_it_came_and_no_table_is_loaded(put, app):
    dataset = put("gtfs", FEED, "horaires.zip")
    resource = dataset["resources"][0]

    assert (dataset["state"], resource["hash"]) == ("active", hashlib.sha256(FEED).hexdigest())
    assert app.get(f"/dataset/{dataset['id']}/resource/{resource['id']}/download/horaires.zip").data == FEED
    assert tables.load(resource["id"]) == 0
    assert waking.wake(dataset["id"]) == [], "no regional layer is made of feeds"
    assert not call_action("resource_show", id=resource["id"]).get("datastore_active")


def test_feed_that_is_wrong_keeps_a_dataset_a_draft_and_its_report_says_where_and_why(put, officer, app, login):
    dataset = put("gtfs", BAD_FEED, "horaires.zip")

    report = act("smartregion_quality_report_show", officer, id=dataset["id"])["reports"][0]
    assert (dataset["state"], report["verdict"]) == ("draft", "hold")
    assert {"foreign_key_violation", "point_near_origin"} <= {one["rule"] for one in report["findings"]}
    for code in LANGUAGES:
        page = app.get(f"/{code}/dataset/{dataset['name']}/quality", headers=login(officer)).body
        assert "stop_times.stop_id" in page
        assert "PERDU" in page
        assert "/quality/repair/" not in page, "only tables are mended"


def test_a_wrong_version_of_a_published_feed_waits_and_the_right_one_stays_online(put, officer, app):
    dataset = put("gtfs", FEED, "horaires.zip")
    resource = dataset["resources"][0]

    with pytest.raises(tk.ValidationError, match="held"):
        act("resource_patch", officer, id=resource["id"], upload=sent(BAD_FEED, "horaires.zip"))

    online = call_action("package_show", {"user": ""}, id=dataset["id"])
    assert online["resources"][0]["hash"] == resource["hash"]
    assert act("smartregion_quality_report_show", officer, id=dataset["id"])["waiting"]
    assert app.get(f"/dataset/{dataset['id']}/resource/{resource['id']}/download/horaires.zip").data == FEED


def test_a_version_that_lost_many_elements_is_held_until_it_is_confirmed(put, officer):
    [location] = json.loads(example("ocpi"))
    register = [location | {"id": f"LOC{n}", "evses": []} for n in range(60)]
    dataset = put("ocpi", json.dumps(register), "bornes.json")
    resource = dataset["resources"][0]

    with pytest.raises(tk.ValidationError, match="held"):
        act("resource_patch", officer, id=resource["id"], upload=sent(json.dumps(register[:20]), "bornes.json"))
    [finding] = [
        one
        for one in act("smartregion_quality_report_show", officer, id=dataset["id"])["reports"][0]["findings"]
        if one["severity"] == "block"
    ]
    why = "Un exploitant a quitté la commune."
    act("smartregion_version_confirm", officer, dataset=dataset["id"], why=why)

    assert finding["rule"] == "rows-lost"
    assert call_action("package_show", id=dataset["id"])["resources"][0]["hash"] != resource["hash"]


def test_a_register_number_in_a_property_holds_a_map_and_nobody_excuses_it(put, officer):
    place = {"type": "Point", "coordinates": [4.8667, 50.4669]}
    feature = {"type": "Feature", "geometry": place, "properties": {"demandeur": "85.07.30-997.34"}}
    dataset = put("geojson", json.dumps({"type": "FeatureCollection", "features": [feature]}), "carte.geojson")
    steward = factories.User()
    factories.Organization(name="wallonie", kind="region", users=[{"name": steward["name"], "capacity": "admin"}])

    report = act("smartregion_quality_report_show", officer, id=dataset["id"])
    until = memory.today().isoformat()
    for rule in ("personal-national-number", "properties.demandeur.personal-national-number"):
        with pytest.raises(tk.ValidationError, match="protects people"):
            act("smartregion_waiver_sign", steward, dataset=dataset["id"], rule=rule, contract="geojson", why="Non.",
                until=until)  # fmt: skip

    assert (dataset["state"], report["verdict"]) == ("draft", "hold")
    assert "997.34" not in json.dumps(report)


@pytest.mark.parametrize(
    "dodge", [{"schema": ""}, {"schema": "geojson"}, {"schema": "gtfs", "format": "PDF", "upload": True}]
)
def test_no_other_contract_or_name_lets_a_wrong_feed_in(put, officer, dodge):
    dataset = put("gtfs", FEED, "horaires.zip")
    resource = dataset["resources"][0]
    change = {**dodge, "upload": sent(BAD_FEED, "horaires.pdf")}

    with pytest.raises(tk.ValidationError, match="held"):
        act("resource_patch", officer, id=resource["id"], **change)

    assert call_action("package_show", id=dataset["id"])["resources"][0]["hash"] == resource["hash"]
    assert act("smartregion_quality_report_show", officer, id=dataset["id"])["waiting"]


@pytest.mark.parametrize("name", ["gbfs", "geojson", "ocpi", "datex2"])
def test_each_format_is_held_and_published_by_its_own_rules(put, officer, name):
    bad, good = example(name, "invalid"), example(name)
    bad, good = (archive(one) if isinstance(one, dict) else one for one in (bad, good))
    dataset = put(f"{name}@1.0.0", bad, "donnees.dat")
    assert dataset["state"] == "draft"

    act("resource_patch", officer, id=dataset["resources"][0]["id"], upload=sent(good, "donnees.dat"))

    assert act("package_patch", officer, id=dataset["id"], state="active")["state"] == "active"


def test_link_to_a_feed_is_fetched_checked_and_served_from_here(draft):
    with running() as far_end:
        content = example("gbfs")["station_information.json"].encode()
        url = far_end.serve("/station_information.json", lambda _request: Answer(content))
        link = {"url": url, "name": "Stations", "schema": "gbfs", "format": "JSON"}
        dataset = draft(name="stations", resources=[link], state="active")

    resource = dataset["resources"][0]
    assert (dataset["state"], resource["source_url"]) == ("active", url)
    assert files.store().path(resource["hash"]).read_bytes() == content


def test_steward_excuses_one_rule_in_one_part_of_a_file_but_not_what_makes_it_unreadable(put, officer):
    feature = {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [2.35, 48.85]}}
    dataset = put("geojson", json.dumps(feature), "paris.geojson")
    steward = factories.User()
    factories.Organization(name="wallonie", kind="region", users=[{"name": steward["name"], "capacity": "admin"}])
    until = (memory.today() + dt.timedelta(days=30)).isoformat()
    asked = {"dataset": dataset["id"], "contract": "geojson", "why": "Un jumelage avec Paris.", "until": until}

    for wrong in ("not-json", "geometry.coordinates.foreign_key_violation"):
        with pytest.raises(tk.ValidationError):
            act("smartregion_waiver_sign", steward, rule=wrong, **asked)
    act("smartregion_waiver_sign", steward, rule="geometry.coordinates.outside-region", **asked)

    assert call_action("package_show", id=dataset["id"])["state"] == "active"
    shown = act("smartregion_quality_report_show", officer, id=dataset["id"])
    assert shown["waivers"][0]["rule"] == "geometry.coordinates.outside-region"


def test_formats_stand_beside_tables_in_lists_pages_form_and_dry_run(app, officer, login, namur):
    own = login(officer)
    listed = {one["name"]: one["kind"] for one in call_action("smartregion_contract_list")}
    assert (listed["gtfs"], listed["bicycle-parking"]) == ("format", "table")
    shown = call_action("smartregion_contract_show", id="gtfs")
    assert {"id": "invalid_time", "severity": "block"}.items() <= next(
        one for one in shown["rules"] if one["id"] == "invalid_time"
    ).items()
    overview = app.get("/quality").body
    for contract in format_contracts():
        for code in LANGUAGES:
            page = app.get(f"/{code}/quality/contract/{contract.name}").body
            assert all(rule in page for rule in contract.rule_names)
            assert contract.source in page
        assert f"/quality/contract/{contract.name}" in overview
    assert app.get("/quality/contract/gtfs/xlsx", status=404).status_code == 404
    assert '<option value="gtfs">' in app.get("/quality/check", headers=own).body
    found = act("smartregion_check", officer, contract="gbfs", text=example("gbfs")["station_status.json"])
    assert found["verdict"] == "publish"


def test_command_line_lists_and_checks_formats(tmp_path):
    (tmp_path / "feed.zip").write_bytes(BAD_FEED)
    run = CliRunner().invoke(cli.quality, ["check", str(tmp_path / "feed.zip"), "--contract", "gtfs", "--lang", "en"])

    assert run.exit_code == 1
    assert "stops.txt (line 4) [PONT]" in run.output
    assert format_contract("gtfs").id in CliRunner().invoke(cli.quality, ["contracts"]).output


def test_contract_is_named_by_its_title_where_a_file_is_shown(put, app):
    dataset = put("gtfs", FEED, "horaires.zip")

    assert ckan_model.Package.get(dataset["id"]).state == "active"
    assert "Horaires de transport public (GTFS)" in app.get(f"/dataset/{dataset['name']}").body
