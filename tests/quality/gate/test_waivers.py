"""Exceptions: signed by the Region for one rule on one dataset, read by everybody, over when their day is over."""

import datetime as dt
import io

import pytest
from werkzeug.datastructures import FileStorage

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.tests import factories
from ckan.tests.helpers import call_action

from ckanext.smartregion import loading
from ckanext.smartregion.quality import model as memory
from ckanext.smartregion.schemas import LANGUAGES

from tests.quality.gate.conftest import CONTRACT, TABLE, act, bad

pytestmark = pytest.mark.usefixtures("portal")

WHY = "Le registre de 2019 ne connaît pas le code INS."


def by_site(action, **data):
    return call_action(action, loading.site_context(), **data)


def in_days(days):
    return (memory.today() + dt.timedelta(days=days)).isoformat()


def good():
    return FileStorage(io.BytesIO(TABLE), filename="velos.csv")


def sign(steward, dataset, rule="ins_code.pattern", **more):
    given = {"dataset": dataset["id"], "rule": rule, "why": WHY, "until": in_days(30)}
    return act("smartregion_waiver_sign", steward, **given | more)


def state(dataset):
    return call_action("package_show", id=dataset["id"])["state"]


def report(dataset, user=None):
    return act("smartregion_quality_report_show", user, id=dataset["id"])


def test_signature_lets_what_is_held_through_and_everybody_reads_by_whom_why_and_until_when(dataset, region):
    signed = sign(region, dataset)

    assert state(dataset) == "active"
    assert (signed["verdict"], signed["outcome"]) == ("publish with warnings", "as asked")
    shown = act("smartregion_waiver_show", None, id=signed["id"])
    assert [one["id"] for one in act("smartregion_waiver_list", None, dataset=dataset["id"])] == [signed["id"]]
    assert (shown["signed_by"], shown["why"], shown["until"], shown["state"], shown["contract"], shown["rule"]) == (
        "Dominique Lambert", WHY, in_days(30), "in force", CONTRACT, "ins_code.pattern",
    )  # fmt: skip
    [finding] = [one for one in report(dataset)["reports"][0]["findings"] if one["rule"] == "pattern"]
    assert finding["severity"] == "warn"
    assert finding["waived"]["why"] == WHY
    assert [one["id"] for one in report(dataset)["waivers"]] == [signed["id"]]


def test_report_on_the_bytes_knows_no_exceptions_and_is_made_once(dataset, region):
    [row] = model.Session.query(memory.Report)
    before = row.id, row.body

    sign(region, dataset)

    model.Session.expire_all()
    [row] = model.Session.query(memory.Report)
    assert (row.id, row.body) == before
    assert row.verdict == "hold"


def test_other_rules_hold_on(held, region):
    dataset = held(bad(table=TABLE.replace(b",8.5,", b',"8,5",')))

    signed = sign(region, dataset)

    assert (signed["verdict"], signed["outcome"]) == ("hold", "stays a draft")
    assert state(dataset) == "draft"
    assert sign(region, dataset, "distance.decimal-comma")["outcome"] == "as asked"


def test_description_can_be_excused_too(draft, region, officer):
    dataset = draft(state="active", license_id="")

    signed = sign(region, dataset, "license_id.missing-field")

    assert signed["contract"] is None
    assert signed["label"]["fr"] == "Licence"
    assert state(dataset) == "active"


def test_new_version_that_waits_goes_online(draft, officer, region):
    dataset = draft()
    resource = act("resource_create", officer, package_id=dataset["id"], schema=CONTRACT, upload=good())
    act("package_patch", officer, id=dataset["id"], state="active")
    with pytest.raises(tk.ValidationError, match="waits"):
        act("resource_patch", officer, id=resource["id"], upload=bad())
    before = call_action("resource_show", id=resource["id"])["hash"]

    signed = sign(region, dataset)

    assert signed["outcome"] == "as asked"
    assert call_action("resource_show", id=resource["id"])["hash"] != before
    assert (
        model.Session.query(memory.Judgement).order_by(memory.Judgement.created.desc()).first().author
        == officer["name"]
    )


