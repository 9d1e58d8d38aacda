"""What Prometheus is told, to whom, and that it costs the same for one source and for twenty."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import pytest
import sqlalchemy as sa
from prometheus_client.parser import text_string_to_metric_families

from ckan import model as ckan_model
from ckan.tests import factories

from ckanext.smartregion.harvest import model
from ckanext.smartregion.harvest.condition import Closed, Facts
from ckanext.smartregion.harvest.engine import queueing, ticking
from ckanext.smartregion.harvest.metrics import text, views

NOW = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)


def parsed(page: str) -> dict[str, dict[tuple[str, ...], float]]:
    """Name -> labels -> value, without our prefix."""
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(page):
        for sample in family.samples:
            name = sample.name.removeprefix(text.PREFIX)
            found.setdefault(name, {})[tuple(sample.labels.values())] = sample.value
    return found


def test_everything_measured_is_written() -> None:
    run = Closed("r", "done", NOW, finished=NOW - dt.timedelta(hours=1), seconds=61.5)
    facts = Facts("essai", schedule="0 3 * * *", listed=NOW - dt.timedelta(hours=2), closed=(run,))
    records = [("essai", "published", 97, 2, 40), ("essai", "held", 3, 0, 5), ("essai", "withdrawn", 1, 0, 9)]
    measured = text.Measured(NOW, (facts,), [("essai", "done", 12)], records, text.Queue(4, 31.0, 2), 1)
    found = parsed(text.render(measured).decode())
    assert found["runs"] == {("essai", "done"): 12}
    assert found["records"][("essai", "published")] == 97
    assert found["records_missing"] == {("essai",): 2}
    assert found["findings"] == {("essai",): 45}
    assert found["condition"][("essai", "well")] == 1
    assert sum(found["condition"].values()) == 1
    assert found["last_run_duration_seconds"] == {("essai",): 61.5}
    assert found["last_run_age_seconds"] == {("essai",): 3600}
    assert found["last_listing_age_seconds"] == {("essai",): 7200}
    assert (found["queue_up"][()], found["queue_length"][()], found["queue_oldest_seconds"][()]) == (1, 4, 31)
    assert (found["workers"][()], found["digests_failed"][()]) == (2, 1)
    assert set(found) == {name for name, _, _ in text.GAUGES}


def test_queue_that_does_not_answer_is_said_and_hides_nothing_else() -> None:
    found = parsed(text.render(text.Measured(NOW, (), [("essai", "done", 1)], [], None)).decode())
    assert found["queue_up"][()] == 0
    assert math.isnan(found["queue_length"][()])
    assert found["runs"] == {("essai", "done"): 1}


def test_name_with_odd_characters_stays_one_label() -> None:
    found = parsed(text.render(text.Measured(NOW, (), [('a"b\\c\nd', "done", 1)], [], None)).decode())
    assert found["runs"] == {('a"b\\c\nd', "done"): 1}


@pytest.mark.usefixtures("clean_queues")
def test_page_tells_of_a_real_source_and_its_queue(app: Any, make: Any, remote: Any, run: Any) -> None:
    source = make(remote.url)
    run(source)
    waiting = ticking.make_run(model.find_source("essai"), "schedule", None)
    queueing.enqueue(waiting)
    answer = app.get("/harvest/metrics", headers=token("chief"))
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert "no-store" in answer.headers["Cache-Control"]
    found = parsed(answer.body)
    assert found["runs"] == {("essai", "done"): 1, ("essai", "queued"): 1}
    assert found["records"] == {("essai", "published"): 3}
    assert found["queue_length"][()] == 1
    assert 0 <= found["queue_oldest_seconds"][()] < 60
    assert found["last_listing_age_seconds"][("essai",)] < 60
    assert waiting.status == "queued"
    assert queueing.others_wait()


def token(person: str) -> dict[str, str]:
    return {"Authorization": factories.APIToken(user=person)["token"]}


def test_nobody_reads_it_without_a_secret_but_a_system_administrator(app: Any, people: Any) -> None:
    assert app.get("/harvest/metrics", headers=token("chief")).status_code == 200
    for headers in ({}, token("steward"), {"Authorization": "Bearer "}, {"X-Forwarded-For": "127.0.0.1"}):
        answer = app.get("/harvest/metrics", headers=headers, status=401)
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert "smartregion_harvest_" not in answer.body


def test_secret_opens_it_and_nothing_like_it(app: Any, people: Any, ckan_config: Any, monkeypatch: Any) -> None:
    monkeypatch.setitem(ckan_config, "smartregion.metrics.token", "s3cret")
    assert app.get("/harvest/metrics", headers={"Authorization": "Bearer s3cret"}).status_code == 200
    for shown in ("Bearer s3cre", "Bearer s3cret ", "Basic s3cret", "s3cret", "Bearer é"):
        app.get("/harvest/metrics", headers={"Authorization": shown}, status=401)


def test_number_of_statements_does_not_grow_with_the_sources(make: Any) -> None:
    make("https://data.liege.example", name="s0")
    few = statements()
    for number in range(1, 21):
        make("https://data.liege.example", name=f"s{number}")
        ticking.make_run(model.find_source(f"s{number}"), "person", None)
    assert statements() == few <= 8


def statements() -> int:
    """How many statements one reading takes."""
    ckan_model.Session.rollback()
    said: list[str] = []

    def listen(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    engine = ckan_model.ensure_engine()
    sa.event.listen(engine, "before_cursor_execute", listen)
    try:
        text.render(views.measured())
    finally:
        sa.event.remove(engine, "before_cursor_execute", listen)
    return len(said)
