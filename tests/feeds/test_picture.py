"""The picture of the last days. Pure."""

import datetime as dt

from ckanext.smartregion.feeds import picture

TODAY = dt.date(2026, 3, 2)


def test_every_day_has_a_place_and_the_fullest_fills_the_height():
    counts = {(TODAY, "Create"): 30, (TODAY, "Update"): 10, (TODAY - dt.timedelta(days=1), "Delete"): 20}

    before, yesterday, today = picture.bars(counts, TODAY, 3)

    assert [bar["day"].day for bar in (before, yesterday, today)] == [28, 1, 2]
    assert (before["x"], before["layers"]) == (0, [])
    assert sum(layer["height"] for layer in today["layers"]) == picture.HEIGHT
    assert yesterday["layers"] == [{"layer": "gone", "y": 48.0, "height": 48.0}]


def test_a_single_change_among_thousands_is_seen_and_does_not_leave_the_picture():
    (bar,) = picture.bars({(TODAY, "Create"): 9999, (TODAY, "Delete"): 1}, TODAY, 1)

    assert [layer["height"] for layer in bar["layers"]] == [picture.HEIGHT - picture.LEAST, picture.LEAST]
    assert min(layer["y"] for layer in bar["layers"]) >= 0
