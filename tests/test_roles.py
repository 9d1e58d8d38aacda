"""Who may do what: every role against every action of ours, and against the dataset of one municipality."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pytest

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.tests import factories
from ckan.tests.helpers import call_action

from ckanext.smartregion import loading
from ckanext.smartregion.feeds.webhooks.model import Webhook
from ckanext.smartregion.harvest import model as harvest
from ckanext.smartregion.harvest.model.notices import Notice
from ckanext.smartregion.quality import model as quality

from tests.quality.gate.conftest import COMPLETE, upload
from tests.test_meta import ALIASES, own_actions

from ckanext.smartregion.schemas import table_contract  # isort: skip

# Whose rights decide: CKAN lets everybody call `organization_member_delete` and asks in the action that it calls.
ASKED = {**ALIASES, "organization_member_delete": "member_delete"}

ROLES = ("sysadmin", "steward", "referent", "admin", "officer", "neighbour", "citizen", "anonymous")

# The case, then one sign per role in the order above: x may, . may not. The dataset and the source are Namur's; the
# admin and the officer are Namur's too, the neighbour is the data officer of Gembloux, the referent acts for BEP.
TABLE = """
    smartregion_territory_load                       x . . . . . . .
    smartregion_territory_find                       x x x x x x x x

    smartregion_check                        x x x x x x . .
    smartregion_repair                               x x x x x x . .
    smartregion_repair                published      x x x x x . . .
    smartregion_repair                held           x x x x x . . .
    smartregion_publication_lacks                    x x x x x x . .
    smartregion_quality_overview                     x x x x x x x x
    smartregion_quality_list                         x x x x x x x .
    smartregion_quality_report_show   published      x x x x x x x x
    smartregion_quality_report_show   held           x x x x x . . .
    smartregion_quality_recheck       published      x x x x x . . .
    smartregion_quality_recheck       held           x x x x x . . .
    smartregion_quality_review        published      x x . . . . . .
    smartregion_version_confirm       published      x x x x x . . .
    smartregion_version_confirm       held           x x x x x . . .
    smartregion_waiver_sign           held           x x . . . . . .
    smartregion_waiver_revoke         held           x x . . . . . .
    smartregion_waiver_list                          x x x x x x x x
    smartregion_waiver_show           published      x x x x x x x x
    smartregion_waiver_show           held           x x x x x . . .
    resource_validation_show          published      x x x x x x x x
    resource_validation_show          held           x x x x x . . .
    smartregion_contract_list                        x x x x x x x x
    smartregion_contract_show                        x x x x x x x x
    smartregion_layer_list                           x x x x x x x x
    smartregion_layer_show                           x x x x x x x x
    smartregion_layer_build                          x x . . . . . .
    resource_validation_delete        published      x x x x x . . .
    resource_validation_run_batch                    x x . . . . . .
    resource_validation_run           published      x x x x x . . .
    resource_validation_run           held           x x x x x . . .

    smartregion_source_create                        x x x x x . . .
    smartregion_source_update                        x x x x x . . .
    smartregion_source_delete                        x x x x x . . .
    smartregion_source_probe                         x x x x x . . .
    smartregion_source_preview                       x x x x x . . .
    smartregion_source_run                           x x x x x . . .
    smartregion_source_enable                        x x x x x . . .
    smartregion_source_disable                       x x x x x . . .
    smartregion_source_pause                         x x x x x . . .
    smartregion_source_resume                        x x x x x . . .
    smartregion_source_approve                       x x . . . . . .
    smartregion_source_show                          x x x x x x x x
    smartregion_source_list                          x x x x x x x x
    smartregion_source_overview                      x x x x x x x x
    smartregion_run_show                             x x x x x x x x
    smartregion_run_list                             x x x x x x x x
    smartregion_run_confirm                          x x x x x . . .
    smartregion_run_cancel                           x x x x x . . .
    smartregion_record_list                          x x x x x x x x
    smartregion_record_show           published      x x x x x x x x
    smartregion_record_show           held           x x x x x . . .
    smartregion_record_release        published      x x x x x . . .
    smartregion_record_release        held           x x x x x . . .
    smartregion_record_give_back      published      x x x x x . . .
    smartregion_record_give_back      held           x x x x x . . .

    smartregion_source_condition                        x x x x x x x x
    smartregion_notice_list                          x x x x x x x .
    smartregion_notice_read                          x x x x x . . .
    smartregion_digest_set                           x x x x x x x .

    smartregion_webhook_create                       x x x x x x x .
    smartregion_webhook_list                         x x x x x x x .
    smartregion_webhook_show                         x . . . x . . .
    smartregion_webhook_delete                       x . . . x . . .
    smartregion_webhook_pause                        x . . . x . . .
    smartregion_webhook_resume                       x . . . x . . .
    smartregion_webhook_test                         x . . . x . . .

    dcat_catalog_show                                x x x x x x x x
    dcat_catalog_search                              x x x x x x x x
    dcat_dataset_show                 published      x x x x x x x x
    smartregion_feed_quality_show     published      x x x x x x x x
    smartregion_feed_quality_list                    x x x x x x x x
    smartregion_feed_dumps_list                      x x x x x x x x
    smartregion_feed_forget           published      x . . . . . . .

    package_create                                   x x x x x . . .
    package_show                      published      x x x x x x x x
    package_show                      held           x x x x x . . .
    package_update                    published      x x x x x . . .
    package_update                    held           x x x x x . . .
    package_delete                    published      x x x x x . . .
    package_delete                    held           x x x x x . . .
    dataset_purge                     published      x . . . . . . .
    resource_create                   published      x x x x x . . .
    package_create_default_resource_views  published x x x x x . . .
    package_owner_org_update          published      x . . . . . . .
    datastore_create                  published      x x x x x . . .
    datastore_upsert                  published      x x x x x . . .
    datastore_delete                  published      x x x x x . . .
    datastore_records_delete          published      x x x x x . . .
    datastore_run_triggers            published      x . . . . . . .
    organization_update                              x x . x . . . .
    organization_member_create                       x x . x . . . .
    organization_member_delete                       x x . x . . . .
