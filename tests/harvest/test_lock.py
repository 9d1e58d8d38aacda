"""The lock of a source: one holder at a time, and free again whatever happened to its connection."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DataError

from ckanext.smartregion.harvest.engine.lock import alone

pytestmark = pytest.mark.usefixtures("with_plugins")


def test_second_who_asks_for_a_source_does_not_get_it_until_the_first_is_through():
    with alone("velos") as first, alone("velos") as second, alone("arbres") as other:
        assert (bool(first), bool(second), bool(other)) == (True, False, True)
    with alone("velos") as again:
        assert again


def test_no_transaction_stays_open_while_a_source_is_held():
    with alone("velos") as lock:
        lock.check()
        assert not lock.connection.in_transaction()


def test_lock_is_free_again_though_a_question_on_its_connection_failed():
    with alone("velos") as lock, pytest.raises(DataError):
        lock.connection.execute(sa.text("SELECT 1 / 0"))
    with alone("arbres"), alone("velos") as again:  # the first takes the connection that held the lock
        assert again
