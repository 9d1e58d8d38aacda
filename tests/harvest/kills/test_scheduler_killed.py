"""The scheduler killed between two of its steps: each turn of a schedule is one run, and no dead run is forgotten."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from ckan import model as ckan_model
from ckan.tests.helpers import call_action

from ckanext.smartregion.harvest import model
from ckanext.smartregion.harvest.engine import applying, closing, queueing, ticking

from tests.harvest.kills.children import Point, lock_is_free, start
from tests.harvest.kills.story import SHARED_ONLY, deliver, delivered, later, queued, scheduler, status


@pytest.fixture
def due(fresh) -> Callable[[], Any]:
    """A source whose time has come; gives how its runs stand now."""
    fresh(SHARED_ONLY)
    call_action("smartregion_source_update", id="region", schedule="0 3 * * *")
    call_action("smartregion_source_enable", id="region")
    ckan_model.Session.execute(sa.update(model.Source).values(next_run=model.now() - dt.timedelta(seconds=1)))
    ckan_model.Session.commit()
    return lambda: [run["status"] for run in call_action("smartregion_run_list", source="region")]


@pytest.mark.parametrize(
    "point",
    [
        Point("before the claim", model, "claim"),
        Point("between claim and run", model, "claim", "after"),
        Point("before the commit of both", ticking, "new_run", "after"),
        Point("between commit and hand-over", queueing, "enqueue"),
        Point("after the hand-over", queueing, "enqueue", "after"),
    ],
    ids=lambda point: point.label,
)
def test_turn_of_a_schedule_is_one_run_wherever_the_scheduler_dies(due, point: Point) -> None:
    assert scheduler(point) == 9
    scheduler()
    assert due() == ["queued"]
    later(6)
    scheduler()
    scheduler()

    (run,) = call_action("smartregion_run_list", source="region")
    assert queueing.waiting_runs() == {run["id"]}
    delivered(run["id"])
    assert due() == ["done"]


@pytest.mark.parametrize(
    "point",
    [
        Point("before the burial", closing, "lose"),
        Point("before its commit", closing, "counts", "after"),
        Point("between burial and hand-over", queueing, "enqueue"),
    ],
    ids=lambda point: point.label,
)
def test_dead_run_has_one_heir_wherever_the_scheduler_dies(fresh, point: Point) -> None:
    run = queued(fresh(SHARED_ONLY).import_of_the_region())
    assert deliver(run, Point("", applying, "_after")).wait().signal == 9
    lock_is_free()
    later(6)
    assert scheduler(point) == 9
    lock_is_free()
    scheduler()
    later(6)
    scheduler()

    heir, dead = call_action("smartregion_run_list", source="region")
    assert (dead["id"], dead["status"], heir["status"], heir["trigger"]) == (run, "failed", "queued", "resume")
    assert queueing.waiting_runs() == {heir["id"]}
    delivered(heir["id"])
    assert status(heir["id"]) == "done"


def test_two_schedulers_that_find_the_same_dead_run_give_it_one_heir(fresh) -> None:
    run = queued(fresh(SHARED_ONLY).import_of_the_region())
    assert deliver(run, Point("", applying, "_after")).wait().signal == 9
    lock_is_free()
    later(6)
    both = [start(ticking.tick) for _ in range(2)]
    assert [child.wait().code for child in both] == [0, 0]
    ckan_model.Session.rollback()
    assert len(call_action("smartregion_run_list", source="region")) == 2


def test_run_that_kills_every_worker_is_given_up_for_a_person(fresh) -> None:
    run = queued(fresh(SHARED_ONLY).import_of_the_region())
    for _ in range(ticking.MOST_RESUMPTIONS + 1):
        assert deliver(run, Point("", applying, "_do")).wait().signal == 9
        lock_is_free()
        later(3)
        scheduler()
        run = call_action("smartregion_run_list", source="region")[0]["id"]
    runs = call_action("smartregion_run_list", source="region")
    assert [each["status"] for each in runs] == ["failed"] * (ticking.MOST_RESUMPTIONS + 1)
