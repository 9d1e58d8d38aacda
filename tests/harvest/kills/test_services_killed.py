"""PostgreSQL, Redis and Solr killed under a run: it ends with a plain reason or goes on, and the next one mends all."""

from __future__ import annotations

import datetime as dt
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import sqlalchemy as sa
from live import wait_for
from sqlalchemy.exc import DBAPIError

from ckan import model as ckan_model
from ckan.lib.redis import connect_to_redis
from ckan.lib.search.common import is_available
from ckan.tests.helpers import call_action

from ckanext.smartregion.harvest import model
from ckanext.smartregion.harvest.engine import applying, closing, pulse, queueing, ticking, writing
from ckanext.smartregion.harvest.walking import Walk

from stack import settings, supervision
from stack.settings import Stack
from tests.harvest.kills.children import Child, Point, gate, lock_is_free
from tests.harvest.kills.picture import differences, picture
from tests.harvest.kills.story import buried, deliver, delivered, queued, status

BACKENDS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
LET_GO = """
    SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
IN_A_TRANSACTION = BACKENDS + " AND state = 'idle in transaction'"


@pytest.fixture
def stack(alone: None, run_dir: Path) -> Stack:
    """The services that the tests run on; nobody else works with them any more."""
    return settings.made(run_dir)


@pytest.fixture
def same_again(fresh, undisturbed, app) -> Iterator[str]:
    """Begin anew, let a test disturb the run, see it through by whoever takes it up, and compare."""
    run = queued(fresh().import_of_the_region())
    yield run
    lock_is_free()
    if status(run) == "running":
        run = buried()
    elif status(run) == "failed":
        run = queued("region")
    delivered(run)
    assert status(run) == "done"
    assert not (lines := differences(undisturbed, picture(app))), "\n".join(lines)


def disturbed(run: str, point: Point, trouble: Callable[[], None]) -> Child:
    """A worker at a point of the run, while something happens to a service."""
    with gate() as (stop, wait, go):
        child = deliver(run, point, stop)
        wait()
        trouble()
        go()
        return child.wait()


def killed(stack: Stack, name: str) -> None:
    """The end of a service, here and now; its supervisor starts it again."""
    os.kill(supervision._proxy(stack).supervisor.getProcessInfo(name)["pid"], signal.SIGKILL)


@pytest.mark.parametrize("question", [BACKENDS, IN_A_TRANSACTION], ids=["all", "that of the transaction"])
def test_connections_that_postgresql_ends_end_the_turn_and_no_record_fails_for_it(same_again, question: str) -> None:
    def end_them() -> None:
        with ckan_model.ensure_engine().begin() as connection:
            pids = connection.execute(sa.text(question)).scalars().all()
            assert pids
            for pid in pids:
                connection.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})

    disturbed(same_again, Point("in a transaction", writing, "_send", "after", 3), end_them)
    outcomes = ckan_model.Session.query(model.Outcome).filter_by(outcome="failed").count()
    assert (status(same_again), outcomes) == ("running", 0)


def test_run_that_has_lost_its_lock_stops(same_again, monkeypatch) -> None:
    def end_the_lock() -> None:
        with ckan_model.ensure_engine().begin() as connection:
            connection.execute(sa.text(LET_GO))

    monkeypatch.setattr(pulse, "HEARTBEAT", 0)
    child = disturbed(same_again, Point("listing", Walk, "_step", "before", 2), end_the_lock)
    assert (child.code, status(same_again)) == (1, "running")


@pytest.mark.live
@pytest.mark.disruptive
@pytest.mark.parametrize("point", [Point("listing", Walk, "_step", "before", 3), Point("applying", applying, "_map")])
def test_crash_of_postgresql_ends_the_turn_and_the_next_run_mends_all(same_again, stack: Stack, point: Point) -> None:
    def crash() -> None:
        with ckan_model.ensure_engine().connect() as connection:
            os.kill(connection.execute(sa.text("SELECT pg_backend_pid()")).scalar_one(), signal.SIGKILL)
            with suppress(DBAPIError):
                connection.execute(sa.text("SELECT 1"))
        ckan_model.ensure_engine().dispose()
        wait_for(_database_is_back, seconds=30, what="PostgreSQL is back")

    child = disturbed(same_again, point, crash)
    # Between two pages nothing is under way: the run goes on until it notices that it has lost its lock.
    assert (child.signal, status(same_again)) in ((0, "running"), (0, "failed"), (0, "done"))
    assert ckan_model.Session.query(model.Outcome).filter_by(outcome="failed").count() == 0


def _database_is_back() -> bool:
    with suppress(DBAPIError), ckan_model.ensure_engine().connect() as connection:
        return connection.execute(sa.text("SELECT 1")).scalar_one() == 1
    return False


@pytest.mark.live
@pytest.mark.disruptive
def test_run_goes_on_when_redis_is_killed(same_again, stack: Stack) -> None:
    child = disturbed(same_again, Point("applying", applying, "_after"), lambda: killed(stack, "redis"))
    assert (child.code, status(same_again)) == (0, "done")
    wait_for(_redis_is_back, seconds=30, what="Redis is back")


@pytest.mark.live
@pytest.mark.disruptive
def test_queued_run_is_handed_over_again_when_redis_has_lost_it(same_again, stack: Stack) -> None:
    killed(stack, "redis")
    run = ckan_model.Session.get_one(model.Run, same_again)
    queueing.enqueue(run)  # while Redis is away, or is just coming back
    wait_for(_redis_is_back, seconds=30, what="Redis is back")
    connect_to_redis().flushdb()
    run.queued = model.now() - dt.timedelta(minutes=6)
    ckan_model.Session.commit()

    ticking.tick()
    ticking.tick()
    assert queueing.waiting_runs() == {same_again}


def _redis_is_back() -> bool:
    with suppress(Exception):
        return bool(connect_to_redis().ping())
    return False


@pytest.mark.live
@pytest.mark.disruptive
def test_run_fails_with_a_plain_reason_when_solr_is_killed(same_again, stack: Stack) -> None:
    child = disturbed(same_again, Point("applying", applying, "_after", "before", 3), lambda: killed(stack, "solr"))
    assert child.code == 0
    shown = call_action("smartregion_run_show", id=same_again)
    assert (shown["status"], shown["error"]["en"][:37]) == ("failed", "The search engine does not answer. No")
    wait_for(is_available, seconds=60, what="Solr is back")


@pytest.mark.live
@pytest.mark.disruptive
def test_what_solr_had_taken_outlives_its_kill(same_again, stack: Stack) -> None:
    def kill_and_wait() -> None:
        killed(stack, "solr")
        wait_for(lambda: not is_available(), seconds=10, what="Solr is gone")
        wait_for(is_available, seconds=60, what="Solr is back")

    child = disturbed(same_again, Point("closing", closing, "close"), kill_and_wait)
    assert (child.code, status(same_again)) == (0, "done")
