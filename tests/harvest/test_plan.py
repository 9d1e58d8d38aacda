"""The plan: what is created, updated, linked, left and withdrawn, and when nothing may be withdrawn."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from ckanext.smartregion.harvest.plan import ACTS, MOST_SHOWN, Known, Plan, Step, Twin, Vanished, step, vanished
from ckanext.smartregion.harvest.records import Candidate, Change, Finding, Record

NOW = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)
WEEK = dt.timedelta(days=7)


def candidate(title: str = "Un") -> Candidate:
    return Candidate({"title_translated": {"fr": title}})


def seen(remote_id: str, known: Known | None = None, title: str = "Un", twin: Twin | None = None) -> Step:
    return step(Record(remote_id), candidate(title), known, None, twin)


def known(remote_id: str, title: str = "Un", state: str = "published", **facts: Any) -> Known:
    return Known(remote_id, f"package-{remote_id}", candidate(title).hash, state, **facts)


def memory(*items: Known) -> dict[str, Known]:
    return {item.remote_id.casefold(): item for item in items}


def many(count: int) -> dict[str, Known]:
    return memory(*(known(f"r{number}") for number in range(count)))


def gone(items: dict[str, Known], missing: int, **facts: Any) -> Vanished:
    facts = {"complete": True, "nameless": False, "moment": NOW, **facts}
    unlisted = dict(list(items.items())[:missing])
    return vanished(unlisted, sum(item.shown for item in items.values()), **facts)


def acts(steps: tuple[Step, ...]) -> list[tuple[str, str]]:
    return [(each.act, each.remote_id) for each in steps]


def test_new_record_is_created() -> None:
    assert seen("a").act == "create"


def test_record_with_the_same_content_is_left_alone() -> None:
    assert seen("a", known("a")).act == "unchanged"


def test_record_with_other_content_is_updated() -> None:
    assert (seen("a", known("a"), title="Deux").act, seen("a", known("a"), title="Deux").package_id) == (
        "update",
        "package-a",
    )


def test_withdrawn_record_that_returns_unchanged_is_updated() -> None:
    assert seen("a", known("a", state="withdrawn")).act == "update"


def test_record_that_cannot_be_read_fails() -> None:
    assert step(Record("a"), None, None, {"en": "broken"}).act == "fail"


def test_dataset_of_a_source_nearer_its_origin_is_linked() -> None:
    found = seen("a", twin=Twin("theirs", "record", "namur", nearer=True))
    assert (found.act, found.package_id) == ("conflict", "theirs")


def test_link_that_stands_is_left_alone() -> None:
    linked = Known("a", "theirs", candidate().hash, "linked")
    assert seen("a", linked, twin=Twin("theirs", "record", "namur", nearer=True)).act == "unchanged"


def test_dataset_of_a_source_further_from_its_origin_is_taken_over_with_its_address() -> None:
    found = seen("a", twin=Twin("theirs", "record", "odwb", nearer=False))
    assert (found.act, found.package_id) == ("update", "theirs")


def test_record_that_vanished_is_withdrawn_where_there_is_no_grace() -> None:
    assert acts(gone(many(10), 1).steps) == [("withdraw", "r0")]


def test_record_that_vanished_is_marked_first_and_goes_after_its_grace() -> None:
    fresh, late = known("a", missing_since=NOW - WEEK / 2), known("b", missing_since=NOW - WEEK)
    others = [known(f"r{number}") for number in range(18)]
    items = memory(known("c"), fresh, late, *others)
    found = gone(items, 3, grace=WEEK)
    assert acts(found.steps) == [("miss", "c"), ("withdraw", "b")]


def test_incomplete_listing_withdraws_nothing_and_says_so() -> None:
    found = gone(many(10), 1, complete=False)
    assert (found.steps, found.asked) == ((), ())
    assert found.notes[0]["en"] == "The listing is not complete: nothing is withdrawn."


def test_record_without_a_name_may_be_the_missing_one() -> None:
    assert gone(many(10), 1, nameless=True).steps == ()


@pytest.mark.parametrize(
    ("published", "missing", "goes"), [(1, 1, True), (3, 1, True), (3, 2, False), (10, 2, True), (10, 3, False)]
)
def test_guard_lets_one_or_a_fifth_go_and_asks_for_more(published: int, missing: int, goes: bool) -> None:
    found = gone(many(published), missing)
    assert (len(found.steps) == missing) is goes
    assert (len(found.asked) == missing) is not goes


def test_guard_counts_what_is_marked_already() -> None:
    items = memory(*(known(f"r{number}", missing_since=NOW if number < 2 else None) for number in range(10)))
    assert (len(gone(items, 2, grace=WEEK).asked), len(gone(items, 3, grace=WEEK).asked)) == (0, 3)


def test_what_is_withdrawn_already_is_not_missing() -> None:
    assert gone(memory(known("a", state="withdrawn")), 1) == Vanished()


def test_link_that_vanished_goes_at_once_and_is_no_matter_for_the_guard() -> None:
    items = memory(*(known(f"r{number}", state="linked") for number in range(10)))
    assert len(gone(items, 10, grace=WEEK).steps) == 10


def test_step_comes_back_from_its_staged_form_as_it_was() -> None:
    record = Record("a", {"b": [1]}, "https://a.be", (Change("rule", "field", "x", None),))
    mapped = Candidate({"title_translated": {"fr": "Un"}}, ("Namur",), record.changes, (Finding("rule", "field", "x"),))
    for original in (
        step(record, mapped, known("a"), None, Twin("p", "r", "odwb", nearer=False)),
        step(record, None, None, {"en": "broken"}),
        Step("withdraw", "a", package_id="p"),
    ):
        assert Step.taken_up(original.staged()) == original


def test_plan_counts_all_its_steps_and_shows_the_first_of_them() -> None:
    plan = Plan()
    plan.add(seen(f"r{number}") for number in range(MOST_SHOWN + 5))
    plan.add([seen("x")], asked=True)
    shown = plan.as_dict()
    assert shown["counts"] == {**dict.fromkeys(ACTS, 0), "create": MOST_SHOWN + 5}
    assert (len(shown["steps"]), len(shown["asked"])) == (MOST_SHOWN, 1)