"""


OF_A_WEBHOOK = [f"smartregion_webhook_{verb}" for verb in ("show", "delete", "pause", "resume", "test")]


@dataclass
class Place:
    """A small region with its people, a published and a held dataset, and a source."""

    users: dict[str, str]
    datasets: dict[str, dict[str, Any]]
    source: str
    run: str
    notice: str
    webhook: str
    waivers: dict[str, str]

    def context(self, role: str) -> dict[str, Any]:
        return {"user": self.users[role], "ignore_auth": False}

    def data(self, action: str, which: str) -> dict[str, Any]:
        """What a complete call of an action says, as far as rights depend on it."""
        dataset = self.datasets.get(which, {})
        if action.startswith("datastore_"):
            return dict.fromkeys(("id", "resource_id"), dataset["resources"][0]["id"])
        if action.startswith("resource_validation") and dataset:
            return {"resource_id": dataset["resources"][0]["id"]}
        if action == "smartregion_version_confirm":
            return {"dataset": dataset["id"], "why": "Juste."}
        if action == "smartregion_waiver_sign":
            return {"dataset": dataset["id"], "rule": "ins_code.pattern", "why": "Ancien.", "until": quality.today()}
        if action == "smartregion_repair" and dataset:
            return {"dataset": dataset["id"]}
        if action in ("smartregion_waiver_show", "smartregion_waiver_revoke"):
            return {"id": self.waivers[which]}
        if action == "package_owner_org_update":
            return {"id": dataset["id"], "organization_id": "namur"}
        if dataset:
            return {"id": dataset["id"], "package_id": dataset["id"], "package": dataset}
        return {"id": self.source, "source": self.source, "text": "Namur", **self.special(action)}

    def special(self, action: str) -> dict[str, Any]:
        return {
            "package_create": {**COMPLETE, "name": "autre", "owner_org": "namur"},
            "organization_update": {"id": "namur"},
            "organization_member_create": {"id": "namur", "username": self.users["citizen"], "role": "editor"},
            "organization_member_delete": {"id": "namur", "username": self.users["officer"]},
            "smartregion_contract_show": {"id": "bicycle-parking"},
            "smartregion_layer_build": {"id": "markets"},
            "smartregion_layer_show": {"id": "bicycle-parking"},
            "smartregion_check": {"contract": "bicycle-parking"},
            "smartregion_repair": {"contract": "bicycle-parking"},
            "smartregion_digest_set": {"mail": True},
            "smartregion_notice_read": {"id": self.notice},
            "smartregion_webhook_create": {"address": "https://192.0.2.1/"},
            **{key: {"id": self.webhook} for key in OF_A_WEBHOOK},
            "smartregion_publication_lacks": {"dataset": {**COMPLETE, "owner_org": "namur"}},
            "smartregion_run_show": {"id": self.run},
            "smartregion_run_cancel": {"id": self.run},
            "smartregion_run_confirm": {"id": self.run, "why": "vidé par erreur"},
            "smartregion_source_probe": {"url": "https://www.namur.example/catalog.ttl", "organization": "namur"},
            "smartregion_source_create": {
                "name": "nouvelle",
                "kind": "dcat",
                "url": "https://www.namur.example/catalog.ttl",
                "organization": "namur",
            },
        }.get(action, {})


def act(action: str, **data: Any) -> Any:
    """As the site itself."""
    return call_action(action, loading.site_context(), **data)


def organization(name: str, kind: str, parent: str | None = None, **more: Any) -> None:
    act("organization_create", name=name, title=name, kind=kind, groups=[{"name": parent}] if parent else [], **more)


def member(user: str, name: str, role: str) -> None:
    act("organization_member_create", id=name, username=user, role=role)


def people_of(name: str, capacity: str) -> set[str]:
    rows = act("member_list", id=name, object_type="user", capacity=capacity)
    return {model.User.get(row[0]).name for row in rows}


def dataset(name: str, table: Any) -> dict[str, Any]:
    resource = {"name": "Vélos", "format": "CSV", "schema": "bicycle-parking", "upload": upload(table), "url": "x.csv"}
    return act("package_create", **{**COMPLETE, "name": name, "owner_org": "namur", "resources": [resource]})


@pytest.fixture
def territory(clean_db, clean_index, with_plugins):
    """The Region, a province, two municipalities and the agency that covers both."""
    organization("wallonie", "region")
    organization("province-de-namur", "province", "wallonie")
    organization("bep", "agency", "wallonie")
    organization("namur", "municipality", "province-de-namur", nis_code="92094")
    organization("gembloux", "municipality", "province-de-namur")


@pytest.fixture
def people(territory):
    """One account per role, and nobody for the anonymous visitor."""
    users = {role: factories.User()["name"] for role in ROLES[1:-1]}
    users |= {"sysadmin": factories.Sysadmin()["name"], "anonymous": ""}
    member(users["steward"], "wallonie", "admin")
    member(users["referent"], "bep", "editor")
    member(users["admin"], "namur", "admin")
    member(users["officer"], "namur", "editor")
    member(users["neighbour"], "gembloux", "editor")
    return users


@pytest.fixture
def place(people):
    """The region with Namur's datasets and source."""
    contract = table_contract("bicycle-parking")
    datasets = {
        "published": dataset("publie", contract.example_valid),
        "held": dataset("retenu", contract.example_invalid),
    }
    assert [one["state"] for one in datasets.values()] == ["active", "draft"]
    url = "https://www.namur.example/catalog.ttl"
    source = act("smartregion_source_create", name="source-de-namur", kind="dcat", url=url, organization="namur")
    run = harvest.Run(source_id=source["id"], status="finished", trigger="person")
    owner = model.Group.get(source["organization"])
    notice = Notice(source_id=source["id"], organization_id=owner.id, kind="first", texts={"fr": "Premiers."})
    waivers = {name: waiver(one) for name, one in datasets.items()}
    webhook = Webhook(
        user_id=model.User.get(people["officer"]).id,
        address="https://192.0.2.1/",
        secret="",
        facets=[],
        cursor=0,
        language="fr",
    )
    model.Session.add_all([run, notice, webhook, *waivers.values()])
    for name, one in datasets.items():
        record = harvest.Record(source_id=source["id"], key=name, remote_id=name, package_id=one["id"])
        model.Session.add(record)
    model.Session.commit()
    signed = {name: row.id for name, row in waivers.items()}
    return Place(people, datasets, source["name"], run.id, notice.id, webhook.id, signed)


