"""Nothing becomes visible to the public without a verdict, whichever way it comes."""

import io

import pytest
from werkzeug.datastructures import FileStorage

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.tests.helpers import call_action

from ckanext.smartregion.quality import model as memory

from tests.quality.gate.conftest import CONTRACT, TABLE

pytestmark = pytest.mark.usefixtures("portal")


def act(action, user, **data):
    return call_action(action, context={"user": user["name"], "ignore_auth": False}, **data)


def is_public(name):
    try:
        return call_action("package_show", context={"user": "", "ignore_auth": False}, id=name)["state"] == "active"
    except tk.NotAuthorized:
        return False


def with_file(draft, officer, upload, **more):
    dataset = draft(**more)
    act("resource_create", officer, package_id=dataset["id"], name="Vélos", format="CSV", schema="bicycle-parking",
        upload=upload)  # fmt: skip
    return dataset["id"]


def publish(officer, dataset_id):
    return act("package_patch", officer, id=dataset_id, state="active")


@pytest.fixture
def published(draft, officer, valid, remember):
    """The one dataset that is published; gives its id."""

    def make():
        dataset_id = with_file(draft, officer, valid())
        publish(officer, dataset_id)
        return dataset_id

    return remember("the one published dataset", make)


def served(app, dataset_id):
    resource = call_action("package_show", id=dataset_id)["resources"][0]
    return app.get(f"/dataset/{dataset_id}/resource/{resource['id']}/download/velos.csv").data


def test_valid_table_is_published(draft, officer, valid):
    dataset = publish(officer, with_file(draft, officer, valid()))

    assert dataset["state"] == "active"
    assert dataset["resources"][0]["validation_status"] == "success"
    assert is_public(dataset["id"])


def test_file_whose_name_is_no_utf8_has_its_verdict_too(draft, officer):
    dataset = draft()
    file = FileStorage(io.BytesIO(TABLE), filename="v\udce9los.csv")
    act("resource_create", officer, package_id=dataset["id"], name="Vélos", format="CSV", schema=CONTRACT, upload=file)

    assert act("package_patch", officer, id=dataset["id"], state="active")["state"] == "active"


def test_invalid_table_keeps_the_dataset_a_draft(draft, officer, invalid):
    dataset = publish(officer, with_file(draft, officer, invalid()))

    assert dataset["state"] == "draft"
    assert dataset["resources"][0]["validation_status"] == "failure"
    assert not is_public(dataset["id"])


def test_api_client_that_creates_an_active_dataset_gets_a_draft_when_it_does_not_pass(draft, officer):
    dataset = draft(state="active", resources=[{"name": "Rien", "url": "", "schema": "bicycle-parking"}])

    assert dataset["state"] == "draft"
    assert not is_public(dataset["id"])


def test_metadata_alone_can_hold(draft, officer):
    dataset = draft(state="active", license_id="")

    assert dataset["state"] == "draft"
    report = call_action("smartregion_quality_report_show", id=dataset["id"])
    assert [finding["column"] for finding in report["findings"] if finding["severity"] == "block"] == ["license_id"]


def test_sysadmin_does_not_pass_either(draft, officer, sysadmin, invalid):
    dataset_id = with_file(draft, officer, invalid())

    assert act("package_patch", sysadmin, id=dataset_id, state="active")["state"] == "draft"


def test_bulk_publication_passes_through_the_gate(draft, officer, namur, sysadmin, invalid):
    dataset_id = with_file(draft, officer, invalid(), private=True)
    act("package_patch", sysadmin, id=dataset_id, state="active")

    act("bulk_update_public", sysadmin, datasets=[dataset_id], org_id=namur["id"])

    assert not is_public(dataset_id)


def test_revise_passes_through_the_gate(draft, officer, invalid):
    dataset_id = with_file(draft, officer, invalid())

    act("package_revise", officer, match={"id": dataset_id}, update={"state": "active"})

    assert not is_public(dataset_id)


def test_bad_new_version_waits_and_the_last_valid_one_stays_online(app, published, officer, invalid):
    before = served(app, published)
    resource = call_action("package_show", id=published)["resources"][0]

    with pytest.raises(tk.ValidationError, match="waits") as held:
        act("resource_patch", officer, id=resource["id"], upload=invalid())

    assert "/quality" in str(held.value)
    assert is_public(published)
    assert served(app, published) == before
    assert call_action("smartregion_quality_report_show", id=published)["waiting"]


def test_public_sees_the_report_of_what_is_online_not_of_what_waits(published, officer, invalid):
    resource = call_action("package_show", id=published)["resources"][0]
    with pytest.raises(tk.ValidationError, match="waits"):
        act("resource_patch", officer, id=resource["id"], upload=invalid())

    seen = call_action("smartregion_quality_report_show", context={"user": "", "ignore_auth": False}, id=published)

    assert not seen["waiting"]
    assert seen["verdict"] != "hold"


def test_bad_resource_added_to_a_published_dataset_waits(published, officer, invalid):

    with pytest.raises(tk.ValidationError, match="waits"):
        act("resource_create", officer, package_id=published, schema="bicycle-parking", upload=invalid())

    assert len(call_action("package_show", id=published)["resources"]) == 1


