"""Exceptions that end: the organisation's people and the steward hear of it once before and once after, and mend."""

import datetime as dt

import pytest

from ckan import model
from ckan.tests import factories
from ckan.tests.helpers import call_action

from ckanext.smartregion.harvest.engine import ticking
from ckanext.smartregion.harvest.model.notices import notices
from ckanext.smartregion.harvest.notices import audience, digest
from ckanext.smartregion.quality import ending
from ckanext.smartregion.quality import model as memory
from ckanext.smartregion.schemas import LANGUAGES

from tests.quality.gate.conftest import act
from tests.quality.gate.test_waivers import good, in_days, sign

pytestmark = pytest.mark.usefixtures("portal")


def news(user):
    """The notices of a person that are about datasets, the first told first."""
    found = act("smartregion_notice_list", user)["results"][::-1]
    return [(one["kind"], one["dataset"]) for one in found if one["dataset"]]


def pass_days(days):
    for row in model.Session.query(memory.Waiver):
        row.until -= dt.timedelta(days=days)
    model.Session.commit()


def test_publisher_and_steward_are_told_once_before_it_ends_and_once_when_it_has(dataset, region, officer, app):
    sign(region, dataset, until=in_days(20))
    name, address = dataset["name"], f"/dataset/{dataset['name']}"

    assert ending.look() == 0, "twenty days ahead nobody needs to hear of it"
    assert "se termine bientôt" not in app.get(address).body
    pass_days(10)
    assert [ending.look(), ending.look()] == [1, 0]
    soon = app.get(f"/en{address}").body
    pass_days(11)
    assert [ending.look(), ending.look()] == [1, 0]
    after = app.get(f"/en{address}").body

    for person in (officer, region):
        assert news(person) == [("waiver-ends", name), ("waiver-ended", name)]
    assert news(factories.User()) == []
    assert "It ends soon" in soon
    assert "It has ended" in after
    [told, _] = act("smartregion_notice_list", officer)["results"]
    for language in LANGUAGES:
        assert call_action("package_show", id=dataset["id"])["title"] in told["texts"][language]


def test_exception_that_nothing_rests_on_any_more_or_that_was_prolonged_is_not_told(held, region, officer):
    mended, prolonged = held(), held(name="autre")
    for dataset in (mended, prolonged):
        sign(region, dataset, until=in_days(3))
    sign(region, prolonged, until=in_days(90))
    resource = call_action("package_show", id=mended["id"])["resources"][0]["id"]
    act("resource_patch", officer, id=resource, upload=good())

    assert ending.look() == 0


@pytest.mark.ckan_config("smartregion.quality.waiver_notice_days", 0)
def test_days_ahead_are_an_option(dataset, region):
    sign(region, dataset, until=in_days(1))

    assert ending.look() == 0
    pass_days(2)
    assert ending.look() == 1


def test_scheduler_finds_it_and_it_is_shown_and_mailed_in_the_readers_language(dataset, region, officer, app, login):
    sign(region, dataset, until=in_days(3))
    ending.watch.looked = None

    ticking.tick()
    page = app.get("/nl/harvest/notices", headers=login(officer)).body
    person = model.User.get(officer["name"])
    audience.wish(person, language="de")
    found = notices(None, person.id).all()
    mail = digest.write(person, audience.scope(person), found)

    assert [notice.kind for notice, *_ in found] == ["waiver-ends"]
    assert "De uitzondering" in page
    assert f"/dataset/{dataset['name']}" in page
    assert "Die Ausnahme" in mail.text
    assert f"/de/dataset/{dataset['name']}" in mail.text
