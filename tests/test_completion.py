"""What nobody has to write: it comes from the contract, from the organisation or from a rule."""

import json

import pytest

from ckanext.smartregion.completion import answers, complete_dataset, listed
from ckanext.smartregion.schemas import dataset_contracts, vocabulary

REGULATION = vocabulary("legislation").by_code("HVD").uri
NAMUR = {
    "title": "Namur",
    "kind": "municipality",
    "nis_code": "92094",
    "language": '["fr"]',
    "correspondent_email": "opendata@namur.be",
}


def completed(kind="dataset", organization=None, **data):
    return complete_dataset(dataset_contracts()[kind], data, organization)


def test_an_organisation_answers_for_contact_language_and_territory():
    answered = answers(NAMUR)
    assert answered["contact"] == [{"name": "Namur", "email": "opendata@namur.be"}]
    assert answered["language"] == [vocabulary("language").by_code("FRA").uri]
    assert answered["spatial_coverage"][0]["text"] == "Namur"
    assert json.loads(answered["spatial_coverage"][0]["bbox"])["type"] == "Polygon"


@pytest.mark.parametrize("kind", ["region", "operator", "agency", "province"])
def test_who_is_no_municipality_answers_with_wallonia(kind):
    assert answers({"kind": kind})["spatial_coverage"][0]["uri"] == vocabulary("place").by_code("WALLONIA").uri


def test_a_german_speaking_municipality_publishes_in_german():
    assert answers({"language": ["de", "fr"]})["language"] == [vocabulary("language").by_code("DEU").uri]


def test_an_organisation_without_facts_answers_nothing():
    assert answers({"title": "X"}) == {}


@pytest.mark.parametrize(("kind", "theme"), [("mobility", "TRAN"), ("energy", "ENER"), ("governance", "GOVE")])
def test_a_themed_dataset_has_its_theme_without_being_asked(kind, theme):
    assert completed(kind)["theme"] == [vocabulary("data-theme").by_code(theme).uri]


def test_what_is_written_stays():
    data = {"language": ["X"], "frequency": "DAILY", "contact": [{"email": "velo@namur.be"}]}
    kept = completed("dataset", NAMUR, **data)
    assert {field: kept[field] for field in data} == data


def test_what_a_form_sends_in_parts_counts_as_written():
    assert "contact" not in completed("dataset", NAMUR, **{"contact-0-email": "velo@namur.be"})


def test_no_licence_is_assumed():
    assert "license_id" not in completed("dataset", NAMUR)


def test_high_value_data_their_files_and_services_stand_under_the_regulation():
    file = {"access_services": [{"title": "API"}, {"applicable_legislation": [REGULATION]}]}
    data = completed(hvd_category=["c_4b74ea13"], resources=[file], applicable_legislation=["http://x.example/law"])
    services = data["resources"][0]["access_services"]
    assert data["applicable_legislation"] == ["http://x.example/law", REGULATION]
    assert data["resources"][0]["applicable_legislation"] == [REGULATION]
    assert [service["applicable_legislation"] for service in services] == [[REGULATION], [REGULATION]]
    assert services[0]["hvd_category"] == ["c_4b74ea13"]


def test_other_data_are_left_without_the_regulation():
    assert "applicable_legislation" not in completed(resources=[{"url": "x"}])


def test_what_was_given_is_not_changed():
    given = {"hvd_category": ["c_4b74ea13"], "resources": [{"url": "x"}]}
    complete_dataset(dataset_contracts()["dataset"], given, NAMUR)
    assert given == {"hvd_category": ["c_4b74ea13"], "resources": [{"url": "x"}]}


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, []), ("", []), ("a", ["a"]), ('["a", "b"]', ["a", "b"]), (["a"], ["a"]), ("[a", ["[a"])],
)
def test_a_list_is_read_however_it_comes(value, expected):
    assert listed(value) == expected
