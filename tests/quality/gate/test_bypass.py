"""Every way around the gate, tried by everybody who may write: what is served stays the last version that passed.

One table: a way is a function that tries to bring a bad version online, or to change what is served without a check.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from far_end import Answer, running
from werkzeug.datastructures import FileStorage

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.logic.action.update import package_update as ckan_package_update
from ckan.tests import factories
from ckan.tests.helpers import call_action

from ckanext.smartregion import loading
from ckanext.smartregion.quality import files, gate, tables
from ckanext.smartregion.quality import model as memory
from ckanext.smartregion.schemas import table_contract

from tests.quality.gate.conftest import COMPLETE, CONTRACT

pytestmark = pytest.mark.usefixtures("portal")

GOOD = table_contract(CONTRACT).example_valid.read_bytes()
BAD = GOOD.replace(b",63023,", b",630,")
HIDDEN = "caché"
ROLES = ("officer", "admin", "harvester", "sysadmin")


def sent(content: bytes, name: str = "velos.csv") -> FileStorage:
    return FileStorage(io.BytesIO(content), filename=name)


@dataclass
class Attempt:
    """Who tries, on a published dataset of Namur that is fine, beside a draft that is held."""

    context: dict[str, Any]
    published: dict[str, Any]
    held: dict[str, Any]
    far_end: Any

    @property
    def resource(self) -> dict[str, Any]:
        return self.published["resources"][0]

    def act(self, action: str, **data: Any) -> Any:
        return call_action(action, dict(self.context), **data)

    def shown(self) -> dict[str, Any]:
        return call_action("package_show", id=self.published["id"])


def writers(officer):
    """The writers of two municipalities, as the context of their calls says who they are."""
    admin = factories.User()
    call_action("organization_member_create", loading.site_context(), id="namur", username=admin["name"], role="admin")
    call_action("organization_create", loading.site_context(), name="liege", title="Liège", kind="municipality")
    for person in (admin, officer):
        member = {"id": "liege", "username": person["name"], "role": "editor"}
        call_action("organization_member_create", loading.site_context(), **member)
    site = call_action("get_site_user")["name"]
    return {
        "officer": {"user": officer["name"], "ignore_auth": False},
        "admin": {"user": admin["name"], "ignore_auth": False},
        "harvester": {"user": site, "ignore_auth": True, "smartregion_harvest": True},
        "sysadmin": {"user": factories.Sysadmin()["name"], "ignore_auth": False},
    }


def dataset_of_namur(name, content):
    """A dataset with one table, made by the site."""
    resource = {"name": "Vélos", "format": "CSV", "schema": CONTRACT, "url": "velos.csv", "upload": sent(content)}
    data = {**COMPLETE, "name": name, "owner_org": "namur", "resources": [resource]}
    return call_action("package_create", loading.site_context(), **data)


@pytest.fixture
def attempt(officer, remember):
    """What each tries to get around."""

    def make():
        return writers(officer), dataset_of_namur("publie", GOOD), dataset_of_namur("retenu", BAD)

    people, published, held = remember("the published and the held dataset of Namur", make)
    assert [published["state"], held["state"]] == ["active", "draft"]
    assert tables.load(published["resources"][0]["id"]) > 0
    with running() as far_end:
        yield lambda role: Attempt(people[role], call_action("package_show", id=published["id"]), held, far_end)


# -- the ways: a bad file


def create_public(it):
    resource = {"name": "Vélos", "schema": CONTRACT, "url": "x.csv", "upload": sent(BAD)}
    it.act("package_create", **{**COMPLETE, "name": "nouveau", "state": "active", "private": False,
                                "owner_org": "namur", "resources": [resource]})  # fmt: skip


def private_to_public(it):
    it.act("package_patch", id=it.held["id"], private=True)
    it.act("package_patch", id=it.held["id"], state="active", private=True)
    it.act("package_patch", id=it.held["id"], private=False)


def draft_to_active_by_patch(it):
    it.act("package_patch", id=it.held["id"], state="active")


def draft_to_active_by_update(it):
    it.act("package_update", **{**call_action("package_show", id=it.held["id"]), "state": "active"})


def draft_to_active_by_revise(it):
    it.act("package_revise", match={"id": it.held["id"]}, update={"state": "active"})


def bulk_update_public(it):
    it.act("package_patch", id=it.held["id"], state="active", private=True)
    it.act("bulk_update_public", datasets=[it.held["id"]], org_id="namur")


def deleted_and_back(it):
    it.act("package_delete", id=it.held["id"])
    it.act("package_patch", id=it.held["id"], state="active")


def file_replaced_by_update(it):
    it.act("resource_update", **{**it.resource, "upload": sent(BAD)})


def file_replaced_by_patch(it):
    it.act("resource_patch", id=it.resource["id"], upload=sent(BAD))


def file_replaced_by_dataset(it):
    it.act("package_patch", id=it.published["id"], resources=[{**it.resource, "upload": sent(BAD)}])


def file_replaced_by_revise(it):
    it.act("package_revise", match={"id": it.published["id"]}, update__resources__0={"upload": sent(BAD)})


def file_replaced_in_a_dataset_that_is_hidden_and_shown_again(it):
    it.act("package_patch", id=it.published["id"], private=True)
    try:
        it.act("resource_patch", id=it.resource["id"], upload=sent(BAD))
        it.act("package_patch", id=it.published["id"], private=False)
    finally:
        assert not is_seen(it.published["id"])
        it.act("resource_patch", id=it.resource["id"], upload=sent(GOOD))
        it.act("package_patch", id=it.published["id"], private=False)


def file_added(it):
    it.act("resource_create", package_id=it.published["id"], name="Autres", schema=CONTRACT, upload=sent(BAD))


def file_deleted_and_a_bad_one_in_its_place(it):
    other = it.act("resource_create", package_id=it.published["id"], name="Autres", schema=CONTRACT, upload=sent(GOOD))
    it.act("resource_delete", id=other["id"])
    it.act("resource_create", package_id=it.published["id"], name="Autres", schema=CONTRACT, upload=sent(BAD))


def file_deleted_and_its_bad_successor_added_without_a_contract(it):
    other = it.act("resource_create", package_id=it.published["id"], name="Autres", schema=CONTRACT, upload=sent(GOOD))
    with pytest.raises(tk.ValidationError, match="waits"):
        it.act("resource_patch", id=other["id"], upload=sent(BAD))
    it.act("resource_delete", id=other["id"])
    it.act("resource_create", package_id=it.published["id"], name="Autres", format="CSV", upload=sent(BAD))


def files_reordered(it):
    other = it.act("resource_create", package_id=it.published["id"], name="Autres", schema=CONTRACT, upload=sent(GOOD))
    it.act("package_resource_reorder", id=it.published["id"], order=[other["id"]])
    turned = [(each["id"], each["validation_status"]) for each in it.shown()["resources"]]
    judged = [row["resource"] for row in memory.latest(it.published["id"]).reports]
    assert turned == [(other["id"], "success"), (it.resource["id"], "success")]
    assert judged == [other["id"], it.resource["id"]]
    it.act("resource_delete", id=other["id"])


def files_reordered_while_a_bad_version_waits(it):
    with pytest.raises(tk.ValidationError, match="waits"):
        it.act("resource_patch", id=it.resource["id"], upload=sent(BAD))
    it.act("package_resource_reorder", id=it.published["id"], order=[it.resource["id"]])


def link_added(it):
    url = it.far_end.serve("/mauvais.csv", lambda request: Answer(BAD))
    it.act("resource_create", package_id=it.published["id"], name="Autres", schema=CONTRACT, url=url)


def link_whose_content_changes(it):
    content = [GOOD]
    url = it.far_end.serve("/velos.csv", lambda request: Answer(content[0]))
    it.act("resource_patch", id=it.resource["id"], url=url, url_type="", name="Vélos")
    content[0] = BAD
    it.act("resource_patch", id=it.resource["id"], url=url, url_type="", name="Vélos")


# -- the ways: another name for the same bytes, or none


def contract_left_out(it):
    it.act("resource_patch", id=it.resource["id"], schema="")


def contract_left_out_with_a_bad_file(it):
    it.act("resource_patch", id=it.resource["id"], schema="", upload=sent(BAD))


def contract_left_out_by_update(it):
    without = {key: value for key, value in it.resource.items() if key != "schema"}
    it.act("resource_update", **without)


def contract_left_out_of_a_draft(it):
    it.act("resource_patch", id=it.held["resources"][0]["id"], schema="")
    it.act("package_patch", id=it.held["id"], state="active")


def held_bytes_as_another_file(it):
    it.act("resource_delete", id=it.held["resources"][0]["id"])
    it.act("resource_create", package_id=it.held["id"], name="Autre", format="CSV", upload=sent(BAD))
    it.act("package_patch", id=it.held["id"], state="active")


def format_changed_to_dodge(it):
    it.act(
        "resource_patch", id=it.resource["id"], format="PDF", mimetype="application/pdf", upload=sent(BAD, "velos.pdf")
    )


def format_and_contract_changed(it):
    it.act("resource_patch", id=it.resource["id"], format="PDF", schema="", upload=sent(BAD, "velos.pdf"))


def version_that_does_not_exist(it):
    it.act("resource_patch", id=it.resource["id"], schema=f"{CONTRACT}@0.0.1", upload=sent(BAD))


def hash_by_hand(it):
    it.act("resource_patch", id=it.resource["id"], hash=it.held["resources"][0]["hash"])


def hash_by_hand_for_another_address(it):
    it.act(
        "resource_patch",
        id=it.resource["id"],
        url="ftp://ailleurs.example/x.csv",
        url_type="",
        hash=it.resource["hash"],
    )


def own_keys_by_hand(it):
    verdict = {"verdict": "publish", "outcome": "as asked", "waived": []}
    it.act("package_patch", id=it.held["id"], state="active", verdict=verdict, smartregion_trusted_files=True)


def copy_that_names_stored_bytes(it):
    copied = call_action("package_show", id=it.held["id"])
    keep = {key: value for key, value in copied.items() if key not in ("id", "name", "state")}
    resources = [
        {key: value for key, value in each.items() if key not in ("id", "package_id")} for each in copied["resources"]
    ]
    it.act("package_create", **{**keep, "name": "copie", "state": "active", "resources": resources})


def other_file_of_the_series(it):
    """A second dataset of a series carries the first one's file under another name."""
    resource = {"name": "2025", "schema": CONTRACT, "url_type": "upload", "url": "2025.csv",
                "hash": it.held["resources"][0]["hash"]}  # fmt: skip
    it.act("package_create", **{**COMPLETE, "name": "serie-2025", "owner_org": "namur", "resources": [resource]})


