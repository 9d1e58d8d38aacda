"""How a source is, by its last runs and records, and which change of that is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ckanext.smartregion.harvest.condition import SENTENCES, Closed, Facts, Memory, condition, interval, news

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
DAILY = "0 3 * * *"
ERROR = {"fr": "Erreur 500.", "nl": "Fout 500.", "de": "Fehler 500.", "en": "Error 500."}


def ago(**length: float) -> datetime:
    return NOW - timedelta(**length)


def ended(status: str = "done", days: float = 0.4, name: str = "r1") -> Closed:
    error = ERROR if status in ("failed", "incomplete") else None
    return Closed(name, status, queued=ago(days=days), finished=ago(days=days), seconds=60, error=error)


def facts(*runs: Closed, **more: Any) -> Facts:
    return Facts("essai", **{"schedule": DAILY, "listed": ago(days=0.4), "closed": runs, **more})


CASES = {
    "well": (facts(ended()), "well", "well"),
    "well, with records that have been held for long": (facts(ended(), held=5), "well", "well"),
    "one failure": (facts(ended("failed")), "troubled", "failed"),
    "broke off": (facts(ended("incomplete")), "troubled", "incomplete"),
    "asks": (facts(ended("asking")), "troubled", "asks"),
    "held lately": (facts(ended(), held=5, held_lately=2), "troubled", "held"),
    "two failures": (facts(ended("failed"), ended("failed")), "troubled", "failed"),
    "three failures": (facts(*[ended("failed")] * 3), "failing", "fails"),
    "three failures, by hand only": (facts(*[ended("failed")] * 3, schedule="", enabled=False), "failing", "fails"),
    "not listed for two days": (facts(ended("incomplete"), listed=ago(days=2.1)), "failing", "unlisted"),
    "not listed for almost two days": (facts(ended("incomplete"), listed=ago(days=1.9)), "troubled", "incomplete"),
    "never listed, since days": (
        facts(ended("incomplete"), ended("incomplete", 2.5), listed=None),
        "failing",
        "unlisted",
    ),
    "never listed, since today": (facts(ended("incomplete"), listed=None), "troubled", "incomplete"),
    "back from a long pause": (facts(ended(days=90), listed=ago(days=90)), "well", "well"),
    "no worker takes the run": (facts(ended(), waits_since=ago(hours=3)), "silent", "waits"),
    "the first run is not taken": (facts(waits_since=ago(hours=3)), "silent", "waits"),
    "a run that waits a little": (facts(ended(), waits_since=ago(hours=1)), "well", "well"),
    "nobody starts it": (facts(ended(), next_run=ago(hours=3)), "silent", "overdue"),
    "silent rather than failing": (facts(*[ended("failed")] * 3, next_run=ago(hours=3)), "silent", "overdue"),
    "new": (facts(), "resting", "new"),
    "not approved": (facts(approved=False, next_run=ago(days=9)), "resting", "unapproved"),
    "paused": (facts(ended("failed"), paused=True, next_run=ago(days=9)), "resting", "paused"),
    "off": (facts(ended("failed"), enabled=False, next_run=ago(days=9)), "resting", "off"),
}


@pytest.mark.parametrize("name", CASES)
def test_state_and_cause(name: str) -> None:
    given, state, cause = CASES[name]
    found = condition(given, NOW)
    assert (found.state, found.cause) == (state, cause)
    assert set(found.why) == {"fr", "nl", "de", "en"}
    assert not [text for text in found.why.values() if "%" in text or not text.endswith((".", "!"))]


def test_why_gives_the_reason_and_the_moment_in_each_language() -> None:
    found = condition(facts(ended("incomplete"), listed=datetime(2026, 1, 5, 2, tzinfo=UTC)), NOW)
    assert "5 janvier 2026 03:00" in found.why["fr"]
    assert "5. Januar 2026 03:00" in found.why["de"]
    assert found.why["en"].endswith("Error 500.")


def test_every_cause_has_a_sentence_and_every_kind_a_word() -> None:
    assert {cause for _, _, cause in CASES.values()} == set(SENTENCES["why"])
    assert set(SENTENCES["kinds"]) == {
        "troubled", "failing", "silent", "recovered", "asks", "first", "held", "well", "resting", "waiver-ends",
        "waiver-ended",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("expression", "days"), [(DAILY, 1), ("0 3 * * 1-5", 3), ("0 3 1 * *", 31), ("*/15 * * * *", 15 / 1440)]
)
def test_interval_is_the_longest_between_two_runs(expression: str, days: float) -> None:
    assert interval(expression, "Europe/Brussels") == timedelta(days=days)


# -- news


def story(*looks: Facts) -> list[list[str]]:
    """Which kinds of news come of each look in turn."""
    memory, told = Memory(), []
    for each in looks:
        found = news(memory, each, condition(each, NOW))
        memory = found.memory
        told.append([one.kind for one in found.news])
    return told


WELL, FAILED = facts(ended(), published=9), facts(ended("failed"), published=9)
BROKEN = facts(ended("incomplete"), published=9)
HELD = facts(ended(), published=9, held=2, held_lately=2)


@pytest.mark.parametrize(
    ("looks", "told"),
    [
        ([WELL] * 4, [["first"], [], [], []]),
        ([FAILED] * 5, [["first", "troubled"], [], [], [], []]),
        ([WELL, FAILED, WELL, WELL], [["first"], ["troubled"], ["recovered"], []]),
        ([WELL, FAILED, BROKEN, BROKEN], [["first"], ["troubled"], ["troubled"], []]),
        ([FAILED, facts(*[ended("failed")] * 3, published=9)], [["first", "troubled"], ["failing"]]),
        ([WELL, facts(ended(), waits_since=ago(hours=3), published=9), WELL], [["first"], ["silent"], ["recovered"]]),
        ([WELL, facts(published=9, paused=True), WELL], [["first"], [], []]),
        ([FAILED, facts(published=9, paused=True), FAILED], [["first", "troubled"], [], []]),
        ([WELL, HELD, HELD], [["first"], ["held"], []]),
        ([WELL, HELD, facts(ended(), published=9, held=3, held_lately=3)], [["first"], ["held"], ["held"]]),
        ([WELL, HELD, facts(ended(), published=9, held=2)], [["first"], ["held"], []]),
        ([WELL, HELD, WELL], [["first"], ["held"], ["recovered"]]),
        ([facts(ended("failed")), facts(ended(), held=4, held_lately=4)], [["troubled"], ["held"]]),
    ],
)
def test_only_a_change_is_told(looks: list[Facts], told: list[list[str]]) -> None:
    assert story(*looks) == told


def test_every_run_that_asks_is_told_once() -> None:
    first, second = (facts(ended("asking", name=name), published=9) for name in ("r1", "r2"))
    assert story(WELL, first, first, second, WELL) == [["first"], ["asks"], [], ["asks"], ["recovered"]]


def test_news_tells_how_many_and_of_which_run() -> None:
    found = news(Memory(held=1, published=True), facts(ended(name="r7"), held=4), condition(WELL, NOW))
    assert [(one.kind, one.run) for one in found.news] == [("held", "r7")]
    assert found.news[0].texts["en"].startswith("Datasets newly held: 3.")
