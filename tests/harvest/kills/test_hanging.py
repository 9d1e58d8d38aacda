"""A worker that hangs holds its locks and never ends: its run is found by its heartbeat, stopped, and taken up."""

from __future__ import annotations

import pytest

from ckan.tests.helpers import call_action

from ckanext.smartregion.harvest import model
from ckanext.smartregion.harvest.engine import applying, closing, listing, pulse
from ckanext.smartregion.harvest.sentences import say

from tests.harvest.kills.children import Point, gate
from tests.harvest.kills.picture import picture
from tests.harvest.kills.story import deliver, delivered, later, queued, scheduler, status


def runs() -> list[dict]:
    return call_action("smartregion_run_list", source="region")


@pytest.mark.parametrize(
    "point",
    [
        Point("while a page is kept", listing, "_keep", times=2),
        Point("with steps of its own half done", applying, "_do", times=4),
        Point("before the close", closing, "_status"),
    ],
    ids=lambda point: point.label,
)
def test_run_of_a_worker_that_hangs_is_found_within_ten_minutes_and_goes_on(
    fresh, undisturbed, app, monkeypatch, point
) -> None:
    monkeypatch.setattr(pulse, "HEARTBEAT", 0.0)  # who wakes up after minutes looks at once whose the run is
    run = queued(fresh().import_of_the_region())
    with gate() as (stop, wait, go):
        worker = deliver(run, point, stop)
        wait()
        later(8)
        scheduler()
        assert [each["status"] for each in runs()] == ["running"], "what holds its lock may only be slow"

        later(2)
        scheduler()
        heir, dead = runs()
        assert (dead["id"], dead["status"], heir["status"], heir["trigger"]) == (run, "failed", "queued", "resume")
        assert call_action("smartregion_run_show", id=run)["error"] == say("stuck")
        delivered(heir["id"])

        go()
        assert worker.wait().code == 1, "it wakes up and finds that its run is no longer its own"
    assert (status(run), status(heir["id"])) == ("failed", "done")
    assert model.live_run(model.find_source("region").id) is None
    assert picture(app) == undisturbed
