"""The territory becomes organisations: once, completely, and without a write where nothing changed."""

import pytest

from ckan import model
from ckan.tests import factories
from ckan.tests.helpers import call_action

from ckanext.smartregion import loading, territory


def load():
    return act("smartregion_territory_load")


def act(action, **data):
    return call_action(action, loading.site_context(), **data)


def read(name):
    return act("organization_show", id=name)


def parent(organization):
    return [group["name"] for group in organization["groups"]]


def writes():
    """How often anything was written about an organisation: each write leaves an activity."""
    from ckanext.activity.model import Activity

    return model.Session.query(Activity).count()


@pytest.fixture
def region(clean_db, clean_index, with_plugins):
    """What loading the territory into an empty portal counts."""
    return load()


def test_territory_is_loaded_once_as_a_hierarchy_and_only_what_changed_is_written_again(region):
    wanted = {organization["name"]: organization for organization in territory.organizations()}

    assert region == {"created": 291, "updated": 0, "unchanged": 0}
    assert set(call_action("organization_list")) == set(wanted)
    check_facts()
    check_second_load_writes_nothing()
    check_one_change_is_one_write()


def check_facts():
    region, province = read("wallonie"), read("province-de-namur")
    namur, eupen, agency = read("namur"), read("eupen"), read("bep")

    four = (region, province, namur, agency)
    assert [one["kind"] for one in four] == ["region", "province", "municipality", "agency"]
    assert [parent(one) for one in four] == [[], ["wallonie"], ["province-de-namur"], ["wallonie"]]
    assert namur["nis_code"] == "92094"
    assert namur["cbe_uri"] == "https://org.belgif.be/id/CbeRegisteredEntity/0207362739"
    assert namur["referent_agency"] == ["bep"]
    assert namur["title_translated"] == {"fr": "Namur", "nl": "Namen"}
    assert eupen["language"][0] == "de"


def check_second_load_writes_nothing():
    before = writes()

    assert load() == {"created": 0, "updated": 0, "unchanged": 291}
    assert writes() == before


def check_one_change_is_one_write():
    """A name, a parent or a figure that somebody changed is put right; members and other texts stay."""
    officer = factories.User()
    act("organization_member_create", id="namur", username=officer["name"], role="editor")
    act("organization_patch", id="namur", title_translated={"fr": "Nameur"}, description="Chef-lieu")
    act("organization_patch", id="gembloux", groups=[{"name": "wallonie"}])

    assert load() == {"created": 0, "updated": 2, "unchanged": 289}
    assert load() == {"created": 0, "updated": 0, "unchanged": 291}

    namur = read("namur")
    assert namur["title"] == "Namur"
    assert namur["description"] == "Chef-lieu"
    assert parent(read("gembloux")) == ["province-de-namur"]
    members = act("member_list", id="namur", object_type="user", capacity="editor")
    assert [member[0] for member in members] == [officer["id"]]