# -- the ways: beside the dataset


def description_emptied(it):
    shown = {key: value for key, value in it.published.items() if key != "license_id"}
    it.act("package_update", **shown)


def owner_taken_away(it):
    it.act("package_owner_org_update", id=it.published["id"], organization_id=None)


def table_written(it):
    it.act("datastore_upsert", resource_id=it.resource["id"], records=[{"id": "x", "name": HIDDEN}], method="insert",
           force=True)  # fmt: skip


def table_written_by_create(it):
    it.act("datastore_create", resource_id=it.resource["id"], records=[{"id": "x", "name": HIDDEN}], force=True)


def table_emptied(it):
    it.act("datastore_records_delete", resource_id=it.resource["id"], filters={}, force=True)


def table_deleted(it):
    it.act("datastore_delete", resource_id=it.resource["id"], force=True)


def table_made_anew_as_a_loader_does(it):
    it.act("datastore_delete", resource_id=it.resource["id"], force=True)
    it.act("datastore_create", resource_id=it.resource["id"], force=True, fields=[{"id": "name", "type": "text"}],
           records=[{"name": HIDDEN}])  # fmt: skip


WAITS = "waits"  # the new version is kept beside the published one
REFUSED = "refused"  # nothing is written, and a sentence says why
DONE = "done"  # something is written, but not made public

