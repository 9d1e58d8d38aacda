"""The command line does what the pages do: every noun and verb, its last line, its exit code, its one sentence."""

from __future__ import annotations

import datetime as dt
import json
import time
from typing import Any

import click
import pytest
from far_end import Answer, FarEnd
from far_ends import Remote

from ckan import model as ckan_model
from ckan.cli.cli import ckan as ckan_command
from ckan.tests.helpers import call_action

from ckanext.smartregion.fetch import FetchError
from ckanext.smartregion.harvest import credentials, model
from ckanext.smartregion.harvest.cli import speaking
from ckanext.smartregion.harvest.engine import running, ticking
from ckanext.smartregion.harvest.engine.lock import alone
from ckanext.smartregion.harvest.sentences import say

from tests.harvest.conftest import VERSION_2


@pytest.fixture
def smartregion(cli: Any) -> Any:
    """A command as a person types it; what is piped into it comes first."""

    def smartregion(*words: str, typed: str = "") -> Any:
        found = cli.invoke(ckan_command, ["smartregion", *words], input=typed)
        assert "Traceback" not in found.output
        ckan_model.Session.rollback()
        return found

    return smartregion


def last(found: Any) -> str:
    """The last line that a command printed."""
    return found.stdout.strip().splitlines()[-1]


def states() -> list[str]:
    """The states of all datasets."""
    return sorted(package.state for package in ckan_model.Session.query(ckan_model.Package))


# -- source


def test_source_is_probed(smartregion: Any, region: Any, remote: Any) -> None:
    found = smartregion("source", "probe", remote.url)

    assert found.exit_code == 0
    assert "opendatasoft   " + remote.url in found.stdout
    assert "Make it: smartregion source add source --kind opendatasoft" in found.stdout
    assert last(found) == "1 kinds, 3 of 3 records shown"
    assert json.loads(smartregion("source", "probe", remote.url, "--json").stdout)["kind"] == "opendatasoft"


def test_probe_that_finds_nothing_ends_with_one(smartregion: Any, region: Any, far_end: FarEnd) -> None:
    far_end.serve("/", b"<!doctype html><html></html>")

    found = smartregion("source", "probe", far_end.url + "/")

    assert found.exit_code == 1
    assert "keep an inventory" in found.stderr
    assert last(found) == "0 kinds, 0 of ? records shown"


def test_source_is_added_by_its_address_alone(smartregion: Any, region: Any, far_end: FarEnd) -> None:
    remote = Remote("plone", far_end)
    remote.fill(2)

    found = smartregion(
        "source", "add", "essai", "--url", far_end.url, "--organization", "liege", "--option", "license=CC0",
        "--grace", "3", "--precedence", "10", "--zone", "Europe/Paris", "--schedule", "0 3 * * *",
    )  # fmt: skip

    assert found.exit_code == 0, found.output
    made = call_action("smartregion_source_show", id="essai")
    assert (made["kind"], made["options"]) == ("plone", {"portal_type": "Document", "license": "CC0"})
    assert (made["grace"], made["precedence"], made["zone"]) == (3, 10, "Europe/Paris")
    assert made["approved"]


def test_address_of_nothing_makes_no_source(smartregion: Any, region: Any, far_end: FarEnd) -> None:
    found = smartregion("source", "add", "essai", "--url", far_end.url, "--organization", "liege")

    assert found.exit_code == 1
    assert "There is nothing at" in found.stderr
    assert call_action("smartregion_source_list") == []


def test_secret_is_read_from_standard_input_and_shown_nowhere(smartregion: Any, region: Any) -> None:
    words = ("--kind", "dcat", "--url", "https://data.liege.be/x.ttl", "--organization", "liege")
    added = smartregion("source", "add", "essai", *words, "--credential", "basic:anne", typed="s3cr3t-of-anne\n")

    assert added.exit_code == 0, added.output
    row = model.find_source("essai")
    assert row is not None
    opened = credentials.open(str(row.credentials))
    assert (opened["scheme"], opened["name"], opened["secret"]) == ("basic", "anne", "s3cr3t-of-anne")
    shown = smartregion("source", "show", "essai")
    assert "has_credentials  True" in shown.stdout
    assert "s3cr3t" not in added.output + shown.output + smartregion("source", "show", "essai", "--json").output


@pytest.mark.parametrize(
    ("typed", "credential", "sentence"),
    [
        ("", "bearer", "no secret"),
        ("x\n", "magic:a", "no way to log in"),
        ("x\n", "basic", "need a secret, and a name"),
    ],
)
def test_credential_that_opens_nothing_is_refused(
    smartregion: Any, region: Any, typed: str, credential: str, sentence: str
) -> None:
    words = ("--kind", "dcat", "--url", "https://data.liege.be/x.ttl", "--organization", "liege")
    found = smartregion("source", "add", "essai", *words, "--credential", credential, typed=typed)

    assert found.exit_code == 1
    assert sentence in found.stderr


