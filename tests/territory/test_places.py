"""Which municipality lies at a point."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.smartregion.territory import by_point, municipalities


@pytest.mark.parametrize(
    ("lon", "lat", "slug"),
    [
        (5.5714, 50.6450, "liege"),
        (4.4444, 50.4108, "charleroi"),
        (4.8669, 50.4637, "namur"),
        (3.9514, 50.4541, "mons"),
        (5.8167, 49.6833, "arlon"),
        (6.0283, 50.6310, "eupen"),
        (3.2156, 50.7444, "mouscron"),
        (5.7150, 50.0003, "bastogne"),
        (5.6630, 50.0850, "bastogne"),
        ("4.8669", "50.4637", "namur"),
    ],
)
def test_a_point_finds_its_municipality(lon, lat, slug):
    assert by_point(lon, lat).slug == slug


@pytest.mark.parametrize(
    ("lon", "lat"),
    [
        (4.3517, 50.8466),
        (6.1319, 49.6116),
        (5.6889, 50.8514),
        (3.0573, 50.6292),
        (6.0839, 50.7753),
        (4.4025, 50.7800),
        (50.6450, 5.5714),
        (235_000.0, 148_000.0),
        (float("nan"), 50.0),
        (float("inf"), 50.0),
        ("west", 50.0),
        (None, None),
    ],
    ids=[
        "Brussels",
        "Luxembourg",
        "Maastricht",
        "Lille",
        "Aachen",
        "beyond the border",
        "swapped",
        "Lambert",
        "nan",
        "inf",
        "text",
        "nothing",
    ],
)
def test_a_point_outside_wallonia_finds_nobody(lon, lat):
    assert by_point(lon, lat) is None


def test_a_point_on_a_shared_border_always_finds_the_same_municipality():
    corner = (4.3333, 50.6878)

    assert by_point(*corner).slug == "braine-l-alleud"
    assert by_point(*corner) is by_point(*corner)


def test_every_centre_that_lies_inside_finds_its_municipality():
    found = [by_point(*municipality.centre) is municipality for municipality in municipalities()]

    assert sum(found) >= 258


@given(st.floats(), st.floats())
def test_no_pair_of_numbers_raises(lon, lat):
    found = by_point(lon, lat)

    assert found is None or found in municipalities()
