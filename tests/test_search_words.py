"""A dataset is found by what people call it: in their language, with accents or without, if most words are there."""

from __future__ import annotations

from typing import Any

import pytest

from ckan.tests import factories
from ckan.tests.helpers import call_action

from ckanext.smartregion.search_words import of_dataset, without_accents

BICYCLES = {
    "title_translated": {"fr": "Stationnements vélos"},
    "tags_translated": {"fr": ["arceau", "mobilité"]},
    "organization": {"name": "liege"},
    "transport_mode": ["https://w3id.org/mobilitydcat-ap/transport-mode/bicycle"],
    "resources": [{"schema": "bicycle-parking@1.0.0"}, {"schema": ""}, {"schema": "no-such-contract"}, {}],
}


@pytest.mark.parametrize("word", ["fietsenstallingen", "luik", "luttich", "fahrradabstellanlagen", "bicycle"])
def test_dataset_has_the_words_of_the_languages_that_it_does_not_speak(word: str):
    assert word in of_dataset(BICYCLES).split()


@pytest.mark.parametrize("word", ["velos", "mobilite"])
def test_dataset_has_its_words_without_their_accents_too(word: str):
    assert word in of_dataset(BICYCLES).split()


def test_what_the_index_has_already_is_not_said_again():
    assert "stationnements" not in of_dataset({"title_translated": {"fr": "Stationnements"}})


@pytest.mark.parametrize("dataset", [{}, {"title_translated": "é", "theme": "", "organization": None}])
def test_dataset_that_says_nothing_has_no_words(dataset: dict[str, Any]):
    assert of_dataset(dataset) == ""


def test_query_loses_its_accents_and_nothing_else():
    assert without_accents('Éclairage "à Liège" -forêt*') == 'Eclairage "a Liege" -foret*'


@pytest.fixture
def two_datasets(clean_db: None, clean_index: None) -> None:
    owner = factories.Organization(name="liege", title_translated={"fr": "Liège"}, kind="municipality")
    texts = {"fr": "Panneaux solaires des écoles", "nl": "Zonnepanelen op de scholen"}
    about = {"fr": "Puissance de chaque vélo-école, énergie produite."}
    call_action("package_create", type="energy", name="ecoles", owner_org=owner["id"], title_translated=texts,
                notes_translated=about, license_id="cc-by")  # fmt: skip
    call_action("package_create", type="dataset", name="autre", owner_org=owner["id"],
                title_translated={"fr": "Budget"}, notes_translated={"fr": "Les recettes de 2025."})  # fmt: skip


@pytest.mark.ckan_config("ckan.plugins", "smartregion smartregion_contracts smartregion_organizations")
@pytest.mark.usefixtures("two_datasets")
@pytest.mark.parametrize(
    "query",
    [
        "panneau solaire",
        "PANNEAUX",
        "écoles",
        "école",
        "ecole",
        "zonnepanelen Luik",
        "panneaux solaires Liège 2026",
        "panneaux solaires namurr",
        "title:panneaux",
        'notes:"énergie produite"',
        '"panneaux solaires"',
    ],
)
def test_dataset_is_found_before_all_others(query: str):
    found = [one["name"] for one in call_action("package_search", q=query, include_drafts=True)["results"]]

    assert found[:1] == ["ecoles"]


@pytest.mark.ckan_config("ckan.plugins", "smartregion smartregion_contracts smartregion_organizations")
@pytest.mark.usefixtures("two_datasets")
@pytest.mark.parametrize(("query", "count"), [("", 2), ("*:*", 2), ("luik", 2), ("Lüttich", 2), ("eau", 0)])
def test_as_many_are_found_as_are_meant(query: str, count: int):
    assert call_action("package_search", q=query, include_drafts=True)["count"] == count