def waiver(one: dict[str, Any]) -> quality.Waiver:
    signed = {"signed_by": "x", "signer": "Dominique Lambert", "why": "Ancien.", "until": dt.date(2100, 1, 1)}
    return quality.Waiver(package_id=one["id"], rule="license_id.missing-field", **signed)


def cases() -> list[tuple[str, str, dict[str, bool]]]:
    rows = [line.split() for line in TABLE.splitlines() if line.strip()]
    found = []
    for action, *rest in rows:
        which = rest[0] if len(rest) > len(ROLES) else ""
        found.append(
            (action, which, {role: sign == "x" for role, sign in zip(ROLES, rest[-len(ROLES) :], strict=True)})
        )
    return found


def may(place: Place, action: str, which: str, role: str) -> bool:
    """Whether a role may: an action that only reads is called and asks its auth function itself.

    One that writes is called where its auth function says no, for it has to refuse as well; where that says yes it is
    not called, to change nothing for the next.
    """
    data = place.data(action, which)
    if not getattr(tk.get_action(action), "side_effect_free", False):
        asked = {**data, "id": data.get("id") or place.datasets[which]["id"]}
        try:
            return tk.check_access(ASKED.get(action, action), place.context(role), asked)
        except tk.NotAuthorized:
            pass
    return not is_refused(place, action, data, role)


