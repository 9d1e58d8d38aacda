"""The pages with as many sources, runs and records as the Region may have: what they cost does not grow with them."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

import sqlalchemy as sa

from ckan import model as ckan_model
from ckan.tests.helpers import call_action

from ckanext.smartregion.harvest import model

from tests.harvest.web import insert, page, published, statements


def multiply(table: Any, times: int, *own: str) -> None:
    """Each row of a table so many times more; these columns tell the copies apart."""
    name, changed = table.__table__.name, ", ".join(f"'{column}', one.{column} || '-' || n" for column in own)
    copy = f"jsonb_populate_record(one, jsonb_build_object({changed})) copy"
    copies = f"INSERT INTO {name} SELECT copy.* FROM {name} one, generate_series(1, :times) n, {copy}"  # noqa: S608
    ckan_model.Session.execute(sa.text(copies), {"times": times})
    ckan_model.Session.commit()


def sources(region: dict[str, str], number: int, runs: int) -> None:
    """So many sources, each with so many runs that ended."""
    at = model.now()
    plain = {"kind": "dcat", "url": "https://a.example.org", "enabled": True, "approved": at, "schedule": "0 3 * * *"}
    plain |= {"organization_id": region["liege"], "options": {}, "listed": at, "next_run": at + dt.timedelta(hours=9)}
    names = [f"essai-{each:03}" for each in range(number)]
    insert(model.Source, [{"id": name, "name": name, "title": name, **plain} for name in names])
    run = {"status": "done", "trigger": "schedule", "counts": {"created": 3, "unchanged": 90}, "started": at}
    moments = [at - dt.timedelta(days=each) for each in range(runs)]
    insert(model.Run, [{"source_id": each, "queued": at, "finished": at, **run} for each in names for at in moments])
    ckan_model.Session.commit()


def outcomes(run_id: str, number: int) -> None:
    """So many records of a run, most of them failed in one of three ways."""
    texts = [dict.fromkeys(("fr", "nl", "de", "en"), f"problem {each}") for each in range(3)]
    rows = [
        {
            "run_id": run_id,
            "outcome": "failed" if each % 5 else "created",
            "remote_id": f"n{each}",
            "title": f"Record {each}",
            "problem": texts[each % 3] if each % 5 else None,
        }
        for each in range(number)
    ]
    insert(model.Outcome, rows)
    ckan_model.Session.commit()


def cost(app: Any, address: str, user: str = "officer") -> tuple[str, int]:
    """A page, and how many statements it takes once everything that is kept is there."""
    page(app, address, user=user)
    ckan_model.Session.expire_all()
    began = time.perf_counter()
    with statements() as sent:
        body = page(app, address, user=user)
    print(address, len(sent), "statements", round(time.perf_counter() - began, 2), "s", len(body), "characters")
    return body, len(sent)


def test_list_of_sources_costs_the_same_for_ten_and_for_300(app: Any, region: dict[str, str]) -> None:
    sources(region, 10, 2)
    _, few = cost(app, "/harvest")
    ckan_model.Session.query(model.Source).delete()
    sources(region, 10, 10)
    multiply(model.Source, 29, "id", "name")
    multiply(model.Run, 29, "id", "source_id")

    body, many = cost(app, "/harvest")
    assert cost(app, "/harvest?q=essai&page=6")[0].count('class="sr-source ') == 50
    assert body.count('class="sr-source ') == 50
    assert many <= few + 2


def test_sums_are_those_of_the_whole_list(region: dict[str, str]) -> None:
    sources(region, 120, 1)
    row = model.find_source("essai-007")
    row.next_run = model.now() - dt.timedelta(hours=3)
    ckan_model.Session.commit()

    found = call_action("smartregion_source_overview")
    first = call_action("smartregion_source_list", order="urgency", limit=3)

    assert (found["sources"], found["on"], found["trouble"], found["kinds"]) == (120, 120, 1, ["dcat"])
    assert [each["name"] for each in first] == ["essai-007", "essai-000", "essai-001"]
    assert call_action("smartregion_source_overview", state="trouble")["sources"] == 1


def test_page_of_a_run_costs_the_same_for_ten_records_and_for_10_000(app: Any, region: dict[str, str]) -> None:
    sources(region, 1, 1)
    (run,) = ckan_model.Session.query(model.Run).all()
    address = f"/harvest/run/{run.id}"
    outcomes(run.id, 10)
    _, few = cost(app, address)
    multiply(model.Outcome, 999, "id", "remote_id")

    body, many = cost(app, address)

    assert many == few <= 50
    assert body.count('class="sr-record-line"') == 50
    assert body.partition('id="outcomes"')[0].count("<details") == 3
    assert len(body) < 200_000


def test_live_progress_costs_little_however_much_is_done(app: Any, region: dict[str, str]) -> None:
    sources(region, 1, 1)
    (run,) = ckan_model.Session.query(model.Run).all()
    run.status = "running"
    ckan_model.Session.commit()
    outcomes(run.id, 10)
    _, few = cost(app, f"/harvest/run/{run.id}/progress")
    multiply(model.Outcome, 999, "id", "remote_id")

    body, many = cost(app, f"/harvest/run/{run.id}/progress")

    assert "hx-trigger" in body
    assert many == few


def test_page_of_a_source_with_10_000_records_shows_some(app: Any, region: dict[str, str]) -> None:
    sources(region, 1, 10)
    _, few = cost(app, "/harvest/essai-000")
    published({"id": "essai-000"}, ["p"])
    multiply(ckan_model.Package, 9_999, "id", "name")
    multiply(model.Record, 9_999, "id", "key", "remote_id", "package_id")

    body, many = cost(app, "/harvest/essai-000")

    assert many == few <= 50
    assert body.count('class="sr-record-line"') == 50