def test_draft_that_nobody_wants_to_publish_stays_one(draft, officer, region):
    dataset = draft()
    act("resource_create", officer, package_id=dataset["id"], schema=CONTRACT, upload=bad())

    sign(region, dataset)

    assert state(dataset) == "draft"


def over(signed):
    row = model.Session.get(memory.Waiver, signed["id"])
    row.until = memory.today() - dt.timedelta(days=1)
    model.Session.commit()


def revoked(signed, region):
    assert act("smartregion_waiver_revoke", region, id=signed["id"])["state"] == "revoked"


@pytest.mark.parametrize("ended", ["by itself", "by the steward"])
def test_when_it_ends_what_is_online_stays_and_the_next_version_is_held(dataset, region, officer, app, ended):
    signed = sign(region, dataset)
    resource = call_action("package_show", id=dataset["id"])["resources"][0]
    address = f"/dataset/{dataset['id']}/resource/{resource['id']}/download/velos.csv"
    online = app.get(address).data

    over(signed) if ended == "by itself" else revoked(signed, region)

    assert state(dataset) == "active"
    assert app.get(address).data == online
    assert report(dataset)["verdict"] == "publish with warnings", "the verdict on what is online is not rewritten"
    with pytest.raises(tk.ValidationError, match="waits"):
        act("resource_patch", officer, id=resource["id"], upload=bad(codes=b"631"))
    assert app.get(address).data == online
    assert act("smartregion_waiver_list", None, state="in force") == []


def test_it_counts_through_its_last_day(dataset, region):
    assert sign(region, dataset, until=in_days(0))["outcome"] == "as asked"


def test_publisher_does_not_sign_for_its_own_dataset(dataset, region, officer, namur):
    by_site("organization_member_create", id="namur", username=region["name"], role="editor")

    for person in (officer, region):
        with pytest.raises(tk.NotAuthorized):
            sign(person, dataset)

    assert state(dataset) == "draft"
    by_site("organization_member_delete", id="namur", username=region["name"])
    assert sign(region, dataset)["outcome"] == "as asked"


def test_who_acts_for_an_organisation_above_is_its_publisher_but_the_region_is_above_all(held, region, namur):
    by_site(
        "organization_create",
        name="province-de-namur",
        title="Province de Namur",
        kind="province",
        groups=[{"name": "wallonie"}],
    )
    by_site("organization_patch", id="namur", groups=[{"name": "province-de-namur"}])
    both = factories.User()
    for name in ("wallonie", "province-de-namur"):
        by_site("organization_member_create", id=name, username=both["name"], role="admin")
    dataset = held()

    with pytest.raises(tk.NotAuthorized, match="somebody else"):
        sign(both, dataset)
    assert sign(region, dataset)["outcome"] == "as asked"


def test_steward_does_not_sign_for_what_they_made_themselves(region, namur, complete):
    by_site("organization_patch", id="namur", groups=[{"name": "wallonie"}])
    data = {**complete, "owner_org": namur["id"], "license_id": "", "state": "active"}
    dataset = act("package_create", region, **data)

    with pytest.raises(tk.NotAuthorized):
        sign(region, dataset, "license_id.missing-field")


def test_citizen_and_anonymous_do_not_sign(dataset, region):
    for person in (factories.User(), None):
        with pytest.raises(tk.NotAuthorized):
            sign(person, dataset)


def test_data_officer_of_the_region_does_not_sign(dataset, region):
    colleague = factories.User()
    call_action("organization_member_create", id="wallonie", username=colleague["name"], role="editor")

    with pytest.raises(tk.NotAuthorized):
        sign(colleague, dataset)


def test_system_administrator_signs_with_a_reason(dataset, sysadmin):
    with pytest.raises(tk.ValidationError, match="everybody reads it"):
        sign(sysadmin, dataset, why=" ")
    assert sign(sysadmin, dataset)["signed_by"] == sysadmin["fullname"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"why": ""},
        {"until": in_days(-1)},
        {"until": in_days(366)},
        {"until": "demain"},
        {"rule": "no-such-rule"},
        {"rule": "no_such_column.pattern"},
        {"contract": "no-such-contract"},
        {"rule": "pdf", "contract": CONTRACT},
        {"rule": "missing-field", "contract": CONTRACT},
    ],
)
def test_signature_that_makes_no_sense_is_refused_with_a_sentence(dataset, region, wrong):
    with pytest.raises(tk.ValidationError):
        sign(region, dataset, **wrong)

    assert model.Session.query(memory.Waiver).count() == 0


