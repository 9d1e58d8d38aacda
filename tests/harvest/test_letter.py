"""The mail of the day as it is written, and when its hour has come."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest

from ckanext.smartregion.harvest.letter import Line, clock, compose, round_of

A, B = "https://x.example/a", "https://x.example/b?c=1&d=2"
NEWS = [
    Line("Ville de Liège", "Portail", "en échec", "En échec.", A, datetime(2026, 7, 1, 1, tzinfo=UTC)),
    Line("Namur", "<b>Géo</b> & co", "retenus", "Retenus : 2 <script>.", B, datetime(2026, 1, 1, 23, tzinfo=UTC)),
]  # fmt: skip


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize("language", ["fr", "nl", "de", "en"])
def test_mail_tells_everything_in_both_forms(language: str) -> None:
    mail = compose(language, "Élise", "Wallonie", "https://x.example/harvest/notices", NEWS, 2)
    assert mail.subject.startswith("[Wallonie] ")
    assert mail.subject.endswith(": 2")
    for form in (mail.text, mail.html):
        assert "Élise" in form
        assert form.index("Namur") < form.index("Ville de Liège")
        assert "https://x.example/harvest/notices#mail" in form
        assert "%" not in form
    assert "https://x.example/b?c=1&d=2" in mail.text
    assert f'<html lang="{language}">' in mail.html


def test_text_from_outside_stays_text_in_html() -> None:
    mail = compose("fr", "<i>x</i>", "Wallonie", "https://x.example", NEWS, 2)
    assert "<script>" not in mail.html
    assert "&lt;b&gt;Géo&lt;/b&gt; &amp; co" in mail.html
    assert "<i>" not in mail.html
    assert "<b>Géo</b> & co" in mail.text


def test_moments_are_belgian_and_in_the_language() -> None:
    mail = compose("de", "x", "Wallonie", "https://x.example", NEWS, 2)
    assert "1. Juli 2026, 03:00" in mail.text
    assert "2. Januar 2026, 00:00" in mail.text


def test_what_is_too_much_for_a_mail_is_counted() -> None:
    assert "Et 39 de plus" in compose("fr", "x", "Wallonie", "https://x.example", NEWS, 41).text


def test_subject_is_one_line() -> None:
    assert "\n" not in compose("fr", "x", "Wallonie\r\nBcc: y", "https://x.example", NEWS, 2).subject


@pytest.mark.parametrize(
    ("moment", "start"),
    [
        (utc(2026, 1, 10, 6, 29), None),
        (utc(2026, 1, 10, 6, 30), utc(2026, 1, 10, 6, 30)),
        (utc(2026, 7, 10, 5, 29), None),
        (utc(2026, 7, 10, 22, 0), None),  # midnight in Belgium: the next day's hour is still to come
        (utc(2026, 7, 10, 21, 59), utc(2026, 7, 10, 5, 30)),
    ],
)
def test_round_begins_at_its_hour_in_belgium_and_ends_with_the_day(moment: datetime, start: datetime | None) -> None:
    assert round_of(moment, clock("7:30")) == start


def test_hour_that_is_none_is_refused_with_an_example() -> None:
    assert clock("07:30") == time(7, 30)
    for text in ("7h30", "", "25:00", "7:30:10"):
        with pytest.raises(ValueError, match="7:30"):
            clock(text)
