"""From the files of two municipalities to one regional table, and back when one of them leaves."""

from __future__ import annotations

import html
import io
import json

import pytest
from click.testing import CliRunner
from werkzeug.datastructures import FileStorage

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib.jobs import DEFAULT_QUEUE_NAME, get_queue
from ckan.tests import factories
from ckan.tests.helpers import call_action

from ckanext.smartregion import loading
from ckanext.smartregion.quality import cli, gate
from ckanext.smartregion.quality.examination import typed
from ckanext.smartregion.quality.layers import building, waking
from ckanext.smartregion.schemas import LANGUAGES, table_contract, table_contracts
from ckanext.smartregion.schemas.layers import layer_rules

from tests.quality.gate.conftest import COMPLETE, CONTRACT

pytestmark = pytest.mark.usefixtures("clean_db", "clean_index", "with_plugins")

LAYER = "layer-bicycle-parking"
NIS = {"namur": "92094", "gembloux": "92142"}


def municipality_file(nis: str, name: str = "Gare") -> FileStorage:
    """The contract's valid example as the file of another municipality: two rows."""
    header, *rows = table_contract(CONTRACT).example_valid.read_text(encoding="utf-8").splitlines()
    cells = [row.split(",") for row in rows[:2]]
    lines = [",".join([f"{nis}-{number}", name, *row[2:]]) for number, row in enumerate(cells, start=1)]
    return FileStorage(io.BytesIO("\n".join([header, *lines, ""]).encode()), filename="velos.csv")


@pytest.fixture
def region():
    """The Region with its correspondent, and two municipalities."""
    factories.Organization(
        name="wallonie", title="Wallonie", kind="region", correspondent_email="data@wallonie.example"
    )
    for name, nis in NIS.items():
        factories.Organization(name=name, title=name.title(), kind="municipality", nis_code=nis)


def publish(name: str, **more) -> dict:
    resource = {
        "name": "Vélos",
        "format": "CSV",
        "schema": CONTRACT,
        "upload": municipality_file(NIS[name]),
        "url": "x",
    }
    dataset = {**COMPLETE, "name": f"velos-{name}", "owner_org": name, "resources": [resource], **more}
    made = call_action("package_create", loading.site_context(), **dataset)
    assert made["state"] == "active"
    return made


def rows_of_layer(**more) -> list[dict]:
    table = next(one for one in call_action("package_show", id=LAYER)["resources"] if one.get("schema"))
    context = {"user": "", "ignore_auth": False}
    found = call_action("datastore_search", context, resource_id=table["id"], sort="id", **more)
    return found["records"]


def written() -> tuple:
    """What shows that a dataset or its table was written again."""
    model.Session.expire_all()
    package = model.Package.get(LAYER)
    activities = call_action("package_activity_list", id=LAYER)
    return package.metadata_modified, [one.hash for one in package.resources], len(activities)


def assert_last_row_says_where_it_comes_from(row: dict, resource: dict) -> None:
    """The second row of the file of Gembloux, below its header."""
    origin = {name: row[name] for name in row if name.startswith("origin_")}
    assert origin.pop("origin_updated").startswith(resource["last_modified"][:19])
    assert origin == {
        "origin_organization": "gembloux",
        "origin_nis_code": "92142",
        "origin_dataset": "velos-gembloux",
        "origin_resource": resource["id"],
        "origin_row": 3,
        "origin_hash": resource["hash"],
    }


