"""A published table reaches the datastore with the types of its contract, in one go, once per version."""

from __future__ import annotations

import html

import polars as pl
import pytest
import sqlalchemy as sa

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.tests.helpers import call_action

from ckanext.datastore.backend import postgres
from ckanext.smartregion.quality import engine, swapping, tables
from ckanext.smartregion.quality import model as memory
from ckanext.smartregion.quality.columns import columns
from ckanext.smartregion.schemas import table_contract

from tests.quality.gate.conftest import CONTRACT, upload

pytestmark = pytest.mark.usefixtures("portal")

CHARGING = "charging-points"


def act(officer, action, **data):
    return call_action(action, context={"user": officer["name"], "ignore_auth": False}, **data)


@pytest.fixture
def publish(officer, draft, remember):
    """Publish one dataset with one table and give the table's resource, as it is shown."""

    def made(path, contract):
        dataset = draft()["id"]
        act(officer, "resource_create", package_id=dataset, name="Table", format="CSV", schema=contract,
            upload=upload(path, "table.csv"))  # fmt: skip
        return act(officer, "package_patch", id=dataset, state="active")["resources"][0]

    return lambda path, contract: remember(("one table", path, contract), lambda: made(path, contract))


def search(resource, **more):
    return call_action(
        "datastore_search", context={"user": "", "ignore_auth": False}, resource_id=resource["id"], **more
    )


def loaded_at(resource):
    model.Session.expire_all()
    return model.Session.get(memory.LoadedTable, resource["id"]).loaded


def test_published_table_has_real_numbers_moments_and_dates(publish):
    contract = table_contract(CHARGING)
    resource = publish(contract.example_valid, CHARGING)

    assert tables.load(resource["id"]) == 3

    found = search(resource, sort="evse_id")
    first = found["records"][0]
    assert [(field["id"], field["type"]) for field in found["fields"]][1:] == columns(contract)
    assert {type(first["power_kw"]), type(first["lon"]), type(first["lat"])} <= {int, float}
    assert isinstance(first["station_name"], str)
    powers = [record["power_kw"] for record in search(resource, sort="power_kw")["records"]]
    assert powers == sorted(powers), "numbers are sorted as numbers, not as text"
    assert call_action("resource_show", id=resource["id"])["datastore_active"]
    words = call_action("datastore_info", id=resource["id"])["fields"][0]["info"]
    assert (words["label"], words["label_translated"]) == (
        contract.fields[0]["title"]["fr"],
        contract.fields[0]["title"],
    )
    assert words["notes_translated"] == contract.fields[0]["description"]


def test_table_of_a_file_names_its_columns_in_the_language_of_the_page(app, publish):
    contract = table_contract(CHARGING)
    resource = publish(contract.example_valid, CHARGING)
    tables.load(resource["id"])
    (view,) = call_action("resource_view_list", id=resource["id"])
    address = f"/dataset/{resource['package_id']}/resource/{resource['id']}/view/{view['id']}"

    for language in ("fr", "nl", "de", "en"):
        shown = html.unescape(app.get(f"/{language}{address}").body)
        assert contract.fields[0]["title"][language].replace(" ", "\u00a0") in shown
        assert contract.fields[0]["description"][language][:60] in shown


def test_new_version_replaces_the_rows_and_the_same_bytes_are_loaded_once(officer, publish, tmp_path):
    contract = table_contract(CONTRACT)
    resource = publish(contract.example_valid, CONTRACT)
    before = tables.load(resource["id"])
    at = loaded_at(resource)

    assert tables.load(resource["id"]) == 0, "the datastore holds these bytes already"
    assert loaded_at(resource) == at

    shorter = tmp_path / "shorter.csv"
    lines = contract.example_valid.read_bytes().splitlines(keepends=True)
    shorter.write_bytes(b"".join(lines[:-1]))
    act(officer, "resource_patch", id=resource["id"], upload=upload(shorter, "table.csv"))
    assert search(resource)["total"] == before, "the old rows answer until the new ones are there"

    assert tables.load(resource["id"]) == before - 1
    assert search(resource)["total"] == before - 1
    assert model.Session.query(memory.LoadedTable).count() == 1


def oid_of(resource):
    with postgres.get_read_engine().connect() as connection:
        found = sa.text('SELECT oid FROM "_table_metadata" WHERE name = :id')
        return connection.scalar(found, {"id": resource["id"]})


