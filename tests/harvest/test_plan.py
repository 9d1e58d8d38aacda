"""The plan: what is created, updated, left and withdrawn, and when nothing may be withdrawn."""

from __future__ import annotations

import pytest

from ckanext.smartregion.harvest.plan import Known, Plan, Step, make, step
from ckanext.smartregion.harvest.records import Candidate, Record


def candidate(title: str = "Un") -> Candidate:
    return Candidate({"title_translated": {"fr": title}})


def seen(remote_id: str, known: Known | None = None, title: str = "Un") -> Step:
    return step(Record(remote_id), candidate(title), known, None)


def known(remote_id: str, title: str = "Un", state: str = "published") -> Known:
    return Known(remote_id, f"package-{remote_id}", candidate(title).hash, state)


def memory(*items: Known) -> dict[str, Known]:
    return {item.remote_id.casefold(): item for item in items}


def many(count: int) -> dict[str, Known]:
    return memory(*(known(f"r{number}") for number in range(count)))


def withdrawn(plan: Plan) -> list[str]:
    return [each.remote_id for each in plan.steps if each.act == "withdraw"]


def test_new_record_is_created() -> None:
    assert seen("a").act == "create"


def test_record_with_the_same_content_is_left_alone() -> None:
    assert seen("a", known("a")).act == "unchanged"


def test_record_with_other_content_is_updated() -> None:
    assert seen("a", known("a"), title="Deux").act == "update"


def test_withdrawn_record_that_returns_unchanged_is_updated() -> None:
    assert seen("a", known("a", state="withdrawn")).act == "update"


def test_record_that_cannot_be_read_fails() -> None:
    assert step(Record("a"), None, None, {"en": "broken"}).act == "fail"


def test_record_that_vanished_is_withdrawn() -> None:
    items = many(10)
    plan = make([seen(key, item) for key, item in list(items.items())[1:]], items, complete=True)
    assert withdrawn(plan) == ["r0"]


def test_incomplete_listing_withdraws_nothing_and_says_so() -> None:
    items = many(10)
    plan = make([seen("r1", items["r1"])], items, complete=False)
    assert withdrawn(plan) == []
    assert plan.notes[0]["en"] == "The listing is not complete: nothing is withdrawn."


def test_broken_record_without_a_known_name_may_be_the_missing_one() -> None:
    items = many(10)
    steps = [seen(key, item) for key, item in list(items.items())[1:]]
    plan = make([*steps, step(Record("broken-7"), None, None, {"en": "?"})], items, complete=True)
    assert withdrawn(plan) == []


def test_known_record_that_breaks_is_not_missing() -> None:
    items = many(10)
    steps = [seen(key, item) for key, item in items.items() if key != "r0"]
    plan = make([*steps, step(Record("r0"), None, items["r0"], {"en": "?"})], items, complete=True)
    assert (withdrawn(plan), plan.notes) == ([], ())


@pytest.mark.parametrize(
    ("published", "missing", "goes"), [(1, 1, True), (3, 1, True), (3, 2, False), (10, 2, True), (10, 3, False)]
)
def test_guard_lets_one_or_a_fifth_go(published: int, missing: int, goes: bool) -> None:
    items = many(published)
    plan = make([seen(key, item) for key, item in list(items.items())[missing:]], items, complete=True)
    assert (len(withdrawn(plan)) == missing) is goes
    assert (len(plan.guarded) == missing) is not goes


def test_guard_yields_to_a_confirmation() -> None:
    plan = make([], many(10), complete=True, confirmed=True)
    assert len(withdrawn(plan)) == 10


def test_what_is_withdrawn_already_is_not_missing() -> None:
    plan = make([], memory(known("a", state="withdrawn")), complete=True)
    assert plan.steps == ()


def test_identifier_twice_in_a_list_is_taken_once_and_said() -> None:
    plan = make([seen("a"), seen(" A ", title="Deux")], {}, complete=True)
    assert [each.remote_id for each in plan.steps] == ["a"]
    assert "stands in the list more than once" in plan.notes[0]["en"]


def test_identifier_in_other_case_is_the_same_record() -> None:
    items = memory(known("Parkings"))
    plan = make([seen("PARKINGS", items["parkings"])], items, complete=True)
    assert plan.counts() == {"create": 0, "update": 0, "unchanged": 1, "withdraw": 0, "fail": 0}
