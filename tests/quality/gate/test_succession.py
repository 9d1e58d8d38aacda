"""A new version is compared with the published one: held where the policy says so, until somebody confirms it."""

import datetime as dt
import io
from functools import cache

import pytest
from werkzeug.datastructures import FileStorage

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.cli.cli import ckan
from ckan.tests import factories
from ckan.tests.helpers import call_action

from ckanext.smartregion import loading
from ckanext.smartregion.quality import model as memory
from ckanext.smartregion.quality import reviewing
from ckanext.smartregion.quality.generated import synthetic
from ckanext.smartregion.schemas import table_contract

pytestmark = pytest.mark.usefixtures("portal")

CONTRACT = "charging-points"  # rows that go missing hold it, all else only warns
WHY = "L'opérateur a démonté la moitié des bornes le 1er mars."


@cache
def lines():
    return list(synthetic.valid_csv(table_contract(CONTRACT), 60, 1, on=dt.date.today()))


def table(rows=60, first=0):
    text = "".join([lines()[0], *lines()[1 + first : 1 + first + rows]])
    return FileStorage(io.BytesIO(text.encode()), filename="bornes.csv")


def act(action, user, **data):
    return call_action(action, context={"user": user["name"] if user else "", "ignore_auth": False}, **data)


@pytest.fixture
def published(draft, officer, remember):
    """A published table of sixty rows."""

    def make():
        dataset = draft()["id"]
        resource = act("resource_create", officer, package_id=dataset, schema=CONTRACT, name="Bornes", upload=table())
        assert act("package_patch", officer, id=dataset, state="active")["state"] == "active"
        return {"dataset": dataset, "resource": resource["id"]}

    return remember("a published table of sixty rows", make)


def replace(published, officer, upload):
    return act("resource_patch", officer, id=published["resource"], upload=upload)


def hold(published, officer, upload):
    with pytest.raises(tk.ValidationError, match="waits"):
        replace(published, officer, upload)


def confirm(published, user, **more):
    return act("smartregion_version_confirm", user, dataset=published["dataset"], why=WHY, **more)


def report(published, user=None):
    shown = act("smartregion_quality_report_show", user, id=published["dataset"])
    return shown, [one for one in shown["reports"][0]["findings"] if one["rule"] == "rows-lost"]


def online(published):
    return call_action("resource_show", id=published["resource"])["hash"]


def test_first_version_has_nothing_to_be_compared_with(published):
    assert report(published)[1] == []


def test_version_that_lost_rows_is_held_with_the_figures_and_confirmed_by_its_publisher(published, officer):
    before = online(published)
    hold(published, officer, table(30))

    [finding] = report(published, officer)[1]
    assert (finding["severity"], finding["message"]["en"]) == ("block", "30 rows instead of 60: 50\u00a0% fewer.")
    assert report(published)[1] == [], "the public reads of what is online"

    confirmed = confirm(published, officer)

    assert (confirmed["verdict"], confirmed["outcome"]) == ("publish with warnings", "as asked")
    assert confirmed["files"] == [online(published)] != [before]
    [finding] = report(published)[1]
    assert finding["severity"] == "warn"
    assert finding["confirmed"]["why"] == WHY
    assert finding["confirmed"]["signed_by"] == (officer["fullname"] or officer["name"])


def test_confirmation_is_for_these_bytes_and_the_next_version_is_compared_with_them(published, officer):
    hold(published, officer, table(32))
    confirm(published, officer)

    replace(published, officer, table(31))
    assert report(published)[1] == []

    hold(published, officer, table(16))


def test_corrected_version_of_a_held_one_is_compared_with_the_published_one(published, officer):
    hold(published, officer, table(30))
    hold(published, officer, table(29))

    replace(published, officer, table(58))

    assert report(published)[1] == []
    with pytest.raises(tk.ValidationError, match="waits to be confirmed"):
        confirm(published, officer)


def test_same_bytes_get_the_same_verdict_again(published, officer):
    hold(published, officer, table(30))
    with pytest.raises(tk.ValidationError, match="waits"):
        act("smartregion_quality_recheck", officer, id=published["dataset"])
    confirm(published, officer)

    said = [report(published)]
    act("package_patch", officer, id=published["dataset"], version="2")
    said.append(report(published))
    act("smartregion_quality_recheck", officer, id=published["dataset"])
    said.append(report(published))

    verdicts = [(shown["verdict"], findings) for shown, findings in said]
    assert verdicts == [verdicts[0]] * 3
    assert verdicts[0][0] == "publish with warnings"