def is_refused(place: Place, action: str, data: dict[str, Any], role: str) -> bool:
    """Whether the action refuses a role: one that forgets to ask its auth function would not."""
    try:
        call_action(action, place.context(role), **data)
    except tk.NotAuthorized:
        return True
    return False


def test_every_action_of_ours_stands_in_the_table():
    assert own_actions() <= {action for action, _, _ in cases()}


def test_every_role_may_do_what_the_table_says_and_nothing_else(place):
    expected = {(action, which): allowed for action, which, allowed in cases()}

    found = {(action, which): {role: may(place, action, which, role) for role in ROLES} for action, which, _ in cases()}

    assert found == expected


def test_referent_is_given_and_loses_the_municipalities_of_the_agency(people):
    """Who leaves the agency leaves its municipalities; who had a role of their own there keeps it."""
    newcomer, admin = people["citizen"], people["admin"]

    member(newcomer, "bep", "editor")
    member(admin, "bep", "editor")
    assert newcomer in people_of("namur", "editor") & people_of("gembloux", "editor")
    assert admin in people_of("gembloux", "editor")
    assert admin not in people_of("namur", "editor"), "an administrator is not made less by helping others"

    act("organization_member_delete", id="bep", username=newcomer)
    act("organization_member_delete", id="bep", username=admin)
    assert newcomer not in people_of("namur", "editor") | people_of("gembloux", "editor")
    assert admin not in people_of("gembloux", "editor")
    assert admin in people_of("namur", "admin")


def test_reader_of_an_agency_becomes_no_referent(people):
    member(people["citizen"], "bep", "member")

    assert people["citizen"] not in people_of("namur", "member") | people_of("namur", "editor")


@pytest.mark.usefixtures("territory")
def test_the_officer_of_a_province_publishes_for_the_province_and_not_for_its_municipalities():
    officer = factories.User()["name"]
    member(officer, "province-de-namur", "editor")
    namur = dataset("stationnements", table_contract("bicycle-parking").example_valid)
    context = {"user": officer, "ignore_auth": False}

    tk.check_access("package_create", {**context}, {**COMPLETE, "owner_org": "province-de-namur"})
    with pytest.raises(tk.NotAuthorized):
        tk.check_access("package_update", {**context}, {"id": namur["id"]})
    with pytest.raises(tk.NotAuthorized):
        tk.check_access("package_create", {**context}, {**COMPLETE, "owner_org": "namur"})