# Way -> how it ends.
WAYS = {
    create_public: DONE,
    private_to_public: DONE,
    draft_to_active_by_patch: DONE,
    draft_to_active_by_update: DONE,
    draft_to_active_by_revise: DONE,
    bulk_update_public: DONE,
    deleted_and_back: DONE,
    file_replaced_by_update: WAITS,
    file_replaced_by_patch: WAITS,
    file_replaced_by_dataset: WAITS,
    file_replaced_by_revise: WAITS,
    file_replaced_in_a_dataset_that_is_hidden_and_shown_again: DONE,
    file_added: WAITS,
    file_deleted_and_a_bad_one_in_its_place: WAITS,
    file_deleted_and_its_bad_successor_added_without_a_contract: WAITS,
    files_reordered: DONE,
    files_reordered_while_a_bad_version_waits: DONE,
    link_added: WAITS,
    link_whose_content_changes: WAITS,
    contract_left_out: WAITS,
    contract_left_out_with_a_bad_file: WAITS,
    contract_left_out_by_update: WAITS,
    contract_left_out_of_a_draft: DONE,
    held_bytes_as_another_file: DONE,
    format_changed_to_dodge: WAITS,
    format_and_contract_changed: WAITS,
    version_that_does_not_exist: REFUSED,
    hash_by_hand: DONE,
    hash_by_hand_for_another_address: WAITS,
    own_keys_by_hand: DONE,
    copy_that_names_stored_bytes: DONE,
    other_file_of_the_series: DONE,
    description_emptied: WAITS,
    owner_taken_away: REFUSED,
    table_written: REFUSED,
    table_written_by_create: REFUSED,
    table_emptied: REFUSED,
    table_deleted: REFUSED,
    table_made_anew_as_a_loader_does: REFUSED,
}
# CKAN leaves these to an organisation's administrators, or to nobody but system administrators.
NOT_ALLOWED = {
    ("officer", bulk_update_public), ("officer", owner_taken_away), ("admin", owner_taken_away),
}  # fmt: skip