def test_files_of_two_municipalities_become_one_table_and_one_that_leaves_is_gone_after_the_next_build(
    region, monkeypatch
):
    namur, gembloux = publish("namur"), publish("gembloux")

    assert building.build(CONTRACT) == building.WRITTEN

    rows = rows_of_layer()
    assert [row["id"] for row in rows] == ["92094-1", "92094-2", "92142-1", "92142-2"]
    assert_last_row_says_where_it_comes_from(rows[3], gembloux["resources"][0])
    layer = call_action("package_show", {"user": "", "ignore_auth": False}, id=LAYER)
    assert (layer["organization"]["name"], layer["verdict"]["verdict"]) == ("wallonie", "publish")
    assert [one["format"] for one in layer["resources"]] == ["CSV", "PARQUET", "JSON"]
    assert "velos-namur" in layer["provenance"]["fr"]

    before = written()
    assert building.build(CONTRACT) == building.UNCHANGED
    assert written() == before, "a build in which nothing has changed writes nothing"

    bad = FileStorage(io.BytesIO(table_contract(CONTRACT).example_invalid.read_bytes()), filename="velos.csv")
    with pytest.raises(tk.ValidationError):
        call_action("resource_patch", loading.site_context(), id=gembloux["resources"][0]["id"], upload=bad)
    assert building.build(CONTRACT) == building.UNCHANGED, "a version that waits is in no layer"

    resource_patch = {"id": gembloux["resources"][0]["id"], "upload": municipality_file(NIS["gembloux"], "Place")}
    call_action("resource_patch", loading.site_context(), **resource_patch)
    with monkeypatch.context() as broken:
        broken.setattr(typed, "write_parquet", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            building.build(CONTRACT)
    assert written() == before, "a build that breaks leaves the former layer whole"

    call_action("package_patch", loading.site_context(), id=namur["id"], private=True)
    assert building.build(CONTRACT) == building.WRITTEN
    assert {(row["origin_organization"], row["name"]) for row in rows_of_layer()} == {("gembloux", "Place")}
    after = call_action("package_show", id=LAYER)
    assert [one["id"] for one in after["resources"]] == [one["id"] for one in layer["resources"]]

    call_action("package_delete", loading.site_context(), id=LAYER)
    assert building.build(CONTRACT) == building.WRITTEN, "a layer that somebody has deleted comes back"

    call_action("package_delete", loading.site_context(), id=gembloux["id"])
    assert building.build(CONTRACT) == building.EMPTY
    with pytest.raises(tk.NotAuthorized):
        call_action("package_show", {"user": "", "ignore_auth": False}, id=LAYER)


def run(*arguments: str):
    return CliRunner().invoke(cli.quality, ["layer", *arguments])


def test_layers_are_listed_built_and_shown_by_command_and_page_in_each_language(app, region):
    publish("namur")
    publish("gembloux", license_id="http://publications.europa.eu/resource/authority/licence/CC_BYNC_4_0")

    built = json.loads(run("build", CONTRACT, "--json").output)
    assert (built["result"], built["rows"], built["sources"]) == ("written", 2, 1)
    assert "unchanged" in run("build", CONTRACT).output
    listed = {row["name"]: row for row in json.loads(run("list", "--json").output)}
    assert listed[CONTRACT]["municipalities"] == 2, "the one that publishes, and the one that its rows speak of"
    assert listed["markets"]["built"] is None
    assert "bicycle-parking" in run("list").output
    shown = run("show", CONTRACT)
    assert "licence" in shown.output
    assert "layer-bicycle-parking.parquet" in shown.output
    assert run("show", "no-such-contract").exit_code == 1
    assert run("build").exit_code == 2

    for language in LANGUAGES:
        prefix = "" if language == "fr" else f"/{language}"
        page = html.unescape(app.get(f"{prefix}/layers/{CONTRACT}", status=200).body)
        assert "velos-gembloux" in page
        assert f"{LAYER}.csv" in page
        assert page.count("<path") >= 261
        every = html.unescape(app.get(f"{prefix}/layers", status=200).body)
        there, waiting = every.split('id="sr-waiting"')
        assert f"/layers/{CONTRACT}" in there
        assert "/layers/markets" in waiting
        assert {"fr": "2 communes sur 261", "nl": "2 van de 261 gemeenten"}.get(language, "2 ") in there
    assert f"/layers/{CONTRACT}" in app.get(f"/quality/contract/{CONTRACT}", status=200).body
    assert app.get(f"/quality/contract/{LAYER}", status=200)
    for address in ("/layers/markets", f"/dataset/{LAYER}", f"/dataset/{LAYER}.ttl"):
        assert app.get(address, status=200)
    app.get("/layers/no-such-contract", status=404)
    table = next(one["url"] for one in built["files"] if one["format"] == "csv")
    assert app.get(table.partition("//")[2].partition("/")[2].join(["/", ""]), status=200).body.startswith("origin_")


def test_a_layer_is_built_once_some_minutes_after_its_files_have_changed(region):
    waits = get_queue(DEFAULT_QUEUE_NAME).scheduled_job_registry
    waking.rebuild(CONTRACT)  # nothing waits any more, whatever another test has left
    before = waits.count

    publish("namur")
    gembloux = publish("gembloux")

    assert waits.count == before + 1, "two changes, one build"

    assert waking.rebuild(CONTRACT) == building.WRITTEN
    call_action("package_delete", loading.site_context(), id=gembloux["id"])
    assert waking.rebuild(CONTRACT) == building.WRITTEN
    assert {row["origin_organization"] for row in rows_of_layer()} == {"namur"}


def test_the_dataset_of_every_layer_lacks_nothing_for_its_publication(region):
    for contract in table_contracts():
        said = building._description(contract, layer_rules(contract.name, tuple(contract.key)))
        said |= {"owner_org": model.Group.get("wallonie").id, "license_id": COMPLETE["license_id"]}

        assert gate.lacking({**said, "resources": [{"url": "layer.csv", "format": "CSV"}]}) == [], contract.name
        assert call_action("package_create", loading.site_context(), **said, state="draft"), "its codes are known"