def test_sources_are_listed_and_shown(smartregion: Any, make: Any, remote: Any) -> None:
    make(remote.url, schedule="0 3 * * *")
    make(remote.url, name="autre")

    assert last(smartregion("source", "list")) == "2 sources, 1 on, 0 in trouble"
    assert last(smartregion("source", "show", "essai")) == "0 published, 0 held, 0 linked, 0 withdrawn, 0 missing"
    assert [row["name"] for row in json.loads(smartregion("source", "list", "--json").stdout)] == ["autre", "essai"]


@pytest.mark.parametrize(
    ("verb", "sentence", "fact"),
    [
        ("enable", "is on", ("enabled", True)),
        ("disable", "is off", ("enabled", False)),
        ("pause", "rests", ("paused", True)),
        ("resume", "goes on", ("paused", False)),
    ],
)
def test_source_is_switched(smartregion: Any, make: Any, verb: str, sentence: str, fact: tuple[str, bool]) -> None:
    make("https://data.liege.be")

    assert f"Source essai {sentence}" in smartregion("source", verb, "essai").stdout
    assert json.loads(smartregion("source", verb, "essai", "--json").stdout)[fact[0]] == fact[1]


def test_source_of_an_officer_waits_for_approval(smartregion: Any, region: Any, remote: Any) -> None:
    officer = {"user": "officer", "ignore_auth": False}
    facts = {"kind": "opendatasoft", "url": remote.url, "organization": "liege"}
    call_action("smartregion_source_create", officer, name="essai", **facts)

    refused = smartregion("source", "run", "essai")
    assert (refused.exit_code, states()) == (1, [])
    assert "smartregion source approve essai" in refused.stderr
    assert "is approved" in smartregion("source", "approve", "essai").stdout
    assert smartregion("source", "run", "essai").exit_code == 0
    assert states() == ["active"] * 3


def test_preview_that_holds_or_fails_records_ends_with_one(smartregion: Any, make: Any, remote: Any) -> None:
    make(remote.url)
    clean = smartregion("source", "preview", "essai")
    assert (clean.exit_code, last(clean)[:8]) == (0, "3 create")

    remote.put("deux", license="")
    held = smartregion("source", "preview", "essai")
    assert held.exit_code == 1
    assert "2 create, 0 update, 1 hold" in last(held)
    assert json.loads(smartregion("source", "preview", "essai", "--json").stdout)["counts"]["hold"] == 1
    assert states() == []


def test_run_in_the_queue_is_the_one_that_is_executed(smartregion: Any, make: Any, remote: Any) -> None:
    make(remote.url)
    waiting = ticking.make_run(model.find_source("essai"), "person", None)

    ran = smartregion("source", "run", "essai", "--json")

    assert json.loads(last(ran))["run"] == waiting.id
    assert len(call_action("smartregion_run_list", source="essai")) == 1


def test_source_that_is_being_run_is_left_alone(smartregion: Any, make: Any, remote: Any) -> None:
    source = make(remote.url)
    with alone(source["id"]):
        found = smartregion("source", "run", "essai")

    assert found.exit_code == 1
    assert "is being run already" in found.stderr
    assert call_action("smartregion_run_list", source="essai") == []


def test_run_that_is_interrupted_says_how_to_go_on(smartregion: Any, make: Any, remote: Any, monkeypatch: Any) -> None:
    make(remote.url)

    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(running, "_stages", interrupted)
        found = smartregion("source", "run", "essai")
    assert found.exit_code == 1
    assert "Take it up again: smartregion source run essai" in found.stderr
    assert call_action("smartregion_run_list", source="essai")[0]["status"] == "failed"

    assert smartregion("source", "run", "essai").exit_code == 0


def test_removed_source_leaves_its_datasets_and_says_how_many(smartregion: Any, ran: Any) -> None:
    assert last(smartregion("source", "remove", "essai")) == "0 datasets withdrawn, 3 stay in the catalogue"
    assert states() == ["active"] * 3


def test_datasets_are_withdrawn_with_their_source_when_that_is_confirmed(smartregion: Any, ran: Any) -> None:
    kept = smartregion("source", "remove", "essai", "--withdraw", typed="n\n")
    assert (kept.exit_code, states()) == (1, ["active"] * 3)
    assert "Withdraw 3 datasets of essai" in kept.stderr

    gone = smartregion("source", "remove", "essai", "--withdraw", typed="y\n")
    assert last(gone) == "3 datasets withdrawn, 0 stay in the catalogue"
    assert states() == ["deleted"] * 3
    assert call_action("package_search")["count"] == 0
    assert call_action("smartregion_source_list") == []


