"""The schedule: cron in Belgian time, spread by a jitter that is always the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from ckanext.smartregion.harvest.schedule import ScheduleError, check, following, jitter


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def test_three_at_night_is_belgian_time() -> None:
    assert following("0 3 * * *", "a", utc(2026, 1, 10)) == [utc(2026, 1, 10, 2)]
    assert following("0 3 * * *", "a", utc(2026, 7, 10)) == [utc(2026, 7, 10, 1)]


def test_next_runs_cross_the_change_of_clocks() -> None:
    found = following("0 4 * * *", "a", utc(2026, 3, 28), count=2)
    assert found == [utc(2026, 3, 28, 3), utc(2026, 3, 29, 2)]


def test_following_is_always_later() -> None:
    moment = utc(2026, 5, 1, 1, 0)
    for _ in range(5):
        later = following("0 * * * *", "liege", moment, spread=600)[0]
        assert later > moment
        moment = later


def test_jitter_is_the_same_for_one_source_and_differs_between_sources() -> None:
    assert jitter("namur", 600) == jitter("namur", 600)
    assert len({jitter(f"s{number}", 600) for number in range(20)}) > 15
    assert timedelta() <= jitter("namur", 600) < timedelta(seconds=600)
    assert jitter("namur", 0) == timedelta()


def test_jitter_shifts_every_run_alike() -> None:
    runs = following("*/10 * * * *", "namur", utc(2026, 5, 1), spread=120, count=3)
    assert [later - earlier for earlier, later in pairwise(runs)] == [timedelta(minutes=10)] * 2


def test_no_schedule_is_never() -> None:
    assert check("  ") == ""
    assert following("", "a", utc(2026, 1, 1)) == []


@pytest.mark.parametrize("text", ["daily", "61 * * * *", "* * * *", "* * * * * *", "0 3 * * x", "0 0 31 2 *"])
def test_what_is_no_schedule_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ScheduleError, match="Give five fields"):
        check(text)
