"""A published table reaches the datastore with the types of its contract, in one go, once per version."""

from __future__ import annotations

import psycopg2
import pytest

from ckan import model
from ckan.tests.helpers import call_action

from ckanext.smartregion.quality import model as memory
from ckanext.smartregion.quality import tables
from ckanext.smartregion.quality.columns import columns
from ckanext.smartregion.schemas import table_contract

from tests.quality.gate.conftest import CONTRACT, upload

pytestmark = pytest.mark.usefixtures("portal")

CHARGING = "charging-points"


def act(officer, action, **data):
    return call_action(action, context={"user": officer["name"], "ignore_auth": False}, **data)


@pytest.fixture
def publish(officer, draft):
    """Publish a dataset with one table and give the table's resource, as it is shown."""

    def published(path, contract, **more):
        dataset = draft(**more)
        act(officer, "resource_create", package_id=dataset["id"], name="Table", format="CSV", schema=contract,
            upload=upload(path, "table.csv"))  # fmt: skip
        return act(officer, "package_patch", id=dataset["id"], state="active")["resources"][0]

    return published


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
    labels = call_action("datastore_info", id=resource["id"])["fields"][0]["info"]
    assert labels["label"] == contract.fields[0]["title"]["fr"]


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

    broken = tmp_path / "broken.csv"
    names = [name for name, _ in columns(contract)]
    broken.write_text(",".join(names) + "\n" + "x" * 10 + "," * (len(names) - 1) + "\nno,row\n", encoding="utf-8")
    with pytest.raises(psycopg2.Error):
        tables._copy(resource["id"], names, broken)
    assert search(resource)["total"] == before - 1, "a load that fails half-way leaves the rows as they were"


def test_held_table_is_not_loaded(publish):
    resource = publish(table_contract(CONTRACT).example_invalid, CONTRACT)

    assert tables.load(resource["id"]) == 0

    assert not call_action("resource_show", id=resource["id"]).get("datastore_active")
    assert model.Session.query(memory.LoadedTable).count() == 0


def test_table_that_is_gone_is_nothing_to_load():
    assert tables.load("no-such-resource") == 0
