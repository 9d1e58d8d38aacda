"""A dataset is found by what people call it: in their language, one or many, with accents or without."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckan.tests import factories
from ckan.tests.helpers import call_action

from ckanext.smartregion.search_words import asked, of_dataset

BICYCLES = {
    "title_translated": {"fr": "Stationnements vélos"},
    "notes_translated": {"fr": "Les panneaux et les arceaux de la Ville."},
    "organization": {"name": "liege"},
    "transport_mode": ["https://w3id.org/mobilitydcat-ap/transport-mode/bicycle"],
    "resources": [{"schema": "bicycle-parking@1.0.0"}, {"schema": ""}, {"schema": "no-such-contract"}, {}],
}


@pytest.mark.parametrize(
    ("query", "looked_for"),
    [
        ("panneau solaire", "(panneau) (solaire OR solair)"),
        ("l'éclairage", "(eclairage OR eclairag)"),
        ("l’éclairage", "(eclairage OR eclairag)"),
        ("décisions du conseil", "(decisions OR decis OR decision) (conseil)"),
        ("la", "(la)"),
        ("Straße", "(strasse OR strass OR stras)"),
        ("parkings-relais", "(parkings OR parking OR park) (relais OR rel OR relai)"),
        ("2025", "(2025)"),
    ],
)
def test_words_are_looked_for_in_all_their_forms_without_those_that_say_nothing(query: str, looked_for: str):
    assert asked(query) == looked_for


FOR_THE_INDEX = ["*:*", "title:velo", '"conseil communal"', "velo AND liege", "vel*", "(velo)", "velo~", "velo -liege"]


@pytest.mark.parametrize("query", ["", None, "a", "?", *FOR_THE_INDEX])
def test_query_that_is_written_for_the_index_is_left_as_it_is(query: str | None):
    assert asked(query) is None


def test_text_of_many_words_is_left_as_it_is():
    assert asked("velo " * 100)
    assert asked("velo " * 101) is None


@given(st.text())
def test_whatever_is_typed_is_words_of_its_own_or_left_as_it_is(query: str):
    found = asked(query)

    assert found is None or re.fullmatch(r"\([a-z0-9]+( OR [a-z0-9]+)*\)( \([a-z0-9]+( OR [a-z0-9]+)*\))*", found)


@pytest.mark.parametrize("word", ["panneau", "panneaux", "velo", "arceau"])
def test_words_of_a_dataset_hold_a_form_of_every_number(word: str):
    forms = set((asked(word) or "").strip("()").split(" OR "))

    assert forms & set(of_dataset(BICYCLES).split())


@pytest.mark.parametrize("word", ["fietsenstalling", "fietsenstallingen", "Luik", "Lüttich", "Fahrradabstellanlage"])
def test_words_of_a_dataset_speak_the_languages_that_it_does_not(word: str):
    forms = set((asked(word) or "").strip("()").split(" OR "))

    assert forms & set(of_dataset(BICYCLES).split())


@pytest.mark.parametrize("dataset", [{}, {"title_translated": "text", "theme": "", "organization": None}])
def test_dataset_that_says_nothing_has_no_words(dataset: dict[str, Any]):
    assert of_dataset(dataset) == ""


@pytest.mark.ckan_config("ckan.plugins", "smartregion smartregion_contracts smartregion_organizations")
@pytest.mark.usefixtures("clean_db", "clean_index")
@pytest.mark.parametrize(
    "query",
    [
        "panneau solaire",
        "panneaux solaires",
        "PANNEAU",
        "toiture communale",
        "les panneaux des toits",
        "zonnepaneel op een dak in Luik",
        "catalogus",
        "Lüttich panneaux",
        "l’energie",
        "title:panneaux",
        '"panneaux solaires"',
        " ".join(["panneau"] * 100),
    ],
)
def test_dataset_is_found(query: str):
    owner = factories.Organization(name="liege", title_translated={"fr": "Liège"}, kind="municipality")
    texts = {"fr": "Panneaux solaires des toits communaux", "nl": "Catalogus van zonnepanelen op de daken"}
    about = {"fr": "Puissance de chaque toiture, énergie produite."}
    call_action("package_create", type="energy", name="toits", owner_org=owner["id"], title_translated=texts,
                notes_translated=about, license_id="cc-by")  # fmt: skip
    call_action("package_create", type="dataset", name="autre", owner_org=owner["id"],
                title_translated={"fr": "Budget"}, notes_translated={"fr": "Les recettes."})  # fmt: skip

    found = [one["name"] for one in call_action("package_search", q=query, include_drafts=True)["results"]]

    assert found == ["toits"]
