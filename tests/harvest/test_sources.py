"""Sources: made, changed, switched, removed, pulled when they are due."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model
from ckan.cli.cli import ckan as ckan_command
from ckan.lib import jobs
from ckan.tests.helpers import call_action

from ckanext.smartregion import loading
from ckanext.smartregion.harvest import model
from ckanext.smartregion.harvest.engine import running, ticking
from ckanext.smartregion.harvest.engine.lock import alone

FACTS = {"kind": "opendatasoft", "url": "https://data.liege.be", "organization": "liege"}


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"kind": "ftp"}, "kind"),
        ({"url": "data.liege.be"}, "url"),
        ({"url": "file:///etc/passwd"}, "url"),
        ({"organization": "atlantis"}, "organization"),
        ({"schedule": "daily"}, "schedule"),
        ({"name": "Liège !"}, "name"),
        ({"options": {"a": {"b": 1}}}, "options"),
        ({"options": {"frobnicate": "yes"}}, "options"),
        ({"options": {"contract.": "bicycle-parking"}}, "options"),
        ({"options": {"dcat_export": "perhaps"}}, "options"),
    ],
)
def test_source_that_makes_no_sense_is_refused_by_field(region: Any, facts: dict[str, Any], field: str) -> None:
    with pytest.raises(tk.ValidationError) as caught:
        call_action("smartregion_source_create", **{"name": "essai", **FACTS, **facts})
    assert list(caught.value.error_dict) == [field]


def test_unknown_option_is_refused_with_those_that_exist(make: Any) -> None:
    make("https://data.liege.be", options={"refine": "a:b", "language": "nl", "contract.x": "bicycle-parking"})
    with pytest.raises(tk.ValidationError, match=r"no option “paging”.*refine.*dcat_export.*contract\.<id>"):
        call_action("smartregion_source_update", id="essai", options={"paging": "none"})
    with pytest.raises(tk.ValidationError, match="dcat_export"):
        call_action("smartregion_source_update", id="essai", options={"dcat_export": "perhaps"})
    assert call_action("smartregion_source_show", id="essai")["options"]["refine"] == "a:b"


def test_precedence_of_the_file_of_sources_is_handed_on(region: Any, tmp_path: Path) -> None:
    row = {"name": "odwb", "title": "ODWB", **FACTS, "precedence": 90, "enabled": False}
    file = tmp_path / "sources.yaml"
    file.write_text(json.dumps({"sources": [row, {**row, "name": "autre", "precedence": 0}]}), encoding="utf-8")

    assert loading.load_sources(str(file)) == 2
    assert {each["name"]: each["precedence"] for each in call_action("smartregion_source_list")} == {
        "autre": 0,
        "odwb": 90,
    }


def test_name_is_taken_once(make: Any) -> None:
    make("https://data.liege.be")
    with pytest.raises(tk.ValidationError, match="already"):
        make("https://data.liege.be")


def test_enabled_source_shows_its_next_three_runs(make: Any) -> None:
    source = make("https://data.liege.be", schedule="0 3 * * *", enabled=True)
    assert len(source["next_runs"]) == 3
    assert source["next_run"] == source["next_runs"][0]
    assert call_action("smartregion_source_disable", id="essai")["next_runs"] == []
    assert call_action("smartregion_source_enable", id="essai")["next_run"]


def test_update_changes_only_what_it_names(make: Any) -> None:
    make("https://data.liege.be", options={"refine": "a:b"}, title="Liège")
    changed = call_action("smartregion_source_update", id="essai", url="https://opendata.liege.be")
    assert (changed["url"], changed["title"], changed["options"]) == (
        "https://opendata.liege.be",
        "Liège",
        {"refine": "a:b"},
    )


def test_removed_source_leaves_its_datasets(make: Any, remote: Any, run: Any) -> None:
    run(make(remote.url))
    call_action("smartregion_source_delete", id="essai")
    assert call_action("smartregion_source_list") == []
    assert call_action("package_search")["count"] == 3


def overdue(name: str) -> None:
    """Put a source's next run into the past."""
    row = model.find_source(name)
    row.next_run = model.now() - dt.timedelta(seconds=5)
    ckan_model.Session.commit()


@pytest.mark.usefixtures("clean_queues")
def test_due_source_is_queued_once_by_two_schedulers(make: Any, remote: Any) -> None:
    make(remote.url, schedule="0 3 * * *", enabled=True)
    overdue("essai")
    first, second = model.find_source("essai"), model.now()
    stale = model.Source(id=first.id, next_run=first.next_run)

    assert ticking.tick() == ["essai"]
    assert ticking.tick() == []
    assert not model.claim(stale, second)
    assert len(jobs.get_queue("harvest").jobs) == 1
    assert model.find_source("essai").next_run > model.now()


@pytest.mark.usefixtures("clean_queues")
def test_source_that_is_off_or_has_no_schedule_is_never_due(make: Any, remote: Any) -> None:
    make(remote.url, name="eteinte", schedule="* * * * *", enabled=False)
    make(remote.url, name="a-la-main", enabled=True)
    assert ticking.tick() == []


