"""The facts of a dataset: only what holds something, under the heading where a reader looks for it."""

from __future__ import annotations

from typing import Any

import pytest

from ckanext.smartregion import dataset_facts, schemas


@pytest.fixture
def mobility() -> dict[str, Any]:
    return schemas.dataset_contracts()["mobility"]


def names(groups: list[tuple[str, list[dict[str, Any]]]]) -> dict[str, list[str]]:
    return {heading: [field["field_name"] for field in fields] for heading, fields in groups}


def test_field_of_the_theme_stands_first(mobility: dict[str, Any]):
    dataset = {"transport_mode": ["x"], "frequency": "y", "license_id": "z", "identifier": "i"}

    found = dataset_facts.grouped(mobility, {"transport_mode"}, dataset)

    assert names(found) == {
        "theme": ["transport_mode"],
        "updates": ["frequency"],
        "rights": ["license_id"],
        "references": ["identifier"],
    }


@pytest.mark.parametrize("nothing", [None, "", [], {}, {"fr": ""}])
def test_empty_field_is_left_out(mobility: dict[str, Any], nothing: object):
    assert dataset_facts.grouped(mobility, set(), {"provenance": nothing}) == []


def test_title_and_text_are_not_repeated(mobility: dict[str, Any]):
    dataset = {"title_translated": {"fr": "Vélos"}, "notes_translated": {"fr": "Tous"}, "name": "velos"}

    assert dataset_facts.grouped(mobility, set(), dataset) == []


def test_no_group_names_a_field_that_the_contract_lacks(mobility: dict[str, Any]):
    known = {field["field_name"] for field in mobility["dataset_fields"]}

    assert {name for group in dataset_facts.GROUPS.values() for name in group} - known == set()


def test_contact_is_shown_without_the_parts_for_machines(mobility: dict[str, Any]):
    contact = next(field for field in mobility["dataset_fields"] if field["field_name"] == "contact")
    dataset = {"contact": [{"name": "Mobilité", "email": "a@b.be", "uri": "https://b.be/id"}]}

    assert dataset_facts.parts(contact, dataset) == [[("name", "Mobilité"), ("email", "a@b.be")]]


def test_place_with_an_address_only_shows_the_address(mobility: dict[str, Any]):
    place = next(field for field in mobility["dataset_fields"] if field["field_name"] == "spatial_coverage")
    dataset = {"spatial_coverage": [{"uri": "https://sws.geonames.org/3337387/", "bbox": "{}"}]}

    assert dataset_facts.parts(place, dataset) == [[("uri", "https://sws.geonames.org/3337387/")]]


def test_part_that_is_a_code_or_a_list_of_things_is_shown_in_words(mobility: dict[str, Any]):
    fields = {field["field_name"]: field for field in mobility["dataset_fields"]}
    dataset = {
        "qualified_relation": [
            {"relation": "https://b.be/stations", "role": "http://www.iana.org/assignments/relation/via"}
        ],
        "provenance_activity": [{"label": "Comptage", "wasAssociatedWith": [{"name": "Traject", "email": "a@b.be"}]}],
    }

    assert dataset_facts.parts(fields["qualified_relation"], dataset) == [
        [("relation", "https://b.be/stations"), ("role", "la source de la description")]
    ]
    assert dataset_facts.parts(fields["provenance_activity"], dataset) == [
        [("label", "Comptage"), ("wasAssociatedWith", "Traject")]
    ]


def test_marks_of_the_gate_are_no_facts_of_a_file(mobility: dict[str, Any]):
    resource = {"validation_status": "success", "hash": "ab", "schema": "bicycle-parking", "mimetype": "text/csv"}

    assert [field["field_name"] for field in dataset_facts.of_file(mobility, resource)] == ["mimetype"]