def is_seen(identifier: str) -> bool:
    try:
        return call_action("package_show", {"user": "", "ignore_auth": False}, id=identifier)["state"] == "active"
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return False


def served(app, it) -> dict[str, Any]:
    """All that the world is given of the region's data: bytes, rows, feed, what is listed."""
    resource = it.resource
    found = call_action("package_search", {"user": "", "ignore_auth": False})["results"]
    rows = call_action("datastore_search", {"user": "", "ignore_auth": False}, resource_id=resource["id"], sort="id")
    feed = app.get(f"/dataset/{it.published['id']}.ttl").body
    return {
        "bytes": app.get(f"/dataset/{it.published['id']}/resource/{resource['id']}/download/velos.csv").data,
        "rows": [{key: value for key, value in row.items() if key != "_id"} for row in rows["records"]],
        "files": [(each["id"], each["hash"], each["schema"]) for each in it.shown()["resources"]],
        "listed": sorted(each["name"] for each in found),
        "checksum in the feed": it.resource["hash"] in feed,
        "in the catalogue": [name for name in ("publie", "retenu", "nouveau", "copie") if name in catalogue(app)],
        "owner": it.shown()["owner_org"],
        "licence": it.shown()["license_id"],
    }


def catalogue(app) -> str:
    return app.get("/catalog.ttl").body


def only_passed_bytes_are_public() -> bool:
    """Whether every file of a public dataset that names a contract has a stored report that lets it pass."""
    rows = model.Session.execute(
        sa.text(
            "SELECT r.hash, (SELECT count(*) FROM smartregion_report p WHERE p.sha256 = r.hash AND p.verdict <> 'hold')"
            " FROM resource r JOIN package k ON k.id = r.package_id WHERE k.state = 'active' AND NOT k.private"
            " AND r.state = 'active' AND r.extras::jsonb ->> 'schema' <> ''"
        )
    ).all()
    return all(files.store().has(sha256) and reports for sha256, reports in rows)


def outcome(way, it) -> str:
    """How an attempt ended: the version waits, the write is refused, or it is done and something else is held."""
    try:
        way(it)
        model.Session.commit()
        return DONE
    except tk.NotAuthorized:
        return "not allowed"
    except tk.ValidationError as error:
        model.Session.rollback()
        return WAITS if "waits" in str(error) else REFUSED
    finally:
        model.Session.remove()