def test_table_is_made_again_only_for_other_bytes_or_another_engine(publish, monkeypatch):
    resource = publish(table_contract(CONTRACT).example_valid, CONTRACT)
    assert tables.load(resource["id"]) > 0
    made = oid_of(resource)

    assert tables.load(resource["id"]) == 0
    assert oid_of(resource) == made

    monkeypatch.setattr(engine, "ENGINE", "another engine")
    assert tables.load(resource["id"]) > 0
    assert oid_of(resource) != made


def test_table_that_is_read_for_long_is_loaded_later(publish, monkeypatch):
    def busy(*_):
        raise swapping.TableBusy

    resource = publish(table_contract(CONTRACT).example_valid, CONTRACT)
    monkeypatch.setattr(swapping, "replace", busy)

    assert tables.load(resource["id"]) == 0

    queue = tk.get_job_queue()
    waiting = [queue.fetch_job(each) for each in queue.scheduled_job_registry.get_job_ids()]
    assert (tables.load, (resource["id"],)) in [(each.func, each.args) for each in waiting if each]
    assert model.Session.query(memory.LoadedTable).count() == 0


def test_everybody_may_take_the_table_whole(app, publish):
    resource = publish(table_contract(CONTRACT).example_valid, CONTRACT)
    rows = tables.load(resource["id"])

    dump = app.get(f"/datastore/dump/{resource['id']}")

    assert len(dump.body.splitlines()) == rows + 1


def parquet_at(resource):
    return f"/dataset/{resource['package_id']}/resource/{resource['id']}/table.parquet"


def test_parquet_stays_at_one_address_and_is_that_of_the_published_version(app, officer, publish, tmp_path):
    contract = table_contract(CONTRACT)
    resource = publish(contract.example_valid, CONTRACT)
    assert app.get(parquet_at(resource), status=404)
    rows = tables.load(resource["id"])

    first = app.get(parquet_at(resource))
    etag = first.headers["ETag"]
    assert first.headers["Content-Type"] == "application/vnd.apache.parquet"
    assert pl.read_parquet(first.data).height == rows
    head = app.flask_app.test_client().head(parquet_at(resource))
    assert (head.headers["Content-Length"], head.data) == (str(len(first.data)), b"")
    assert app.get(parquet_at(resource), headers={"If-None-Match": etag}, status=304).data == b""
    page = app.get(f"/dataset/{resource['package_id']}/resource/{resource['id']}").body
    assert "/table.parquet" in page

    with pytest.raises(tk.ValidationError):  # a version that waits
        act(officer, "resource_patch", id=resource["id"], upload=upload(contract.example_invalid, "table.csv"))
    tables.load(resource["id"])
    assert app.get(parquet_at(resource)).headers["ETag"] == etag

    shorter = tmp_path / "shorter.csv"
    shorter.write_bytes(b"".join(contract.example_valid.read_bytes().splitlines(keepends=True)[:-1]))
    act(officer, "resource_patch", id=resource["id"], upload=upload(shorter, "table.csv"))
    app.get(parquet_at(resource), status=404)
    tables.load(resource["id"])
    assert pl.read_parquet(app.get(parquet_at(resource)).data).height == rows - 1
    assert not tables.parquets().has(etag.strip('"')), "what no table has any more is removed"


def test_parquet_of_a_private_dataset_is_for_its_organisation(app, officer, login, publish):
    resource = publish(table_contract(CONTRACT).example_valid, CONTRACT)
    tables.load(resource["id"])
    act(officer, "package_patch", id=resource["package_id"], private=True)

    app.get(parquet_at(resource), status=404)
    assert app.get(parquet_at(resource), headers=login(officer)).status_code == 200


def test_parquet_is_found_under_its_own_dataset_only(app, draft, publish):
    resource = publish(table_contract(CONTRACT).example_valid, CONTRACT)
    tables.load(resource["id"])
    other = draft(name="autre")

    app.get(parquet_at({**resource, "package_id": other["id"]}), status=404)


def test_held_table_is_not_loaded(publish):
    resource = publish(table_contract(CONTRACT).example_invalid, CONTRACT)

    assert tables.load(resource["id"]) == 0

    assert not call_action("resource_show", id=resource["id"]).get("datastore_active")
    assert model.Session.query(memory.LoadedTable).count() == 0


def test_table_that_is_gone_is_nothing_to_load():
    assert tables.load("no-such-resource") == 0
