"""Two sources that show the same dataset, read in the same moment by two workers: it is there once in the end."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from ckan import model as ckan_model

from ckanext.smartregion.harvest.engine import applying, doubles, listing, writing

from tests.harvest.kills.children import Point, gate, lock_is_free
from tests.harvest.kills.story import SHARED, SHARED_ONLY, deliver, delivered, queued, status

STOPS = (
    Point("both have listed", listing, "conclude"),
    Point("both have a plan", applying, "work"),
    Point("both are in their transaction", writing, "_send"),
    Point("one is committed", applying, "_after"),
)


def shown() -> dict[str, int]:
    """How often each shared dataset is in the catalogue."""
    ckan_model.Session.rollback()
    active = ckan_model.Session.query(ckan_model.Package.title).filter_by(state="active").all()
    return {title: [row[0] for row in active].count(title) for title in SHARED}


@pytest.mark.parametrize("point", STOPS, ids=lambda point: point.label)
def test_dataset_is_there_once_and_is_that_of_its_origin(fresh: Any, point: Point) -> None:
    fresh(SHARED_ONLY)
    order = ("ville", "region") if point.name in ("conclude", "_after") else ("region", "ville")
    runs = {name: queued(name) for name in order}
    with gate() as (stop, wait, go):
        first = deliver(runs[order[0]], point, stop)
        wait()
        second = deliver(runs[order[1]])
        if point.name != "_send":
            second.wait()
        go()
        assert (first.wait().code, second.wait().code) == (0, 0)
    lock_is_free()
    assert {status(run) for run in runs.values()} == {"done"}

    for name in ("region", "ville", "region"):
        delivered(queued(name))
    assert shown() == dict.fromkeys(SHARED, 1)


def test_run_that_stood_in_the_way_of_anothers_closes_again(fresh: Any) -> None:
    """Each of two sources marks what the other is to read anew; PostgreSQL lets one of them go first."""

    def meet() -> None:
        ckan_model.Session.execute(sa.text("DO 'BEGIN RAISE deadlock_detected; END'"))

    run = queued(fresh(SHARED_ONLY).import_of_the_region())
    assert deliver(run, Point("at the close", doubles, "part"), meet).wait().code == 0
    assert status(run) == "done"