def test_good_new_version_replaces_the_published_one(app, published, officer, valid, invalid):
    resource = call_action("package_show", id=published)["resources"][0]
    with pytest.raises(tk.ValidationError, match="waits"):
        act("resource_patch", officer, id=resource["id"], upload=invalid())

    better = valid()
    better.stream.seek(0)
    text = better.stream.read().replace(b"Rue", b"Ruelle")
    better.stream.seek(0)
    better.stream.truncate()
    better.stream.write(text)
    better.stream.seek(0)
    act("resource_patch", officer, id=resource["id"], upload=better)

    assert served(app, published) == text
    assert not call_action("smartregion_quality_report_show", id=published)["waiting"]


def test_hash_in_a_request_cannot_name_other_bytes(app, published, draft, officer, invalid):
    other = call_action("package_show", id=with_file(draft, officer, invalid(), name="autre"))["resources"][0]
    before = served(app, published)
    resource = call_action("package_show", id=published)["resources"][0]

    act("resource_patch", officer, id=resource["id"], hash=other["hash"], description="x")

    assert served(app, published) == before


def test_the_same_bytes_are_checked_once(published, draft, officer, valid):
    with_file(draft, officer, valid(), name="copie")

    assert model.Session.query(memory.Report).count() == 1


def test_stranger_cannot_make_us_check_a_file(draft, officer, valid, user):
    dataset_id = draft()["id"]

    with pytest.raises(tk.NotAuthorized):
        act("resource_create", user, package_id=dataset_id, schema="bicycle-parking", upload=valid())

    assert model.Session.query(memory.Report).count() == 0


def test_unknown_contract_holds(draft, officer, valid):
    dataset = draft()
    with pytest.raises(tk.ValidationError):
        act("resource_create", officer, package_id=dataset["id"], schema="no-such-contract", upload=valid())


def test_show_tells_the_verdict_and_where_the_report_is(published):
    dataset = call_action("package_show", id=published)

    assert dataset["verdict"]["verdict"] in {"publish", "publish with warnings"}
    assert dataset["verdict"]["report"].endswith(f"/dataset/{dataset['name']}/quality")


def test_update_with_what_show_gave_writes_nothing(published, officer):
    before = call_action("package_show", id=published)

    act("package_update", officer, **call_action("package_show", id=published))

    assert call_action("package_show", id=published)["metadata_modified"] == before["metadata_modified"]


def test_recheck_publishes_what_passes_now(draft, officer, complete):
    dataset = draft(state="active", license_id="")
    act("package_patch", officer, id=dataset["id"], license_id=complete["license_id"])

    act("smartregion_quality_recheck", officer, id=dataset["id"])

    assert is_public(dataset["id"])


def test_overview_counts_where_the_region_stands(published, draft, officer, invalid):
    publish(officer, with_file(draft, officer, invalid(), name="mauvais"))

    counts = call_action("smartregion_quality_overview")

    assert counts["published"] + counts["published with warnings"] == 1
    assert counts["held"] == 1


def test_full_update_that_drops_what_publication_needs_waits(published, officer):
    dataset = call_action("package_show", id=published)
    del dataset["license_id"]

    with pytest.raises(tk.ValidationError, match="waits"):
        act("package_update", officer, **dataset)

    assert call_action("package_show", id=dataset["id"])["license_id"]


def lacks(**dataset):
    return call_action("smartregion_publication_lacks", dataset=dataset)


def test_what_publication_lacks_can_be_asked_before_anything_is_written(complete, namur):
    assert lacks(**complete, owner_org=namur["id"]) == []
    assert lacks(**{**complete, "license_id": "", "mobility_theme": []}, owner_org=namur["id"]) == [
        "license_id",
        "mobility_theme",
    ]
    assert lacks(type="dataset") == ["title_translated", "notes_translated", "owner_org", "theme", "license_id"]
    assert lacks(type="unknown") == []
    assert call_action("package_search", include_drafts=True)["count"] == 0


def test_what_the_contract_assumes_is_not_lacking(complete, namur):
    energy = {name: value for name, value in complete.items() if not name.startswith("mobility")}

    assert "theme" not in lacks(**{**energy, "type": "energy", "theme": []}, owner_org=namur["id"])


@pytest.mark.parametrize("gone", ["license_id", "theme", "title_translated", "notes_translated", "mobility_theme"])
def test_what_lacks_is_what_the_gate_holds(complete, namur, officer, gone):
    data = {**complete, "owner_org": namur["id"], "state": "active"}
    data.pop(gone)
    foreseen = lacks(**data)
    try:
        state = act("package_create", officer, **data)["state"]
    except tk.ValidationError:  # without a title there is no dataset at all
        state = "draft"

    assert (state == "draft") == bool(foreseen)


def test_dataset_that_is_no_map_is_refused(portal):
    with pytest.raises(tk.ValidationError):
        call_action("smartregion_publication_lacks", dataset="x")
