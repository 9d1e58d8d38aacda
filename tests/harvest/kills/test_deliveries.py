"""The same run delivered twice, to one worker or to two at once, and a worker killed while another lives."""

from __future__ import annotations

import pytest

from ckanext.smartregion.harvest.engine import applying, closing, indexing, listing, writing
from ckanext.smartregion.harvest.walking import Walk

from tests.harvest.kills.children import Point, die, gate, lock_is_free
from tests.harvest.kills.picture import differences, picture
from tests.harvest.kills.story import buried, deliver, delivered, queued, status


@pytest.fixture
def same_again(fresh, undisturbed, app):
    """Begin anew, let a test disturb the run, and compare."""
    run = queued(fresh().import_of_the_region())
    yield run
    lock_is_free()
    delivered(run)
    assert status(run) == "done"
    assert not (lines := differences(undisturbed, picture(app))), "\n".join(lines)


STAGES = (
    Point("listing", Walk, "_step", "before", 2),
    Point("concluding", listing, "conclude"),
    Point("between write and commit", writing, "_send", "after"),
    Point("between commit and index", applying, "_after"),
    Point("closing", closing, "_remember_listing"),
)


def test_second_delivery_before_during_and_after_changes_nothing(same_again) -> None:
    """The first worker stops at each stage until a second one has done with the same run what it may."""
    with gate() as (stop, wait, go):

        def stop_everywhere() -> None:
            for stage in STAGES[1:]:
                stage.at(stop)
            stop()

        first = deliver(same_again, STAGES[0], stop_everywhere)
        for _ in STAGES:
            wait()
            second = deliver(same_again).wait()
            assert (second.signal, second.code) == (0, 0)
            go()
        assert first.wait().code == 0
    delivered(same_again)


def test_two_deliveries_at_the_same_time_share_the_work(same_again) -> None:
    both = [deliver(same_again) for _ in range(2)]
    assert [child.wait().code for child in both] == [0, 0]


def test_assistant_that_is_killed_leaves_its_steps_to_the_others(same_again) -> None:
    for point in (
        Point("in its transaction", writing, "_send", "after", 2),
        Point("between commit and index", applying, "_after"),
    ):
        with gate() as (stop, wait, go):
            first = deliver(same_again, Point("at its first step", applying, "_do"), stop)
            wait()
            assert deliver(same_again, point).wait().signal == 9
            if point.name == "_after":
                go()
                assert first.wait().code == 0
            else:
                first.kill()


def test_coordinator_that_is_killed_while_an_assistant_works_is_replaced(same_again) -> None:
    with gate() as (stop, wait, _):
        first = deliver(same_again, Point("with one step done", applying, "_after"), stop)
        wait()
        with gate() as (stop_assistant, wait_for_assistant, go_assistant):
            assistant = deliver(same_again, Point("in its transaction", writing, "_send", "after"), stop_assistant)
            wait_for_assistant()
            first.kill()
            lock_is_free()
            third = deliver(same_again)
            go_assistant()
            assert (assistant.wait().code, third.wait().code) == (0, 0)


def test_run_that_was_buried_is_done_by_its_heir_and_not_again_by_itself(fresh, undisturbed, app) -> None:
    run = queued(fresh().import_of_the_region())
    assert deliver(run, Point("", applying, "_after", "before", 3), die).wait().signal == 9
    lock_is_free()
    heir = buried()
    delivered(run)  # the job of the dead one comes late
    assert (status(run), status(heir)) == ("failed", "queued")
    delivered(heir)
    assert status(heir) == "done"
    assert not (lines := differences(undisturbed, picture(app))), "\n".join(lines)


def test_run_that_lives_is_not_buried_however_silent_it_is(fresh) -> None:
    run = queued(fresh().import_of_the_region())
    with gate() as (stop, wait, go):
        child = deliver(run, Point("", indexing, "_send"), stop)
        wait()
        with pytest.raises(ValueError, match="not enough values"):
            buried()
        go()
        assert child.wait().code == 0
    assert status(run) == "done"
