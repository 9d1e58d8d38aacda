"""The organisations of the portal, as plain data."""

import json

import pytest

from ckanext.smartregion.territory import bodies, municipalities, organizations

FIELDS = {
    "name",
    "title_translated",
    "kind",
    "nis_code",
    "cbe_uri",
    "parent",
    "referent_agency",
    "population",
    "postal_codes",
    "bbox",
    "centre",
    "language",
}


def by_name():
    return {organization["name"]: organization for organization in organizations()}


def test_region_provinces_municipalities_agencies_and_source_owners_are_listed_once():
    names = [organization["name"] for organization in organizations()]
    owners_of_sources = [body for body in bodies() if body.portal]

    assert len(names) == len(set(names)) == 5 + 261 + 8 + len(owners_of_sources)


def test_every_organization_has_the_same_fields_and_is_plain_data():
    assert json.loads(json.dumps(organizations())) == organizations()
    assert all(set(organization) == FIELDS for organization in organizations())


def test_every_parent_and_referent_is_an_organization_and_parents_come_first():
    seen = set()
    everybody = set(by_name())

    for organization in organizations():
        assert organization["parent"] is None or organization["parent"] in seen, organization["name"]
        assert set(organization["referent_agency"]) <= everybody
        seen.add(organization["name"])


def test_the_region_comes_first_and_holds_the_five_provinces():
    assert organizations()[0]["name"] == "wallonie"
    assert sorted(each["name"] for each in organizations() if each["kind"] == "province") == [
        "province-de-hainaut",
        "province-de-liege",
        "province-de-luxembourg",
        "province-de-namur",
        "province-du-brabant-wallon",
    ]
    assert {each["parent"] for each in organizations() if each["kind"] == "province"} == {"wallonie"}


def test_every_municipality_stands_below_its_province():
    parents = [each["parent"] for each in organizations() if each["kind"] == "municipality"]

    assert len(parents) == len(municipalities())
    assert parents.count("province-de-liege") == 84
    assert all(parent.startswith("province-") for parent in parents)


def test_a_municipality_carries_its_facts():
    assert by_name()["liege"] == {
        "name": "liege",
        "title_translated": {"fr": "Liège", "nl": "Luik", "de": "Lüttich"},
        "kind": "municipality",
        "nis_code": "62063",
        "cbe_uri": "https://org.belgif.be/id/CbeRegisteredEntity/0207343933",
        "parent": "province-de-liege",
        "referent_agency": ["spi"],
        "population": 197217,
        "postal_codes": ["4000", "4020", "4030", "4031", "4032"],
        "bbox": [5.5235, 50.5609, 5.674, 50.6863],
        "centre": [5.5927, 50.6326],
        "language": ["fr"],
    }


def test_a_german_speaking_municipality_publishes_in_german_first():
    assert by_name()["butgenbach"]["language"] == ["de", "fr"]
    assert by_name()["butgenbach"]["title_translated"] == {"fr": "Butgenbach", "de": "Bütgenbach"}


def test_provinces_and_region_add_up_their_municipalities():
    region = by_name()["wallonie"]
    provinces = [each for each in organizations() if each["kind"] == "province"]

    assert region["population"] == sum(each["population"] for each in provinces) == 3_645_243
    assert region["bbox"] == pytest.approx([2.84, 49.5, 6.41, 50.81], abs=0.02)


def test_names_are_accepted_by_the_catalogue():
    assert all(2 <= len(name) <= 100 and name == name.lower() and name.isascii() for name in by_name())


def test_a_changed_dictionary_does_not_change_the_next_list():
    organizations()[0]["title_translated"]["fr"] = "changed"

    assert organizations()[0]["title_translated"]["fr"] == "Wallonie"
