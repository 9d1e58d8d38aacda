"""PostgreSQL, Redis and Solr killed under a run: it ends with a plain reason or goes on, and the next one mends all."""

from __future__ import annotations

import datetime as dt
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pysolr
import pytest
import sqlalchemy as sa
from live import wait_for
from sqlalchemy.exc import DBAPIError

from ckan import model as ckan_model
from ckan.lib.redis import connect_to_redis
from ckan.lib.search.common import make_connection
from ckan.tests.helpers import call_action

from ckanext.smartregion.harvest import model
from ckanext.smartregion.harvest.engine import applying, closing, queueing, ticking
from ckanext.smartregion.harvest.walking import Walk

from stack import settings, supervision
from stack.settings import Stack
from tests.harvest.kills.children import Point, gate, lock_is_free
from tests.harvest.kills.picture import differences, picture
from tests.harvest.kills.story import SHARED, deliver, delivered, disturbed, queued, status


@pytest.fixture
def stack(alone: None, run_dir: Path) -> Stack:
    """The services that the tests run on; nobody else works with them any more."""
    return settings.made(run_dir)


def killed(stack: Stack, name: str) -> None:
    """The end of a service, here and now; its supervisor starts it again."""
    os.kill(supervision._proxy(stack).supervisor.getProcessInfo(name)["pid"], signal.SIGKILL)


@pytest.mark.live
@pytest.mark.disruptive
@pytest.mark.parametrize("point", [Point("listing", Walk, "_step", "before", 3), Point("applying", applying, "_map")])
def test_crash_of_postgresql_ends_the_turn_and_the_next_run_mends_all(seen_through, stack: Stack, point: Point) -> None:
    def crash() -> None:
        with ckan_model.ensure_engine().connect() as connection, ckan_model.ensure_engine().connect() as another:
            os.kill(connection.execute(sa.text("SELECT pg_backend_pid()")).scalar_one(), signal.SIGKILL)
            with suppress(DBAPIError):
                connection.execute(sa.text("SELECT 1"))
            # PostgreSQL ends all the others as soon as it knows; until then it takes new ones.
            wait_for(lambda: _is_lost(another), seconds=30, what="every connection is lost")
        ckan_model.ensure_engine().dispose()
        wait_for(_database_is_back, seconds=30, what="PostgreSQL is back")

    child = disturbed(seen_through, point, crash)
    # Between two pages nothing is under way: the run goes on until it notices that it has lost its lock.
    assert (child.signal, status(seen_through)) in ((0, "running"), (0, "failed"), (0, "done"))
    assert ckan_model.Session.query(model.Outcome).filter_by(outcome="failed").count() == 0


def _is_lost(connection: sa.Connection) -> bool:
    try:
        connection.execute(sa.text("SELECT 1"))
    except DBAPIError:
        return True
    return False


def _database_is_back() -> bool:
    with suppress(DBAPIError), ckan_model.ensure_engine().connect() as connection:
        return connection.execute(sa.text("SELECT 1")).scalar_one() == 1
    return False


@pytest.mark.live
@pytest.mark.disruptive
def test_run_goes_on_when_redis_is_killed(seen_through, stack: Stack) -> None:
    child = disturbed(seen_through, Point("applying", applying, "_after"), lambda: killed(stack, "redis"))
    assert (child.code, status(seen_through)) == (0, "done")
    wait_for(_redis_is_back, seconds=30, what="Redis is back")


@pytest.mark.live
@pytest.mark.disruptive
def test_queued_run_is_handed_over_again_when_redis_has_lost_it(seen_through, stack: Stack) -> None:
    killed(stack, "redis")
    run = ckan_model.Session.get_one(model.Run, seen_through)
    queueing.enqueue(run)  # while Redis is away, or is just coming back
    wait_for(_redis_is_back, seconds=30, what="Redis is back")
    connect_to_redis().flushdb()
    run.queued = model.now() - dt.timedelta(minutes=6)
    ckan_model.Session.commit()

    ticking.tick()
    ticking.tick()
    assert queueing.waiting_runs() == {seen_through}


def _redis_is_back() -> bool:
    with suppress(Exception):
        return bool(connect_to_redis().ping())
    return False


@pytest.fixture
def apart(fresh) -> Callable[[], dict[str, str]]:
    """Begin anew, with nothing that the two sources share; gives the first run of each."""

    def begin() -> dict[str, str]:
        story = fresh()
        for number in range(len(SHARED)):
            del story.town.items[f"t{number}"]
        return {name: queued(name) for name in ("region", "ville")}

    return begin


@pytest.mark.live
@pytest.mark.disruptive
def test_kill_of_solr_fails_a_run_for_a_plain_reason_and_what_it_had_taken_is_there_again(apart, app, stack) -> None:
    """One run wants to send documents while Solr is away; another one has sent all, and closes when it is back."""
    for run in apart().values():
        delivered(run)
    undisturbed = picture(app)

    runs = apart()
    with gate() as (stop, wait, go), gate() as (stop_at_close, wait_for_close, go_and_close):
        sender = deliver(runs["region"], Point("applying", applying, "_after", "before", 3), stop)
        closer = deliver(runs["ville"], Point("closing", closing, "close"), stop_at_close)
        wait()
        wait_for_close()
        killed(stack, "solr")
        go()
        assert sender.wait().code == 0
        shown = call_action("smartregion_run_show", id=runs["region"])
        assert (shown["status"], shown["error"]["en"][:37]) == ("failed", "The search engine does not answer. No")

        wait_for(lambda: _in_the_index() == 4 + 3, seconds=60, what="Solr is back with what it had taken")
        go_and_close()
        assert (closer.wait().code, status(runs["ville"])) == (0, "done")

    lock_is_free()
    delivered(again := queued("region"))
    assert status(again) == "done"
    assert not (lines := differences(undisturbed, picture(app))), "\n".join(lines)


def _in_the_index() -> int:
    with suppress(pysolr.SolrError):
        return make_connection().search("*:*", rows=0).hits
    return 0
