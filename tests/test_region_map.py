"""The map of the home page: every municipality, tinted by what it publishes."""

from __future__ import annotations

import pytest

from ckanext.smartregion import region_map


def test_map_shows_every_municipality_once():
    shapes = region_map.shapes({})

    assert len({shape.slug for shape in shapes}) == 261
    assert all(shape.path.startswith("M") for shape in shapes)


@pytest.mark.parametrize(("count", "tint"), [(0, 0), (1, 1), (2, 2), (4, 2), (5, 3), (9, 3), (10, 4), (5000, 4)])
def test_tint_grows_with_the_number_of_datasets(count: int, tint: int):
    namur = next(shape for shape in region_map.shapes({"namur": count}) if shape.slug == "namur")

    assert namur.tint == tint


def test_organisation_that_is_no_municipality_is_not_on_the_map():
    assert sum(shape.count for shape in region_map.shapes({"bep": 7, "wallonie": 2})) == 0


def test_names_stand_in_alphabetical_order_without_regard_to_accents():
    slugs = [shape.slug for shape in region_map.shapes({})]

    assert slugs.index("eghezee") < slugs.index("ellezelles") < slugs.index("enghien")


def test_region_holds_the_outline_of_each_municipality():
    outline = region_map.outline("92094")

    assert outline
    assert outline in region_map.region()


def test_unknown_code_has_no_outline():
    assert region_map.outline("99999") is None