def test_dataset_that_another_source_shows_comes_back_with_its_next_run(
    smartregion: Any, make: Any, remote: Any
) -> None:
    make(remote.url)
    make(remote.url, name="copie", precedence=90)
    smartregion("source", "run", "essai")
    assert "3 linked" in last(smartregion("source", "run", "copie"))

    smartregion("source", "remove", "essai", "--withdraw", "--yes")
    assert states() == ["deleted"] * 3
    smartregion("source", "run", "copie")
    assert states() == ["active"] * 3


def test_source_that_runs_is_not_withdrawn(smartregion: Any, ran: Any) -> None:
    _, source = ran
    with alone(source["id"]):
        found = smartregion("source", "remove", "essai", "--withdraw", "--yes")

    assert found.exit_code == 1
    assert "Cancel its run" in found.stderr
    assert states() == ["active"] * 3


# -- run


def test_runs_are_listed_and_shown(smartregion: Any, make: Any, remote: Any) -> None:
    make(remote.url)
    remote.put("deux", license="")
    identifier = json.loads(last(smartregion("source", "run", "essai", "--json")))["run"]

    listed = smartregion("run", "list", "essai")
    assert identifier in listed.stdout
    assert last(listed) == "1 runs"
    shown = smartregion("run", "show", identifier, "--outcome", "held")
    assert shown.exit_code == 0
    assert "Jeu deux" in shown.stdout
    assert "Jeu un" not in shown.stdout
    assert last(shown).startswith("done: 2 created, 0 updated, 0 unchanged, 0 withdrawn, 1 held")
    found = json.loads(smartregion("run", "show", identifier, "--json", "--problem", "Jeu un").stdout)
    assert [each["title"] for each in found["outcomes"]] == ["Jeu un"]
    assert json.loads(smartregion("run", "list", "--limit", "5", "--json").stdout)[0]["id"] == identifier


@pytest.mark.usefixtures("clean_queues")
def test_run_that_asks_is_confirmed(smartregion: Any, ran: Any) -> None:
    remote, _ = ran
    for name in ("un", "deux"):
        remote.items.pop(name)

    asked = smartregion("source", "run", "essai")
    assert (asked.exit_code, states()) == (1, ["active"] * 3)
    identifier = call_action("smartregion_run_list", source="essai")[0]["id"]
    assert f"smartregion run confirm {identifier} --why REASON" in asked.stderr
    assert smartregion("run", "show", identifier).exit_code == 1
    assert smartregion("run", "confirm", identifier).exit_code == 2

    assert "a worker goes on" in smartregion("run", "confirm", identifier, "--why", "vidé exprès").stdout
    assert smartregion("source", "run", "essai").exit_code == 0
    assert states() == ["active", "deleted", "deleted"]
    assert "vidé exprès" in smartregion("run", "show", identifier).stdout


def test_run_is_cancelled(smartregion: Any, make: Any, remote: Any) -> None:
    make(remote.url)
    waiting = ticking.make_run(model.find_source("essai"), "person", None)

    assert last(smartregion("run", "cancel", waiting.id)).startswith("cancelled: 0 created")
    refused = smartregion("run", "cancel", waiting.id)
    assert (refused.exit_code, refused.stdout) == (1, "")
    other = ticking.make_run(model.find_source("essai"), "person", None)
    assert json.loads(smartregion("run", "cancel", other.id, "--json").stdout)["status"] == "cancelled"


def test_incomplete_run_ends_with_one(smartregion: Any, make: Any, far_end: FarEnd) -> None:
    remote = Remote("ckan", far_end)
    remote.fill(3)
    make(far_end.url, kind="ckan", options={"page_size": 2})
    far_end.serve(
        "*", lambda request: remote.answer(request) if request.query.get("start") == "0" else Answer(status=404)
    )

    found = smartregion("source", "run", "essai")

    assert found.exit_code == 1
    assert last(found).startswith("incomplete: 2 created")


# -- record


