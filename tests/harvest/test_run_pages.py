"""The page of a run: why records failed or are held, for whom, what it waits for, and how it is stopped."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ckan.tests.helpers import call_action

from ckanext.smartregion.harvest import model
from ckanext.smartregion.harvest.engine import ticking

from tests.harvest.web import (
    headers,
    page,
    send,
)


def test_run_tells_why_a_record_failed_in_the_readers_language(app: Any, harvested: dict[str, Any]) -> None:
    address = f"/harvest/run/{harvested['run']}"

    assert "Diesem Eintrag fehlt „metas“" in page(app, address, user="officer", language="/de")
    assert "Deze fiche heeft geen “metas”" in page(app, address, user="officer", language="/nl")


def test_held_and_failed_records_of_a_run_are_not_for_everybody(app: Any, harvested: dict[str, Any]) -> None:
    address = f"/harvest/run/{harvested['run']}"

    for shown in (page(app, address), page(app, f"{address}/outcomes.csv")):
        assert "Jeu un" in shown
        assert "Sans licence" not in shown
        assert "trois" not in shown


def test_outcomes_are_filtered_and_kept(app: Any, harvested: dict[str, Any]) -> None:
    address = f"/harvest/run/{harvested['run']}"

    body = page(app, f"{address}?outcome=failed", user="officer").partition('id="outcomes"')[2]
    rows = json.loads(page(app, f"{address}/outcomes.json?outcome=held", user="officer"))
    found = page(app, f"{address}?problem=heeft+geen", user="officer").partition('id="outcomes"')[2]

    assert "sr-mark-failed" in body
    assert "sr-mark-held" not in body
    assert [row["title"] for row in rows] == ["Sans licence"]
    assert "trois" in found
    assert "Sans licence" not in found


def test_records_with_the_same_problem_are_one_line(app: Any, make: Any, remote: Any, run: Any) -> None:
    for number in range(14):
        remote.put(f"n{number}")
        remote.items[f"n{number}"]["metas"] = "oups"
    remote.put("deux", license="", title="Sans licence")
    found = run(make(remote.url, organization="liege"))
    address = f"/harvest/run/{found['run']}"

    first, second = call_action("smartregion_run_show", id=found["run"])["problems"]
    assert (first["outcome"], first["count"], len(first["records"])) == ("failed", 14, 10)
    assert (second["outcome"], second["count"], second["problem"]) == ("held", 1, None)
    body = page(app, address, user="officer", language="/en")
    section = body[body.index('class="sr-problems"') : body.index('id="outcomes"')]
    assert section.count("<details") == 2
    assert f"error={first['key']}" in section
    assert "See all 14" in section

    only = page(app, f"{address}?error={first['key']}", user="officer")
    assert only.count("sr-remote") == 14
    assert "sr-problems" not in page(app, address)


def test_live_run_asks_for_itself_and_ends_with_the_whole_page(app: Any, make: Any, remote: Any, run: Any) -> None:
    source = make(remote.url, organization="liege")
    queued = ticking.make_run(model.find_source("essai"), "person", None)
    live = app.get(f"/harvest/run/{queued.id}/progress", headers={"HX-Request": "true"})
    ended = app.get(f"/harvest/run/{run(source)['run']}/progress", headers={"HX-Request": "true"})

    assert 'hx-trigger="every 2s"' in live.body
    assert "HX-Retarget" not in live.headers
    assert "every 2s" not in ended.body
    assert ended.headers["HX-Retarget"] == "#sr-run"
    assert "Jeu un" in ended.body


@pytest.mark.usefixtures("clean_queues")
def test_run_that_asks_shows_what_would_go_and_is_confirmed_with_a_reason(app: Any, first_run: Any, run: Any) -> None:
    remote, source, _ = first_run(organization="liege")
    for name in ("deux", "trois"):
        del remote.items[name]
    address = f"/harvest/run/{run(source)['run']}"
    assert "Jeu deux" in page(app, address, user="officer")
    assert "/confirm" not in page(app, address)

    send(app, f"{address}/confirm", "officer", why="")
    assert call_action("smartregion_run_list", source="essai")[0]["status"] == "asking"
    send(app, f"{address}/confirm", "officer", why="Le portail les a fusionnés")

    confirmed = call_action("smartregion_run_list", source="essai")[0]
    assert (confirmed["status"], confirmed["confirmed_why"]) == ("queued", "Le portail les a fusionnés")


@pytest.mark.usefixtures("clean_queues")
def test_run_is_stopped_by_those_who_may_run_it(app: Any, harvested: dict[str, Any]) -> None:
    send(app, "/harvest/essai/run", "officer")
    queued = call_action("smartregion_run_list", source="essai")[0]["id"]

    app.post(f"/harvest/run/{queued}/cancel", headers=headers("neighbour"), status=403)
    send(app, f"/harvest/run/{queued}/cancel", "officer")

    assert call_action("smartregion_run_show", id=queued)["status"] == "cancelled"
