"""Runs as bars and records as files: what pages show, without a portal."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from ckanext.smartregion.harvest import exporting, picture, timetables


def run(status: str = "done", **counts: int) -> dict[str, Any]:
    return {"status": status, "counts": {"failed": 0, **counts}}


# -- the bars


def test_bars_are_as_high_as_the_largest_run_and_stand_at_the_right():
    bars = picture.bars([run(unchanged=5), run(unchanged=10)])

    assert [bar["layers"][0]["height"] for bar in bars] == [picture.HEIGHT / 2, picture.HEIGHT]
    assert bars[-1]["x"] + picture.WIDTH == picture.width()


def test_three_of_twenty_thousand_are_seen_and_the_bar_stays_in_its_picture():
    layers = {each["layer"]: each for each in picture.bars([run(unchanged=20_000, created=2, failed=1)])[0]["layers"]}

    assert layers["new"]["height"] == layers["failed"]["height"] == picture.LEAST
    assert min(each["y"] for each in layers.values()) == 0
    assert sum(each["height"] for each in layers.values()) == picture.HEIGHT


def test_run_that_saw_nothing_is_an_empty_bar():
    assert picture.bars([run()])[0]["layers"] == []


def test_only_the_last_ten_runs_are_shown():
    assert len(picture.bars([run(unchanged=1)] * 12)) == 10


def test_shares_are_measured_by_the_largest():
    assert picture.shares([("a", 4), ("b", 1)]) == [("a", 4, 100.0), ("b", 1, 25.0)]
    assert picture.shares([]) == []


# -- schedules in words


def test_a_schedule_is_a_choice_or_an_expression_of_ones_own():
    assert timetables.choice("0 3 * * *") == {"timetable": "0 3 * * *", "cron": ""}
    assert timetables.choice("7 4 * * 2") == {"timetable": timetables.OWN, "cron": "7 4 * * 2"}


# -- files


def test_no_cell_of_a_csv_is_a_formula():
    rows = [{"title": "=cmd|'/c calc'!A1", "findings": [{"rule": "b"}, {"rule": "a"}, {"rule": "a"}], "other": 1}]
    text = "".join(exporting.csv_lines(rows, ("title", "findings")))

    assert text.startswith("\ufeff")
    assert list(csv.reader(io.StringIO(text[1:])))[1] == ["'=cmd|'/c calc'!A1", "a b"]


@pytest.mark.parametrize("rows", [[], [{"a": "é"}], [{"a": 1}, {"a": None}]])
def test_json_can_be_read_back(rows: list[dict[str, Any]]):
    assert json.loads("".join(exporting.json_lines(rows))) == rows