def test_file_that_is_taken_away_and_added_anew_is_compared_too(published, officer):
    dataset = call_action("package_show", id=published["dataset"])
    fresh = {"schema": CONTRACT, "name": "Neuf", "url": "bornes.csv", "upload": table(30)}

    with pytest.raises(tk.ValidationError, match="waits"):
        act("package_update", officer, **{**dataset, "resources": [fresh]})


def test_only_the_file_that_was_seen_is_confirmed(published, officer):
    hold(published, officer, table(30))

    with pytest.raises(tk.ValidationError, match="waits to be confirmed"):
        confirm(published, officer, sha256=online(published))

    waiting = report(published, officer)[0]["reports"][0]["sha256"]
    assert confirm(published, officer, sha256=waiting)["outcome"] == "as asked"


def test_neighbour_citizen_and_nobody_confirm_nothing(published, officer):
    hold(published, officer, table(30))
    neighbour = factories.User()
    factories.Organization(users=[{"name": neighbour["name"], "capacity": "editor"}])

    for person in (neighbour, factories.User(), None):
        with pytest.raises(tk.NotAuthorized):
            confirm(published, person)
    with pytest.raises(tk.ValidationError):
        act("smartregion_version_confirm", officer, dataset=published["dataset"], why=" ")
    assert model.Session.query(memory.Confirmation).count() == 0


def test_region_may_sign_an_exception_instead_which_the_next_versions_have_too(published, officer):
    steward = factories.User()
    factories.Organization(name="wallonie", kind="region", users=[{"name": steward["name"], "capacity": "admin"}])
    hold(published, officer, table(30))

    until = (memory.today() + dt.timedelta(days=9)).isoformat()
    signed = {"dataset": published["dataset"], "rule": "rows-lost", "why": WHY, "until": until}
    assert act("smartregion_waiver_sign", steward, **signed)["contract"] == CONTRACT

    assert report(published)[1][0]["waived"]["why"] == WHY
    replace(published, officer, table(15))


def test_report_of_an_older_engine_is_no_way_around(published, officer):
    """What was published before versions were compared is examined again when it is needed."""
    row = model.Session.query(memory.Report).one()
    row.body, row.engine = {key: value for key, value in row.body.items() if key != "profile"}, "smartregion 5"
    model.Session.commit()

    hold(published, officer, table(30))


def test_review_asks_nobody_to_mend_what_was_confirmed(published, officer):
    hold(published, officer, table(30))
    confirm(published, officer)

    assert reviewing.review_one(published["dataset"]) == reviewing.PASSES
    assert report(published)[1][0]["confirmed"]["why"] == WHY
    hold(published, officer, table(15))


def test_page_of_a_held_report_takes_the_confirmation(published, officer, app, login):
    hold(published, officer, table(30))
    page = f"/dataset/{published['dataset']}/quality"
    waiting = report(published, officer)[0]["reports"][0]["sha256"]

    seen = app.get(page, headers=login(officer)).body
    assert f'value="{waiting}"' in seen
    assert "quality/confirm" not in app.get(page).body

    sent = {"why": WHY, "sha256": waiting}
    answer = app.post(f"{page}/confirm", data=sent, headers=login(officer))

    assert online(published) == waiting
    assert "démonté la moitié" in answer.body
    assert "démonté la moitié" in app.get(page).body


def test_command_confirms_in_the_name_of_a_person(published, officer, cli):
    hold(published, officer, table(30))

    done = cli.invoke(
        ckan, ["smartregion", "quality", "confirm", published["dataset"], "--why", WHY, "--as", officer["name"]]
    )

    assert done.exit_code == 0, done.output
    assert "publish with warnings, as asked" in done.output


def test_harvest_has_no_door_of_its_own(published, officer):
    """A harvester writes by the same action as everybody, as the site itself."""
    dataset = call_action("package_show", id=published["dataset"])
    dataset["resources"][0]["upload"] = table(30)

    with pytest.raises(tk.ValidationError, match="waits"):
        call_action("package_update", loading.site_context(), **dataset)
