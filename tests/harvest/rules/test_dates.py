"""Rules for dates and periods."""

from __future__ import annotations

from typing import Any

import pytest
from drafts import clean, resource


@pytest.mark.rule("date-read")
@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("\n          2018-04-25T08:16:43+00:00", "2018-04-25T08:16:43+00:00"),
        ("2016-12-14T19:01:24.184120", "2016-12-14T19:01:24"),
        ("2024", "2024"),
        ("2024-05", "2024-05"),
        ("01/02/2024", "2024-02-01"),
        ("1er février 2024", "2024-02-01"),
        ("3. März 2024", "2024-03-03"),
        ("août 2024", "2024-08"),
        (" 20180425", "2018-04-25"),
    ],
)
def test_date_is_read_as_exactly_as_it_was_given(written: str, read: str) -> None:
    assert clean("modified", written) == read


@pytest.mark.rule("date-read")
@pytest.mark.parametrize("written", ["annuel", "32/01/2024", "2024-13-01", "0001-01-01", "52011.0", "hier"])
def test_date_that_is_none_goes(written: str) -> None:
    assert clean("issued", written) is None


@pytest.mark.rule("period-read")
@pytest.mark.parametrize(
    ("period", "read"),
    [
        (
            {"text": "2004-11-03T00:00:00+01:00\n /\n 2005-03-30T00:00:00+02:00"},
            [{"start": "2004-11-03", "end": "2005-03-30"}],
        ),
        ({"text": "2022/2025"}, [{"start": "2022", "end": "2025"}]),
        ({"text": "de 2010 à 2015"}, [{"start": "2010", "end": "2015"}]),
        ({"text": "2025"}, [{"start": "2025", "end": "2025"}]),
        ({"start": "2016-12-05", "end": "2016-01-01"}, [{"start": "2016-01-01", "end": "2016-12-05"}]),
        ({"text": "toujours"}, None),
    ],
)
def test_period_in_one_text_is_taken_apart(period: dict[str, str], read: Any) -> None:
    assert clean("temporal_coverage", [period]) == read


@pytest.mark.rule("date-read")
@pytest.mark.parametrize(
    ("written", "read"), [("01/02/2024", "2024-02-01"), ("31.12.2024", "2024-12-31"), ("12/31/2024", None)]
)
def test_numbers_of_a_date_are_read_day_first_as_in_belgium(written: str, read: str | None) -> None:
    assert clean("issued", written) == read


@pytest.mark.rule("date-read")
def test_date_in_the_future_stays_for_its_publisher_to_mend() -> None:
    assert clean("modified", "2099-01-01") == "2099-01-01"


@pytest.mark.rule("date-read")
def test_dates_of_a_transport_feed_lose_their_leading_blank() -> None:
    assert clean("issued", " 20241201") == "2024-12-01"


@pytest.mark.rule("date-read")
def test_dates_of_a_resource_are_read_as_those_of_the_dataset() -> None:
    assert resource(modified="\n  1er mars 2024")["modified"] == "2024-03-01"
