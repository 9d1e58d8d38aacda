"""The pages of harvesting as somebody visits them, and what the tests of them ask of PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from ckan import model as ckan_model
from ckan.lib import jobs as ckan_jobs
from ckan.tests import factories
from ckan.tests.helpers import call_action

from ckanext.smartregion.harvest import model
from ckanext.smartregion.harvest.engine import queueing

from tests.harvest.test_run import datasets

SCRIPT = "<script>alert(1)</script>"


def headers(user: str | None) -> dict[str, str]:
    return {"Authorization": factories.APIToken(user=user)["token"]} if user else {}


def page(app: Any, address: str, user: str | None = None, language: str = "", **more: str) -> str:
    """The body of a page as somebody sees it."""
    return app.get(f"{language}{address}", headers={**headers(user), **more}).body


def send(app: Any, address: str, user: str, **form: Any) -> str:
    """The body of the page that a form leads to."""
    return app.post(address, data=form, headers=headers(user)).body


def work() -> int:
    """Do what waits in the queue of harvesting, as a worker does; gives the number of jobs."""
    waiting = ckan_jobs.get_queue(queueing.QUEUE).jobs
    for job in waiting:
        job.delete()
        job.perform()
    return len(waiting)


def page_after_work(app: Any, address: str, user: str) -> str:
    """A page that waits for a worker, once it has what it waits for."""
    page(app, address, user)
    work()
    return page(app, address, user)


def record_of(title: str) -> dict[str, Any]:
    return call_action("smartregion_record_show", id=datasets()[title]["id"])


@contextmanager
def statements() -> Iterator[list[str]]:
    """The SQL statements that are sent meanwhile."""
    sent: list[str] = []

    def note(*event: Any) -> None:
        sent.append(event[2])

    sa.event.listen(ckan_model.meta.engine, "before_cursor_execute", note)
    yield sent
    sa.event.remove(ckan_model.meta.engine, "before_cursor_execute", note)


def published(source: dict[str, Any], names: list[str]) -> None:
    """Records of a source and their datasets, as quickly as PostgreSQL takes them."""
    at = model.now()
    insert(ckan_model.Package, [{"id": name, "name": name, "title": name, "state": "active"} for name in names])
    record = {"source_id": source["id"], "state": "published", "first_seen": at, "changed": at}
    insert(model.Record, [{**record, "key": name, "remote_id": name, "package_id": name} for name in names])
    ckan_model.Session.commit()


def insert(table: Any, rows: list[dict[str, Any]]) -> None:
    """Rows as quickly as PostgreSQL takes them."""
    ckan_model.Session.execute(sa.insert(table), rows)
