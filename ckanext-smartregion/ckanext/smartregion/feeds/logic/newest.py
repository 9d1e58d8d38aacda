"""How far the log is, asked as cheaply as can be: one statement, on a connection that does nothing else."""

from __future__ import annotations

import threading
from typing import Any

import psycopg2
from sqlalchemy.exc import SQLAlchemyError

from ckan import model

from ckanext.smartregion.feeds.model import DUE

# While somebody publishes what waits, it is there within two seconds; without, whoever reads has to do it.
QUESTION = f"""
SELECT seq, published,
       ARRAY(SELECT value::text FROM smartregion_feed_state WHERE name IN ('forgotten', 'erasures') ORDER BY name),
       EXISTS (SELECT FROM smartregion_stale WHERE {DUE}) AND NOT EXISTS (
           SELECT FROM smartregion_feed_state
           WHERE name = 'follower' AND (value #>> '{{}}')::timestamptz > now() - interval '10 seconds')
FROM (SELECT) AS one LEFT JOIN
     (SELECT seq, published FROM smartregion_feed_version ORDER BY seq DESC LIMIT 1) AS newest ON true
"""  # noqa: S608 - nothing from outside


class Newest:
    """Asks for the newest change; each thread has a connection of its own."""

    def __init__(self) -> None:
        self._here = threading.local()

    def __call__(self) -> tuple[Any, ...] | None:
        """Its number and moment, and what is forgotten; None where only asking behind can tell."""
        for _ in range(2):
            try:
                return self._ask()
            except (psycopg2.Error, SQLAlchemyError):
                self._here.connection = None  # the database was started again: another connection may find it
        return None  # whoever is behind says in its own words what is wrong

    def _ask(self) -> tuple[Any, ...] | None:
        connection = getattr(self._here, "connection", None)
        if connection is None:
            connection = self._here.connection = _connected()
        with connection.cursor() as cursor:
            cursor.execute(QUESTION)
            seq, published, forgotten, waits = cursor.fetchone()
        return None if waits else (seq, published, forgotten)


def _connected() -> Any:
    lent = model.ensure_engine().raw_connection()
    lent.detach()
    connection: Any = lent.dbapi_connection
    connection.autocommit = True
    return connection