def test_records_are_listed_shown_and_released(smartregion: Any, make: Any, remote: Any, people: Any) -> None:
    remote.put("deux", license="")
    make(remote.url)
    smartregion("source", "run", "essai")

    assert last(smartregion("record", "list", "essai")) == "1 held, 2 published"
    assert last(smartregion("record", "list", "essai", "--q", "trois")) == "1 published"
    (held,) = json.loads(smartregion("record", "list", "essai", "--state", "held", "--json").stdout)
    shown = smartregion("record", "show", held["id"])
    assert "Jeu deux" in shown.stdout
    assert last(shown).startswith("1 versions")
    assert json.loads(smartregion("record", "show", held["dataset"], "--json").stdout)["raw"]

    again = smartregion("record", "release", held["id"])
    assert (again.exit_code, last(again)) == (1, "1 held")
    chief = {"user": people["sysadmin"]["name"], "ignore_auth": True}
    licence = "http://publications.europa.eu/resource/authority/licence/CC0"
    call_action("package_patch", chief, id=held["package_id"], license_id=licence)
    free = smartregion("record", "release", held["id"])
    assert (free.exit_code, last(free)) == (0, "1 released")

    edited = json.loads(smartregion("record", "show", held["id"], "--json").stdout)["edits"]
    assert "license_id" in [each["field"] for each in edited]
    given = smartregion("record", "give-back", held["id"], "--field", "license_id")
    assert given.exit_code == 0
    assert last(given).startswith(f"{len(edited) - 1} fields of")


def test_record_that_is_not_held_is_not_released(smartregion: Any, ran: Any) -> None:
    found = smartregion("record", "release", "jeu-un")

    assert found.exit_code == 1
    assert "not held" in found.stderr


# -- refusals


@pytest.mark.parametrize(
    "words",
    [
        ("source", "approve", "nulle-part"),
        ("source", "preview", "nulle-part"),
        ("source", "probe", "nulle-part"),
        ("source", "add", "x", "--url", "http://127.0.0.1:1/", "--organization", "atlantis"),
        ("run", "list", "nulle-part"),
        ("run", "show", "nulle-part"),
        ("run", "cancel", "nulle-part"),
        ("run", "confirm", "nulle-part", "--why", "x"),
        ("record", "list", "nulle-part"),
        ("record", "show", "nulle-part"),
        ("record", "release", "nulle-part"),
        ("record", "give-back", "nulle-part"),
        ("source", "template", "inventory", "--output", "x.pdf"),
    ],
)
def test_refusal_is_one_sentence(smartregion: Any, region: Any, words: tuple[str, ...]) -> None:
    found = smartregion(*words)

    assert found.exit_code == 1
    assert found.stdout == ""
    assert len(found.stderr.strip().splitlines()) == 1
    assert found.stderr.startswith("Error: ")
    assert found.stderr.strip().endswith(".")


def test_credentials_of_another_key_are_a_sentence(smartregion: Any, make: Any, remote: Any) -> None:
    make(remote.url)
    model.find_source("essai").credentials = "sealed elsewhere"
    ckan_model.Session.commit()

    for verb in ("preview", "run"):
        found = smartregion("source", verb, "essai")
        assert found.exit_code == 1
        assert "Enter them again" in found.stderr


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (FetchError("missing", url="https://a.be/", status=404), "There is nothing at https://a.be/"),
        (credentials.SealError(say("credentials-sealed")), "Enter them again"),
        (running.BusyError("essai"), "Source essai is being run already"),
    ],
)
def test_whatever_fails_below_is_one_sentence(error: Exception, sentence: str) -> None:
    with pytest.raises(click.ClickException, match=sentence), speaking.sentences():
        raise error


def test_what_takes_long_says_that_it_goes_on(capfd: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(speaking, "PATIENCE", 0.05)
    with speaking.progress("Asking", {}):
        time.sleep(0.2)

    assert "Asking ... 0 s" in capfd.readouterr().err
    monkeypatch.undo()
    with speaking.progress("Asking", {}):
        pass
    assert capfd.readouterr().err == ""


def test_what_takes_long_says_how_far_it_is(smartregion: Any, make: Any, remote: Any, monkeypatch: Any) -> None:
    make(remote.url)
    monkeypatch.setattr(speaking, "PATIENCE", 0.02)
    plain = remote.answer

    def answer(request: Any) -> Any:
        time.sleep(2.5 if request.query["offset"] != "0" else 0)
        return plain(request)

    remote.far_end.serve(VERSION_2, answer)
    for number in range(150):
        remote.put(f"n{number}")

    shown = smartregion("source", "preview", "essai")

    assert "Listing essai: 1 pages, 100 listed, 153 total ... " in shown.stderr


def test_missing_record_says_since_when(smartregion: Any, make: Any, remote: Any) -> None:
    make(remote.url, grace=30)
    smartregion("source", "run", "essai")
    remote.items.pop("deux")
    smartregion("source", "run", "essai")

    found = smartregion("record", "list", "essai", "--state", "missing")

    assert f"missing since {dt.datetime.now(dt.UTC):%Y-%m-%d}" in found.stdout
    assert last(found) == "1 published"
