"""Translated texts: however they come in, the translations and the core's single text agree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.smartregion.translations import KEYWORD, OF_DATASETS, complete, core_tags, gather, localised

BEFORE = {"title": "Vélos", "title_translated": {"fr": "Vélos", "nl": "Fietsen"}}


@pytest.mark.parametrize(
    "given_title",
    [
        {"title_translated": {"fr": " Vélos ", "nl": "Fietsen", "de": ""}},
        {"title_translated": '{"fr": "Vélos", "nl": "Fietsen"}'},
        {"title_translated-fr": "Vélos", "title_translated-nl": "Fietsen", "title_translated-de": " "},
    ],
)
def test_a_map_its_json_and_form_inputs_mean_the_same(given_title):
    assert gather(given_title, ["title_translated"]) == {"title_translated": {"fr": "Vélos", "nl": "Fietsen"}}


def test_a_text_alone_counts_as_french():
    assert complete({"notes": "Tous."}, OF_DATASETS)["notes_translated"] == {"fr": "Tous."}


def test_tags_alone_count_as_french():
    assert complete({"tag_string": "vélo, air"}, OF_DATASETS)["tags_translated"] == {"fr": ["vélo", "air"]}


def test_nothing_given_stays_nothing():
    assert complete({"name": "velos"}, OF_DATASETS) == {"name": "velos"}


def test_translations_beat_the_core_text_on_creation():
    completed = complete({"title": "X", "title_translated": {"fr": "Vélos"}}, OF_DATASETS)
    assert completed["title"] == "Vélos"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"title": "Deux-roues"}, {"fr": "Deux-roues", "nl": "Fietsen"}),
        ({"title_translated": {"fr": "Deux-roues"}}, {"fr": "Deux-roues"}),
        ({"title": "X", "title_translated": {"fr": "Deux-roues"}}, {"fr": "Deux-roues"}),
        ({}, {"fr": "Vélos", "nl": "Fietsen"}),
    ],
)
def test_what_changed_decides(change, expected):
    completed = complete(BEFORE | change, OF_DATASETS, BEFORE)
    assert completed["title_translated"] == expected
    assert completed["title"] == expected["fr"]


def test_emptied_translations_empty_the_core_text():
    assert complete({"notes": "Tous.", "notes_translated": {}}, OF_DATASETS, {"notes": "Tous."})["notes"] == ""


@pytest.mark.parametrize("wrong", [["Vélos"], 3, {"fr": 3}, "Vélos"])
def test_what_a_validator_will_refuse_is_left_as_it_is(wrong):
    assert complete({"title_translated": wrong}, OF_DATASETS) == {"title_translated": wrong}


@pytest.mark.parametrize(
    ("language", "expected"), [("nl", "Fietsen"), ("nl_BE", "Fietsen"), ("de", "Vélos"), ("pt", "Vélos")]
)
def test_the_reader_gets_his_language_or_french(language, expected):
    assert localised({"nl": "Fietsen", "fr": "Vélos"}, language) == expected


def test_without_french_the_reader_gets_what_there_is():
    assert localised({"de": "Fahrräder"}, "nl") == "Fahrräder"


@given(st.lists(st.text()))
def test_core_tags_hold_only_what_ckan_allows(words):
    for tag in core_tags(words):
        assert 2 <= len(tag) <= 100
        assert KEYWORD.fullmatch(tag)


def test_core_tags_keep_the_signs_of_real_keywords():
    words = ["braine-l'alleud", "R&D", "eau (qualité)", 'sans "guillemets"', "deux,mots"]
    assert core_tags(words) == ["braine-l'alleud", "R&D", "eau (qualité)", "sans guillemets", "deux mots"]


FIELDS = st.sampled_from(["title", "notes", "tag_string", "title_translated", "notes_translated-nl"])


@given(st.dictionaries(FIELDS, st.none() | st.text()))
def test_completing_twice_changes_nothing_more(data):
    once = complete(data, OF_DATASETS)
    assert complete(once, OF_DATASETS) == once
