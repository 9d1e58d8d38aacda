"""Every result of a check says what to do, in four languages, and leads to a field that the form really has."""

from __future__ import annotations

import pytest

from ckanext.smartregion.feeds.conformance import mending
from ckanext.smartregion.feeds.conformance.checking import check
from ckanext.smartregion.feeds.conformance.constraints import PROFILES, expectations
from ckanext.smartregion.feeds.conformance.facts import Facts
from ckanext.smartregion.feeds.conformance.mending import Place
from ckanext.smartregion.schemas import LANGUAGES, dataset_contracts

from tests.feeds.conformance.damages import DAMAGES, damaged
from tests.feeds.conformance.shapes import described


def fields_of_all_forms() -> set[Place]:
    return {place for kind in dataset_contracts() for place in mending._labels(kind)}


def test_every_place_is_a_field_of_a_form():
    named = {place for fields in mending._places().values() for place in fields.values()}

    assert named <= fields_of_all_forms()


def test_every_word_of_the_tables_has_its_sentence_in_four_languages():
    rules = [rule for of in expectations(PROFILES).values() for each in of.of_present.values() for rule in each]
    words = {word for rule in rules for word, _ in rule.tests} | {"min", "max", "value", "once_a_language"}

    assert all(set(mending.template(word)) == set(LANGUAGES) for word in words)


@pytest.mark.parametrize("damage", ["left out", "a text in place of an address", "without its language"])
def test_every_result_says_what_to_do(damage, full, graph_of):
    for spoiled in damaged(described(graph_of(full("mobility"))), DAMAGES[damage]):
        facts = Facts(spoiled)
        for result in check(spoiled, PROFILES):
            said = mending.sentence(result, mending.where(result, facts), "mobility")

            assert set(said) == set(LANGUAGES)
            assert all(text.endswith(".") for text in said.values())


def test_missing_keyword_leads_to_the_field_of_the_keywords(minimal, graph_of):
    description = described(graph_of(minimal()))
    result = next(each for each in check(description) if each.path.endswith("keyword"))
    place = mending.where(result, Facts(description))

    assert place == Place("dataset", "tags_translated")
    assert mending.sentence(result, place)["fr"] == "Le champ «\u00a0Mots-clés\u00a0» est vide. Complétez-le."


def test_what_the_list_of_the_union_cannot_hold_is_nobodys_to_mend(minimal, graph_of):
    description = described(graph_of(minimal()))
    result = next(each for each in check(description) if each.path.endswith("publisher"))

    assert mending.where(result, Facts(description)) == mending.PORTAL