@pytest.mark.usefixtures("clean_queues")
def test_due_source_is_harvested_by_a_worker(make: Any, remote: Any) -> None:
    make(remote.url, schedule="0 3 * * *", enabled=True)
    overdue("essai")
    ticking.tick()

    jobs.Worker(["harvest"]).work(burst=True)

    last = call_action("smartregion_source_show", id="essai")["last_run"]
    assert (last["status"], last["trigger"], last["counts"]["created"]) == ("done", "schedule", 3)


@pytest.mark.usefixtures("clean_queues")
def test_source_that_runs_already_is_not_queued_again(make: Any, remote: Any) -> None:
    make(remote.url)
    first = call_action("smartregion_source_run", id="essai")
    assert call_action("smartregion_source_run", id="essai")["id"] == first["id"]
    assert len(jobs.get_queue("harvest").jobs) == 1


def test_one_run_per_source_at_a_time(make: Any, remote: Any, run: Any) -> None:
    source = make(remote.url)
    with alone(source["id"]) as mine:
        assert mine
        with pytest.raises(running.BusyError):
            run(source)
    assert run(source)["status"] == "done"


def test_run_whose_process_died_is_closed_by_the_next(make: Any, remote: Any, run: Any) -> None:
    source = make(remote.url)
    dead = ticking.make_run(model.find_source("essai"), "schedule", None, confirmed=False)
    dead.status, dead.heartbeat = "running", model.now()
    ckan_model.Session.commit()

    run(source)

    shown = call_action("smartregion_run_show", id=dead.id)
    assert (shown["status"], shown["error"]["en"][:31]) == ("failed", "The run gives no sign of life a")


def test_run_without_a_sign_of_life_is_closed_by_the_scheduler(make: Any, remote: Any) -> None:
    make(remote.url)
    dead = ticking.make_run(model.find_source("essai"), "schedule", None, confirmed=False)
    dead.status, dead.heartbeat = "running", model.now() - dt.timedelta(minutes=11)
    ckan_model.Session.commit()
    ticking.tick()
    assert call_action("smartregion_run_show", id=dead.id)["status"] == "failed"


def smartregion(cli: Any, *words: str) -> Any:
    """A command as a person types it."""
    return cli.invoke(ckan_command, ["smartregion", *words])


def test_source_is_added_previewed_and_run_from_the_command_line(cli: Any, region: Any, remote: Any) -> None:
    added = smartregion(
        cli, "source", "add", "essai", "--kind", "opendatasoft", "--url", remote.url, "--organization", "liege",
        "--schedule", "0 3 * * *", "--option", "contract.un=bicycle-parking",
    )  # fmt: skip
    assert added.exit_code == 0, added.output
    assert "3 create" in smartregion(cli, "source", "preview", "essai").output

    ran = smartregion(cli, "source", "run", "essai", "--json")

    summary = json.loads(ran.stdout.strip().splitlines()[-1])
    outcomes = {"created", "updated", "unchanged", "withdrawn", "held", "failed", "linked", "missing"}
    assert set(summary) == {"run", "status", *outcomes}
    # Dataset `un` promises a table contract; the far end has no such file, so the gate holds it.
    assert (summary["status"], summary["created"], summary["held"]) == ("done", 2, 1)
    shown = json.loads(smartregion(cli, "source", "show", "essai", "--json").stdout)
    assert shown["last_run"]["id"] == summary["run"]


def test_failed_run_ends_the_command_with_one(cli: Any, make: Any, far_end: Any) -> None:
    make(far_end.url)
    ran = smartregion(cli, "source", "run", "essai")
    assert ran.exit_code == 1
    assert "status 404" in ran.output


@pytest.mark.parametrize(
    "words",
    [
        ("source", "show", "nulle-part"),
        ("source", "run", "nulle-part"),
        ("source", "remove", "nulle-part"),
        ("source", "add", "x", "--kind", "dcat", "--url", "x", "--organization", "liege"),
        ("source", "add", "x", "--kind", "dcat", "--url", "http://a.be", "--organization", "liege", "--option", "a"),
    ],
)
def test_mistake_on_the_command_line_is_one_sentence(cli: Any, region: Any, words: tuple[str, ...]) -> None:
    found = smartregion(cli, *words)
    assert found.exit_code == 1
    assert "Error: " in found.output
    assert "Traceback" not in found.output


def test_scheduler_looks_once(cli: Any, make: Any, remote: Any, clean_queues: None) -> None:
    make(remote.url, schedule="0 3 * * *", enabled=True)
    overdue("essai")
    assert "essai is queued" in smartregion(cli, "scheduler", "run", "--once").output


def test_source_made_with_a_schedule_is_on_and_one_without_is_off(make: Any) -> None:
    assert make("https://data.liege.be", name="horaire", schedule="0 3 * * *")["enabled"]
    assert not make("https://data.liege.be", name="a-la-main")["enabled"]
