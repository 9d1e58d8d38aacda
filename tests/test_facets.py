"""The filters of the search page: what is indexed for them and what people read."""

from __future__ import annotations

import pytest

from ckanext.smartregion import facets

FRENCH = "http://publications.europa.eu/resource/authority/language/FRA"
GERMAN = "http://publications.europa.eu/resource/authority/language/DEU"


def test_contracts_of_the_files_are_indexed_without_their_version():
    dataset = {"resources": [{"schema": "bicycle-parking@1.0.0"}, {"schema": "bicycle-parking"}, {"schema": ""}, {}]}

    assert facets.indexed(dataset)["vocab_contract"] == ["bicycle-parking"]


@pytest.mark.parametrize("value", [[FRENCH, GERMAN], f'["{FRENCH}", "{GERMAN}"]', ["fr", "de"]])
def test_languages_are_indexed_by_their_code_however_they_are_written(value: object):
    assert facets.indexed({"language": value})["vocab_language"] == ["DEU", "FRA"]


def test_dataset_without_language_and_files_is_indexed_under_none():
    assert facets.indexed({}) == {"vocab_contract": [], "vocab_language": [], facets.WORDS: ""}


@pytest.mark.parametrize(
    ("field", "value", "language", "name"),
    [
        ("organization", "liege", "de", "Lüttich"),
        ("organization", "liege", "en", "Liège"),
        ("vocab_contract", "bicycle-parking", "nl", "Fietsenstallingen"),
        ("vocab_language", "DEU", "fr", "allemand"),
    ],
)
def test_values_are_named_in_the_language_of_the_page(field: str, value: str, language: str, name: str):
    found = {field: {"items": [{"name": value, "display_name": value}]}}

    facets.name_items(found, language)

    assert found[field]["items"][0]["display_name"] == name


def test_value_that_nobody_knows_keeps_its_own_name():
    found = {"organization": {"items": [{"name": "startup-x", "display_name": "Startup X"}]}}

    facets.name_items(found, "nl")

    assert found["organization"]["items"][0]["display_name"] == "Startup X"


@pytest.mark.parametrize(("language", "shown"), [("nl", "Dag"), ("de", "Bonjour")])
def test_text_falls_back_to_french(language: str, shown: str):
    assert facets.text({"fr": "Bonjour", "nl": "Dag"}, language) == shown


def test_text_without_french_is_shown_in_the_language_it_has():
    assert facets.text({"fr": "", "de": "Guten Tag"}, "nl") == "Guten Tag"


def test_place_is_found_by_its_name_and_not_by_its_numbers() -> None:
    place = {"extras_spatial_coverage__text": "Namur", "extras_spatial_coverage__bbox": "[4.7, 50.4, 5.0, 50.5]"}
    document = place | {"extras_spatial_coverage": "[{}]", "title": "Arbres"}
    assert facets.without_coordinates(document) == {"extras_spatial_coverage__text": "Namur", "title": "Arbres"}
