"""The directory of organisations: every name where one looks for it, and who has published."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ckan.tests import factories

from ckanext.smartregion import directory, territory
from ckanext.smartregion.directory import Entry, in_order, shelves


def test_names_stand_where_one_looks_for_them_whatever_their_accents_and_capitals():
    names = ["Dour", "Écaussinnes", "Ellezelles", "in BW", "IDEA", "Œuvre", "Ohey"]

    assert sorted(names, key=in_order) == ["Dour", "Écaussinnes", "Ellezelles", "IDEA", "in BW", "Œuvre", "Ohey"]


def test_every_organisation_of_the_territory_stands_once_under_its_kind():
    everybody = [(one["name"], one["title_translated"]["fr"]) for one in territory.organizations()]
    found = shelves(everybody, {}, "fr")

    assert next(iter(found)) == "municipality"
    assert len(found["municipality"]) == 261
    assert len(found["province"]) == 5
    assert sorted(entry.name for shelf in found.values() for entry in shelf) == sorted(name for name, _ in everybody)
    assert all(entry.name in territory.owners() for shelf in found.values() for entry in shelf)


def test_names_are_those_of_the_language_in_their_order():
    found = shelves([("mons", "Mons"), ("liege", "Liège"), ("namur", "Namur")], {}, "nl")

    assert [entry.display_name for entry in found["municipality"]] == ["Bergen", "Luik", "Namen"]


def test_who_is_not_of_the_territory_stands_apart_with_its_own_name():
    found = shelves([("liege", "Liège"), ("test-lab", "Test lab")], {"test-lab": 3}, "de")

    assert found[directory.OTHER] == [Entry("test-lab", "Test lab", 3)]


@pytest.fixture
def organisations(clean_db: None, clean_index: None) -> None:
    for name, title in (("liege", "Liège"), ("ecaussinnes", "Écaussinnes"), ("ellezelles", "Ellezelles")):
        factories.Organization(name=name, title=title)
    factories.Dataset(owner_org="liege")  # no gate is on that would hold it


@pytest.mark.ckan_config("ckan.plugins", "smartregion")
@pytest.mark.usefixtures("organisations")
@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", "3 organisations. 1 a publié des jeux de données."),
        ("nl", "3 organisaties. 1 heeft datasets gepubliceerd."),
        ("de", "3 Organisationen. 1 hat Datensätze veröffentlicht."),
        ("en", "3 organisations. 1 has published datasets."),
    ],
)
def test_page_shows_all_of_them_at_once(app: Any, language: str, said: str):
    page = app.get(f"/{language}/organization/").body

    assert said in " ".join(page.split())
    assert names_on(page) == ["ecaussinnes", "ellezelles", "liege"]


@pytest.mark.ckan_config("ckan.plugins", "smartregion")
@pytest.mark.usefixtures("organisations")
def test_page_shows_those_that_are_searched_for_and_the_way_back(app: Any):
    page = app.get("/en/organization/?q=li%C3%A8ge").body

    assert names_on(page) == ["liege"]
    assert "1 organisation for “liège”." in page
    assert "Show all" in page


@pytest.mark.ckan_config("ckan.plugins", "smartregion")
@pytest.mark.usefixtures("organisations")
def test_what_is_searched_for_is_shown_as_text(app: Any):
    page = app.get("/en/organization/?q=%3Cscript%3Ealert(1)%3C/script%3E").body

    assert "<script>alert(1)" not in page
    assert names_on(page) == []


def names_on(page: str) -> list[str]:
    listed = page[page.index('id="directory"') :]
    return re.findall(r'href="(?:/\w\w)?/organization/([\w-]+)"', listed)