@pytest.mark.parametrize(
    ("contract", "rule"),
    [
        (CONTRACT, "personal-national-number"),
        (CONTRACT, "name.personal-national-number"),
        ("ocpi", "ocpi-home"),
        ("subsidies", "natural-person-unnamed"),
        ("subsidies", "beneficiary_name.natural-person-unnamed"),
    ],
)
def test_nobody_signs_an_exception_from_what_protects_people(draft, region, contract, rule):
    with pytest.raises(tk.ValidationError, match="this rule protects people"):
        sign(region, draft(), rule, contract=contract)

    assert model.Session.query(memory.Waiver).count() == 0


def test_form_offers_no_exception_from_what_protects_people(app, held, region, login, namur):
    by_site("organization_patch", id="namur", groups=[{"name": "wallonie"}])
    number = TABLE.replace(b"Rathausplatz", b"85073099734")
    dataset = held(bad(table=number))

    page = app.get(f"/dataset/{dataset['name']}/quality", headers=login(region)).body

    assert 'value="bicycle-parking/ins_code.pattern"' in page
    assert "personal-national-number" not in page.partition('id="sign-rule"')[2].partition("</select>")[0]


@pytest.mark.ckan_config("smartregion.quality.waiver_days", 400)
def test_longest_term_is_an_option(dataset, region):
    assert sign(region, dataset, until=in_days(400))["state"] == "in force"


def test_list_shows_each_reader_what_they_may_see_and_asks_the_database_once(held, region, officer, statements):
    published, hidden = held(), held(bad(table=TABLE.replace(b",8.5,", b',"8,5",')), name="cache")
    for dataset in (published, hidden):
        sign(region, dataset)

    def names(user, **more):
        return {row["dataset"] for row in act("smartregion_waiver_list", user, **more)}

    assert names(None) == names(factories.User()) == {published["name"]}
    assert names(officer) == {published["name"], hidden["name"]}
    with statements() as few:
        names(officer, limit=1)
    with statements() as many:
        names(officer)
    assert len(many) == len(few)


def test_exceptions_are_read_on_the_pages_in_four_languages(app, dataset, region, officer, login):
    signed = sign(region, dataset)

    for code in LANGUAGES:
        prefix = "" if code == "fr" else f"/{code}"
        for page in (f"/dataset/{dataset['name']}", f"/dataset/{dataset['name']}/quality", "/quality/waivers"):
            body = app.get(prefix + page).body
            assert "Dominique Lambert" in body
            assert WHY.split("'")[0] in body
    assert 'name="rule"' not in app.get(f"/dataset/{dataset['name']}/quality", headers=login(officer)).body
    assert app.post(f"/quality/waivers/{signed['id']}/revoke").status_code == 403
    app.post(f"/quality/waivers/{signed['id']}/revoke", headers=login(region))
    assert "Dominique Lambert" not in app.get("/quality/waivers").body
    assert "Dominique Lambert" in app.get("/quality/waivers?state=revoked").body


def test_form_is_the_stewards_alone_and_signs(app, held, region, officer, login, namur):
    by_site("organization_patch", id="namur", groups=[{"name": "wallonie"}])
    dataset = held()
    page, address = f"/dataset/{dataset['name']}/quality", f"/dataset/{dataset['name']}/quality/waive"
    form = {"rule": f"{CONTRACT}/ins_code.pattern", "why": WHY, "until": in_days(9)}

    assert address not in app.get(page, headers=login(officer)).body
    assert app.post(address, data=form, headers=login(officer)).status_code == 403
    assert app.post(address, data=form).status_code == 403
    body = app.get(page, headers=login(region)).body
    assert address in body
    assert f'value="{CONTRACT}/ins_code.pattern"' in body
    assert app.post(address, data=form | {"why": ""}, headers=login(region)).status_code == 200
    assert state(dataset) == "draft"
    app.post(address, data=form, headers=login(region))
    assert state(dataset) == "active"
