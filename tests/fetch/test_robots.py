"""robots.txt is obeyed where pages are read that are made for people."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from far_end import Answer, FarEnd

from ckanext.smartregion.fetch import Client, Policy

RULES = "User-agent: *\nDisallow: /private/\n\nUser-agent: smartregion\nDisallow: /not-for-us\n"


def visitor(far_end: FarEnd) -> Client:
    return Client(Policy(agent="smartregion/0.1 (+https://a.be)", allow_private=(far_end.host,), attempts=1))


def paths(far_end: FarEnd) -> list[str]:
    return [request.path for request in far_end.requests]


def test_page_that_is_forbidden_is_not_read(far_end: FarEnd, failure: Callable) -> None:
    far_end.serve("/robots.txt", RULES)
    error = failure(visitor(far_end), far_end.serve("/not-for-us/a", "x"), robots=True)

    assert error.kind == "robots"
    assert "robots.txt" in error.text("de")
    assert paths(far_end) == ["/robots.txt"]


def test_rules_are_fetched_once_and_those_of_our_name_hold(far_end: FarEnd) -> None:
    far_end.serve("/robots.txt", RULES)
    client = visitor(far_end)

    assert client.get(far_end.serve("/private/a", "for us"), robots=True).body == b"for us"
    assert client.get(far_end.serve("/b", "x"), robots=True).body == b"x"
    assert paths(far_end) == ["/robots.txt", "/private/a", "/b"]


def test_redirect_to_a_forbidden_page_is_not_followed(far_end: FarEnd, failure: Callable) -> None:
    far_end.serve("/robots.txt", RULES)
    url = far_end.serve("/a", Answer(status=302, headers={"Location": "/not-for-us"}))

    assert failure(visitor(far_end), url, robots=True).kind == "robots"


def test_programs_door_asks_for_no_rules(far_end: FarEnd) -> None:
    far_end.serve("/robots.txt", "User-agent: *\nDisallow: /\n")

    assert visitor(far_end).get(far_end.serve("/api", "x")).body == b"x"
    assert paths(far_end) == ["/api"]


def test_delay_that_a_site_asks_for_is_kept_between_two_calls(far_end: FarEnd) -> None:
    far_end.serve("/robots.txt", "User-agent: *\nCrawl-delay: 1\n")
    client, url = visitor(far_end), far_end.serve("/a", "x")
    client.get(url, robots=True)
    started = time.monotonic()
    client.get(url, robots=True)

    assert time.monotonic() - started >= 0.9


@pytest.mark.parametrize(
    "rules",
    [
        Answer(status=404),
        Answer(status=500),
        Answer(status=302, headers={"Location": "http://10.0.0.1/robots.txt"}),
        Answer(b"<html>Not found</html>"),
        Answer(b"\xff\xfe\x00 no text"),
        Answer(b"x" * 600_000),
        Answer(b""),
    ],
    ids=["absent", "broken", "into the house", "a page", "no text", "too large", "empty"],
)
def test_rules_that_are_absent_or_unreadable_forbid_nothing(far_end: FarEnd, rules: Answer) -> None:
    far_end.serve("/robots.txt", rules)

    assert visitor(far_end).get(far_end.serve("/a", "x"), robots=True).body == b"x"
