"""Connections to PostgreSQL that end under a run: the turn ends, no record fails for it, and the next run mends all."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from ckan import model as ckan_model

from ckanext.smartregion.harvest import model
from ckanext.smartregion.harvest.engine import pulse, writing
from ckanext.smartregion.harvest.walking import Walk

from tests.harvest.kills.children import Point
from tests.harvest.kills.story import disturbed, status

BACKENDS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
LET_GO = """
    SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
IN_A_TRANSACTION = BACKENDS + " AND state = 'idle in transaction'"


@pytest.mark.parametrize("question", [BACKENDS, IN_A_TRANSACTION], ids=["all", "that of the transaction"])
def test_connections_that_postgresql_ends_end_the_turn_and_no_record_fails_for_it(seen_through, question: str) -> None:
    def end_them() -> None:
        with ckan_model.ensure_engine().begin() as connection:
            pids = connection.execute(sa.text(question)).scalars().all()
            assert pids
            for pid in pids:
                connection.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})

    disturbed(seen_through, Point("in a transaction", writing, "_send", "after", 3), end_them)
    outcomes = ckan_model.Session.query(model.Outcome).filter_by(outcome="failed").count()
    assert (status(seen_through), outcomes) == ("running", 0)


def test_run_that_has_lost_its_lock_stops(seen_through, monkeypatch) -> None:
    def end_the_lock() -> None:
        with ckan_model.ensure_engine().begin() as connection:
            connection.execute(sa.text(LET_GO))

    monkeypatch.setattr(pulse, "HEARTBEAT", 0)
    child = disturbed(seen_through, Point("listing", Walk, "_step", "before", 2), end_the_lock)
    assert (child.code, status(seen_through)) == (1, "running")
