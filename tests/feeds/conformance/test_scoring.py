"""The score of data.europa.eu: what wins points, what costs them, and what to mend first."""

from __future__ import annotations

import pytest

from ckanext.smartregion.feeds.conformance.assessing import Assessment, assess
from ckanext.smartregion.feeds.conformance.facts import Described
from ckanext.smartregion.feeds.conformance.scoring import mends, most, rating
from ckanext.smartregion.schemas import LANGUAGES

from tests.feeds.conformance.shapes import described
from tests.feeds.examples import BASE

DATASET = f"{BASE}/dataset/id-full-dataset"
FILE = f"{DATASET}/resource/r1"
DCT, DCAT = "http://purl.org/dc/terms/", "http://www.w3.org/ns/dcat#"


def ours_answer(address: str) -> bool | None:
    return True if address.startswith(BASE) else None


@pytest.fixture
def rich(full, graph_of) -> Described:
    """A dataset with everything."""
    return described(graph_of(full()))


def judged(description: Described, dataset: str = DATASET, answers=ours_answer) -> Assessment:
    return assess({"dcat-ap": description}, dataset, answers)


def test_there_are_405_points_in_five_parts(rich):
    assert most() == 405
    assert [most for _, most in judged(rich).score.parts.values()] == [100, 100, 110, 75, 20]


def test_dataset_with_everything_has_all_points_and_nothing_to_mend(rich):
    assert judged(rich).score.points == 405
    assert mends(judged(rich).score) == []


@pytest.mark.parametrize(
    ("subject", "predicate", "points"),
    [
        (DATASET, DCAT + "keyword", 30),
        (DATASET, DCAT + "theme", 30),
        (DATASET, DCT + "spatial", 20),
        (DATASET, DCT + "temporal", 20),
        (DATASET, DCT + "accessRights", 15),
        (DATASET, DCAT + "contactPoint", 20),
        (DATASET, DCT + "publisher", 10),
        (DATASET, DCT + "issued", 5),
        (DATASET, DCT + "modified", 5),
        (DATASET, DCT + "title", 30),  # no longer valid
        (DATASET, DCAT + "distribution", 220),
    ],
)
def test_what_is_left_out_costs_its_points(subject, predicate, points, rich):
    del rich[subject][predicate]

    assert judged(rich).score.points == 405 - points


def test_the_best_file_counts_and_what_it_lacks_is_told(rich):
    for file in [value.text for value in rich[DATASET][DCAT + "distribution"]]:
        rich[file].pop(DCT + "rights", None)
    assessment = judged(rich)

    assert assessment.score.points == 400
    assert [(mend.points, mend.place, mend.focus) for mend in mends(assessment.score)] == [
        (5, ("file", "rights"), FILE)
    ]


def test_address_that_nobody_knows_of_wins_nothing_and_is_said_to_be_unchecked(rich):
    assessment = judged(rich, answers=lambda address: None)

    assert assessment.score.points == 405 - 80
    assert {each.name for each in assessment.score.outcomes if each.state == "not checked"} == {
        "address-answers",
        "download-answers",
    }
    assert "not checked" in mends(assessment.score)[0].sentence["en"]


def test_address_that_does_not_answer_is_told_as_such(rich):
    assessment = judged(rich, answers=lambda address: False)

    assert "does not answer" in mends(assessment.score)[0].sentence["en"]


def test_points_of_the_same_field_are_won_together_the_most_first(minimal, graph_of):
    dataset = minimal(license_id="")
    found = mends(judged(described(graph_of(dataset)), f"{BASE}/dataset/{dataset['id']}").score)

    assert [mend.points for mend in found] == sorted((mend.points for mend in found), reverse=True)
    assert len({(mend.focus, mend.place) for mend in found}) == len(found)
    assert next(mend.points for mend in found if mend.place.field == "license_id") == 30


def test_dataset_without_a_file_is_told_to_add_one(minimal, graph_of):
    dataset = minimal(resources=[])
    first = mends(judged(described(graph_of(dataset)), f"{BASE}/dataset/{dataset['id']}").score)[0]

    assert first.place == ("dataset", "resources")
    assert first.sentence["en"] == 'The field "Files" is empty. Fill it in.'


@pytest.mark.parametrize(
    ("points", "name"),
    [
        (405, "excellent"),
        (351, "excellent"),
        (350, "good"),
        (221, "good"),
        (220, "sufficient"),
        (121, "sufficient"),
        (120, "bad"),
        (0, "bad"),
    ],
)
def test_limits_between_the_ratings(points, name):
    assert rating(points)["name"] == name
    assert set(rating(points)["label"]) == set(LANGUAGES)


def test_each_profile_is_asked_of_what_it_says_itself(full, graph_of):
    dataset = full("mobility")
    said = {profile: described(graph_of(dataset, profile=profile)) for profile in ("dcat-ap", "mobilitydcat-ap")}
    assessment = assess(said, f"{BASE}/dataset/{dataset['id']}", ours_answer)

    assert assessment.profiles == ["dcat-ap", "mobilitydcat-ap"]
    assert assessment.is_valid


def test_what_several_profiles_find_is_said_by_the_first(full, graph_of):
    dataset = full("mobility")
    iri = f"{BASE}/dataset/{dataset['id']}"
    said = {profile: described(graph_of(dataset, profile=profile)) for profile in ("dcat-ap", "mobilitydcat-ap")}
    for description in said.values():
        del description[iri][DCT + "title"]

    found = assess(said, iri, ours_answer).results

    assert [each.profile for each in found if each.path == DCT + "title" and each.constraint == "min"] == ["dcat-ap"]
