"""A timetable that is over: told on that day, though its archive did not change, and without any other write."""

from __future__ import annotations

import datetime as dt

import pytest
from far_end import Answer, FarEnd
from mobility_feeds import archive

from ckan.tests.helpers import call_action

from ckanext.smartregion.harvesters import gtfs

from tests.harvest.test_run import counts, footprint


@pytest.fixture
def day(monkeypatch: pytest.MonkeyPatch):
    """Move to a day."""

    def move(text: str) -> None:
        monkeypatch.setattr(gtfs, "today", lambda: dt.date.fromisoformat(text))

    return move


def told() -> list[tuple[str, str]]:
    (record,) = call_action("smartregion_record_list", source="essai")
    return [(each["rule"], each["value"]) for each in record["findings"] if each["rule"] == "gtfs-expired"]


@pytest.mark.parametrize("asks", ["with an ETag", "whole"])
def test_timetable_that_is_over_is_told_though_its_archive_did_not_change(
    make, far_end: FarEnd, run, day, asks
) -> None:
    info = "feed_publisher_name,feed_publisher_url,feed_lang,feed_start_date,feed_end_date\nOTW,https://otw.be,fr,"
    body = archive({"feed_info.txt": f"{info}20260101,20260331\n"})

    def answer(request) -> Answer:
        known = asks == "with an ETag" and request.headers.get("if-none-match") == '"1"'
        return Answer(status=304) if known else Answer(body, headers={"ETag": '"1"'} if "ETag" in asks else {})

    far_end.serve("/gtfs.zip", answer)
    source = make(f"{far_end.url}/gtfs.zip", kind="gtfs", options={"license": "CC BY 4.0"})
    day("2026-03-31")
    assert sum(counts(run(source)).values()) == 1
    assert told() == []
    before = footprint()
    assert counts(run(source)) == {"unchanged": 1}
    assert footprint() == before

    day("2026-04-01")
    assert counts(run(source)) == {"unchanged": 1}
    assert told() == [("gtfs-expired", "2026-03-31")]
    assert {name for name, rows in footprint().items() if rows != before[name]} == {"smartregion_record"}

    before = footprint()
    run(source)
    assert footprint() == before