@pytest.mark.parametrize("role", ROLES)
def test_nobody_gets_around_the_gate(app, attempt, role):
    """All ways in a row by one person: each ends as the table says, and all together leave what is served as it was."""
    expected = {way.__name__: "not allowed" if (role, way) in NOT_ALLOWED else end for way, end in WAYS.items()}
    it = attempt(role)
    before = served(app, it)

    found = {}
    for way in WAYS:
        it.published = it.shown()
        found[way.__name__] = outcome(way, it)
        assert only_passed_bytes_are_public(), way.__name__
        tables.load(it.resource["id"])

    assert found == expected
    assert served(app, attempt(role)) == before


def test_what_another_plugin_changes_between_verdict_and_write_is_undone(attempt):
    it = attempt("officer")

    def meddling(context, data):
        data["resources"][0] |= {"hash": it.held["resources"][0]["hash"], "description": "autre"}
        return ckan_package_update(context, data)

    context = {
        **it.context,
        "model": model,
        "session": model.Session,
        "auth_user_obj": model.User.get(it.context["user"]),
    }
    with pytest.raises(tk.ValidationError, match="not what was checked"):
        gate.write(meddling, context, it.shown(), creating=False)

    model.Session.remove()
    assert it.shown()["resources"][0]["hash"] == it.resource["hash"]
    assert only_passed_bytes_are_public()


def test_wrong_contract_of_a_file_that_is_no_such_table_is_taken_off_by_anybody(attempt):
    it = attempt("officer")
    trees = {"name": "Arbres", "schema": CONTRACT, "upload": sent(b"arbre;essence\n1;tilleul\n", "arbres.csv")}
    dataset = it.act("package_create", **{**COMPLETE, "name": "arbres", "owner_org": "namur", "resources": [trees]})
    assert dataset["state"] == "draft"
    it.act("resource_patch", id=dataset["resources"][0]["id"], schema="")

    assert it.act("package_patch", id=dataset["id"], state="active")["state"] == "active"


def test_steward_agrees_that_a_file_loses_its_contract(attempt, namur):
    it = attempt("officer")
    steward = factories.User()
    users = [{"name": steward["name"], "capacity": "admin"}]
    factories.Organization(name="wallonie", kind="region", users=users)
    with pytest.raises(tk.ValidationError, match="waits"):
        it.act("resource_patch", id=it.resource["id"], schema="")

    until = memory.today().isoformat()
    why = "Ce tableau ne suit plus le modèle ; un autre arrive."
    context = {"user": steward["name"], "ignore_auth": False}
    signed = call_action("smartregion_waiver_sign", context, dataset=it.published["id"], rule="contract-removed",
                         why=why, until=until)  # fmt: skip

    assert (signed["outcome"], signed["contract"]) == ("as asked", None)
    assert not it.shown()["resources"][0].get("schema")


def test_dataset_moves_to_another_organisation_through_the_gate(attempt):
    it = attempt("sysadmin")

    it.act("package_owner_org_update", id=it.published["id"], organization_id="liege")

    found = call_action("package_search", fq="organization:liege")["results"]
    assert [each["name"] for each in found] == ["publie"]


def test_rows_of_an_excused_table_are_those_of_its_file(attempt):
    it = attempt("officer")
    call_action("smartregion_waiver_sign", {"user": attempt("sysadmin").context["user"]}, dataset=it.held["id"],
                rule="ins_code.pattern", why="Codes anciens.", until=memory.today().isoformat())  # fmt: skip
    resource = call_action("package_show", id=it.held["id"])["resources"][0]

    assert tables.load(resource["id"]) > 0

    rows = call_action("datastore_search", {"user": "", "ignore_auth": False}, resource_id=resource["id"])["records"]
    assert {row["ins_code"] for row in rows} <= {None, "630"}
    assert len({row["id"] for row in rows}) == len(rows) > 1


def test_list_of_what_is_held_asks_the_database_as_often_for_one_as_for_many(attempt, draft, officer, statements):
    def listed():
        with statements() as sent:
            rows = call_action("smartregion_quality_list", {"user": officer["name"], "ignore_auth": False})
        return len(rows), len(sent)

    one = listed()
    for number in range(5):
        draft(name=f"autre-{number}", license_id="", state="active")
    many = listed()

    assert (one[0], many[0]) == (1, 6)
    assert many[1] == one[1]
    assert call_action("smartregion_quality_list", {"user": factories.User()["name"], "ignore_auth": False}) == []
