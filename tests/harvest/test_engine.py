"""The engine: what it remembers, what it asks a person, whose word counts, and how it goes on where it was stopped."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model
from ckan.tests.helpers import call_action

from ckanext.smartregion.harvest import model
from ckanext.smartregion.harvest.engine import applying, closing, running, ticking
from ckanext.smartregion.harvest.engine.pulse import Pulse
from ckanext.smartregion.harvest.model import staging

from tests.harvest.test_run import counts, datasets, footprint


def states() -> dict[str, str]:
    return {title: dataset["state"] for title, dataset in datasets().items()}


def record(title: str) -> dict[str, Any]:
    return call_action("smartregion_record_show", id=datasets()[title]["id"])


def patch(user: dict[str, Any], title: str, **fields: Any) -> None:
    """A person changes a dataset."""
    context: Any = {"user": user["name"], "ignore_auth": False}
    call_action("package_patch", context, id=datasets()[title]["id"], **fields)


def fill(remote: Any) -> None:
    """Eight datasets in all: three pages and four transactions of the small steps."""
    for number in range(5):
        remote.put(f"n{number}", title=f"Numéro {number}")


# -- what vanishes


def test_dataset_that_vanishes_is_marked_first_and_comes_back_without_a_write(first_run, run) -> None:
    remote, source, _ = first_run(grace=7)
    gone = remote.items.pop("un")

    assert counts(run(source)) == {"unchanged": 2, "missing": 1}
    assert states()["Jeu un"] == "active"
    assert [each["title"] for each in call_action("smartregion_record_list", source="essai", state="missing")] == [
        "Jeu un"
    ]
    assert counts(run(source)) == {"unchanged": 2}

    remote.items["un"] = gone
    assert counts(run(source)) == {"unchanged": 3}
    assert record("Jeu un")["missing_since"] is None


def test_dataset_that_stays_away_is_withdrawn_after_its_grace(first_run, run) -> None:
    remote, source, _ = first_run(grace=7)
    remote.items.pop("un")
    run(source)
    row = ckan_model.Session.query(model.Record).filter_by(remote_id="da_un").one()
    row.missing_since = model.now() - dt.timedelta(days=8)
    ckan_model.Session.commit()

    assert counts(run(source)) == {"unchanged": 2, "withdrawn": 1}
    assert states()["Jeu un"] == "deleted"


def test_run_asks_before_many_withdrawals_and_does_exactly_those_it_asked_about(ran, run, region) -> None:
    remote, source = ran
    kept = dict(remote.items)
    remote.items.clear()
    asking = run(source)
    assert (asking["status"], counts(asking)) == ("asking", {})

    remote.items.update(kept)  # that they are back is not known before the next listing: the question was another
    confirmed = call_action("smartregion_run_confirm", id=asking["run"], why="le portail a été vidé exprès")
    assert (confirmed["status"], confirmed["confirmed_why"]) == ("queued", "le portail a été vidé exprès")
    assert counts(running.run(asking["run"])) == {"withdrawn": 3}
    assert set(states().values()) == {"deleted"}
    assert counts(run(source)) == {"updated": 3}


def test_question_is_out_of_date_once_the_source_was_listed_again(ran, run) -> None:
    remote, source = ran
    kept = dict(remote.items)
    remote.items.clear()
    asking = run(source)
    remote.items.update(kept)

    assert counts(run(source)) == {"unchanged": 3}
    with pytest.raises(tk.ValidationError):
        call_action("smartregion_run_confirm", id=asking["run"], why="trop tard")


def test_confirmation_needs_a_reason(ran, run) -> None:
    remote, source = ran
    remote.items.clear()
    with pytest.raises(tk.ValidationError):
        call_action("smartregion_run_confirm", id=run(source)["run"], why="")


# -- the same dataset from two sources


@pytest.fixture
def two(make, far_end):
    """A town's own portal and a regional one that republishes it; gives both with their sources."""
    from far_end import running as serving

    from tests.harvest.conftest import RemotePortal

    with serving() as other:
        town, region = RemotePortal(far_end), RemotePortal(other)
        for portal in (town, region):
            portal.put("velos", title="Stationnements vélos", publisher="Ville de Liège")
        region.items["velos"]["dataset_uid"] = "da_region"
        region.put("autre", title="Autre jeu", publisher="Ville de Liège")
        yield (
            (town, make(town.url, name="ville", precedence=10)),
            (region, make(region.url, name="region", precedence=90)),
        )


def test_copy_of_a_dataset_is_linked_to_its_origin_and_not_doubled(two, run) -> None:
    (_, town), (_, region) = two
    assert counts(run(town)) == {"created": 1}
    assert counts(run(region)) == {"created": 1, "linked": 1}
    assert len(datasets()) == 2
    assert counts(run(region)) == {"unchanged": 2}
    linked = call_action("smartregion_record_list", source="region", state="linked")
    assert [each["dataset"] for each in linked] == [datasets()["Stationnements vélos"]["name"]]


def test_origin_takes_its_dataset_over_with_its_address(two, run) -> None:
    (_, town), (_, region) = two
    assert counts(run(region)) == {"created": 2}
    before = datasets()["Stationnements vélos"]

    assert counts(run(town)) == {"updated": 1}

    assert len(datasets()) == 2
    after = datasets()["Stationnements vélos"]
    assert (after["id"], after["name"]) == (before["id"], before["name"])
    assert record("Stationnements vélos")["source"] == "ville"
    assert counts(run(region)) == {"unchanged": 2}
    assert counts(run(town)) == {"unchanged": 1}


def test_copy_lives_on_when_the_origin_withdraws(two, run) -> None:
    (portal, town), (_, region) = two
    run(town)
    run(region)
    portal.items.clear()
    assert counts(run(town)) == {"withdrawn": 1}

    assert counts(run(region))["updated"] == 1
    assert states() == {"Stationnements vélos": "active", "Autre jeu": "active"}


# -- whose word counts


def test_field_that_a_person_wrote_stays_theirs_until_they_give_it_back(ran, run, people) -> None:
    remote, source = ran
    identifier = datasets()["Jeu un"]["id"]
    mine = {"title_translated": {"fr": "Mon titre"}, "version": "2"}
    patch(people["officer"], "Jeu un", **mine)
    remote.put("un", title="Jeu un, revu", description="<p>Une autre description, tout aussi utile.</p>")

    assert counts(run(source)) == {"updated": 1, "unchanged": 2}
    found = call_action("package_show", id=identifier)
    assert (found["title_translated"], found["version"]) == ({"fr": "Mon titre"}, "2")
    assert found["notes_translated"] == {"fr": "Une autre description, tout aussi utile."}
    shown = call_action("smartregion_record_show", id=identifier)
    assert [(each["field"], each["author"]) for each in shown["edits"]] == [
        ("title_translated", "officer"),
        ("version", "officer"),
    ]

    call_action("smartregion_record_give_back", id=identifier, fields=["title_translated"])
    assert counts(run(source)) == {"updated": 1, "unchanged": 2}
    found = call_action("package_show", id=identifier)
    assert (found["title_translated"], found["version"]) == ({"fr": "Jeu un, revu"}, "2")


def test_file_that_a_person_described_or_added_stays_as_they_wrote_it(ran, run, people) -> None:
    remote, source = ran
    dataset = datasets()["Jeu un"]
    described = [{**each, "name_translated": {"fr": "Le tableau"}} for each in dataset["resources"][:1]]
    added = {"url": "https://www.liege.be/notice.pdf", "name_translated": {"fr": "Notice"}, "format": "PDF"}
    patch(people["officer"], "Jeu un", resources=[*described, *dataset["resources"][1:], added])
    remote.put("un", title="Jeu un, revu")

    run(source)
    found = call_action("package_show", id=dataset["id"])["resources"]
    assert [each["name_translated"]["fr"] for each in found][0::2] == ["Le tableau", "Notice"]
    assert len(found) == 3


def test_run_itself_is_no_person(ran, run) -> None:
    remote, source = ran
    remote.put("un", title="Jeu un, revu")
    run(source)
    assert record("Jeu un, revu")["edits"] == []


# -- versions


def test_versions_of_a_record_show_what_changed_field_by_field(ran, run) -> None:
    remote, source = ran
    remote.put("un", title="Jeu un, revu")
    run(source)

    shown = record("Jeu un, revu")
    assert [version["outcome"] for version in shown["versions"]] == ["updated", "created"]
    assert {"field": "title_translated.fr", "before": "Jeu un", "after": "Jeu un, revu"} in shown["versions"][0]["diff"]
    assert shown["raw"]["metas"]["default"]["title"] == "Jeu un, revu"
    assert (shown["source"], shown["first_seen"] <= shown["last_seen"]) == ("essai", True)


@pytest.mark.ckan_config("smartregion.harvest.versions", "2")
def test_only_the_last_versions_keep_their_content(make, remote, run) -> None:
    source = make(remote.url)
    for number in range(4):
        remote.put("un", title=f"Titre {number}")
        run(source)
    kept = [version["dataset"] is not None for version in record("Titre 3")["versions"]]
    assert kept == [True, True, False, False]


# -- approval and rest


def test_source_of_an_officer_waits_for_the_stewards_approval(region, people, remote) -> None:
    def context(name: str) -> Any:
        return {"user": people[name]["name"], "ignore_auth": False}

    facts = {"name": "essai", "kind": "opendatasoft", "url": remote.url, "organization": "liege"}
    made = call_action("smartregion_source_create", context("officer"), schedule="* * * * *", **facts)
    assert made["approved"] is None
    assert call_action("smartregion_source_preview", context("officer"), id="essai")["counts"]["create"] == 3
    with pytest.raises(tk.ValidationError, match="approval"):
        call_action("smartregion_source_run", context("officer"), id="essai")
    row = model.find_source("essai")
    row.next_run = model.now()
    ckan_model.Session.commit()
    assert ticking.tick() == []

    assert call_action("smartregion_source_approve", context("steward"), id="essai")["approved_by"] == "steward"
    assert call_action("smartregion_source_run", context("officer"), id="essai")["status"] == "queued"


def test_source_that_rests_is_not_pulled(make, remote) -> None:
    make(remote.url, schedule="* * * * *")
    assert call_action("smartregion_source_pause", id="essai")["next_runs"] == []
    row = model.find_source("essai")
    row.next_run = model.now()
    ckan_model.Session.commit()
    assert ticking.tick() == []
    assert len(call_action("smartregion_source_resume", id="essai")["next_runs"]) == 3


def test_schedule_is_in_the_time_of_its_zone(make, remote) -> None:
    summer = make(remote.url, schedule="0 3 * * *", zone="Pacific/Auckland")["next_runs"][0]
    assert dt.datetime.fromisoformat(summer).hour in (14, 15)


# -- going on


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short pages and small transactions, so that few records make many of both."""
    from ckanext.smartregion.harvesters import opendatasoft

    monkeypatch.setattr(opendatasoft, "PAGE", 3)
    monkeypatch.setattr(applying, "CHUNK", 2)


@pytest.mark.parametrize(("left", "taken"), [(1000, 50), (301, 50), (120, 20), (7, 5)])
def test_the_less_is_left_the_less_one_process_takes_of_what_several_share(
    monkeypatch: pytest.MonkeyPatch, left: int, taken: int
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(staging, "waiting", lambda _: left)
    monkeypatch.setattr(staging, "claim_steps", lambda _, count: asked.append(count))
    for shared in (True, False):
        applying.work(model.Source(), model.Run(), Pulse("run"), shared=shared)
    assert asked == [taken, applying.CHUNK]


def stop_at(monkeypatch: pytest.MonkeyPatch, place: Any, name: str, times: int = 1) -> None:
    """Let a function of the engine break off as if its process were gone, some calls from now."""
    real, left = getattr(place, name), [times]

    def broken(*arguments: Any, **more: Any) -> Any:
        left[0] -= 1
        if left[0] == 0:
            raise KeyboardInterrupt(name)
        return real(*arguments, **more)

    monkeypatch.setattr(place, name, broken)


STOPS = (
    (staging, "keep_page", 1),
    (staging, "keep_page", 2),
    (staging, "keep_steps", 2),
    (applying, "_do", 1),
    (applying, "_do", 6),
    (applying, "_after", 1),
    (applying, "_after", 3),
    (closing, "close", 1),
    (staging, "trim_versions", 1),
)


@pytest.mark.parametrize(("place", "name", "times"), STOPS)
def test_run_that_breaks_off_anywhere_is_taken_up_by_the_next(
    make, remote, run, monkeypatch, small_steps, place: Any, name: str, times: int
) -> None:
    fill(remote)
    source = make(remote.url)
    stop_at(monkeypatch, place, name, times)
    with pytest.raises(KeyboardInterrupt):
        run(source)
    ckan_model.Session.rollback()
    ckan_model.Session.remove()

    second = run(source)

    assert second["status"] == "done"
    first = call_action("smartregion_run_list", source="essai")[1]
    assert (first["status"], first["error"]["en"][:29]) == ("failed", "The run gives no sign of life")
    assert len(datasets()) == call_action("package_search", rows=0)["count"] == 8
    assert len(call_action("smartregion_record_list", source="essai")) == 8
    before = footprint()
    assert counts(run(source)) == {"unchanged": 8}
    assert footprint() == before


def test_run_that_is_taken_up_does_not_ask_again_for_the_pages_it_has(
    make, remote, run, monkeypatch, small_steps
) -> None:
    fill(remote)
    source = make(remote.url)
    stop_at(monkeypatch, applying, "_do", 5)
    with pytest.raises(KeyboardInterrupt):
        run(source)
    ckan_model.Session.rollback()
    asked = len(remote.far_end.requests)

    assert run(source)["status"] == "done"
    assert len(remote.far_end.requests) == asked


def test_silent_run_is_closed_and_taken_up_by_itself(make, remote, monkeypatch) -> None:
    make(remote.url)
    row = ticking.make_run(model.find_source("essai"), "person", None)
    row.status, row.started, row.heartbeat = "running", model.now(), model.now() - dt.timedelta(minutes=9)
    ckan_model.Session.commit()
    ticking.tick()

    last, first = call_action("smartregion_run_list", source="essai")
    assert (first["status"], last["status"], last["trigger"]) == ("failed", "queued", "resume")


def test_run_gives_way_when_others_wait_and_goes_on_later(make, remote, monkeypatch, small_steps) -> None:
    from ckanext.smartregion.harvest.engine import queueing

    fill(remote)
    make(remote.url)
    monkeypatch.setattr(queueing, "others_wait", lambda: True)
    row = ticking.make_run(model.find_source("essai"), "person", None)

    turns = 0
    while running.run(row.id, turn=0).get("status") == "queued":
        turns += 1
        assert turns < 30
    assert turns > 3
    assert len(datasets()) == 8


def test_run_can_be_cancelled(make, remote) -> None:
    make(remote.url)
    row = ticking.make_run(model.find_source("essai"), "person", None)
    assert call_action("smartregion_run_cancel", id=row.id)["status"] == "cancelled"
    assert running.run(row.id) == {}
    assert datasets() == {}


def test_held_record_is_released_once_its_cause_is_gone(make, remote, run, people) -> None:
    remote.put("deux", license="")
    source = make(remote.url)
    run(source)
    assert call_action("smartregion_record_release", id=datasets()["Jeu deux"]["id"])["state"] == "held"

    patch(people["officer"], "Jeu deux", license_id="http://publications.europa.eu/resource/authority/licence/CC0")
    assert call_action("smartregion_record_release", id=datasets()["Jeu deux"]["id"])["state"] == "published"
    assert states()["Jeu deux"] == "active"


@pytest.mark.parametrize("odd", ["\x00", "\ud83d"])
def test_record_with_a_character_that_cannot_be_kept_costs_only_itself(
    make, remote, run, monkeypatch, odd: str
) -> None:
    from ckanext.smartregion.harvesters import opendatasoft

    # The reader of JSON replaces such characters; other kinds may let them through.
    real = opendatasoft._record

    def spoilt(item: Any, base: str, number: int) -> Any:
        found = real(item, base, number)
        return type(found)(found.remote_id, {**found.payload, "odd": odd}, found.address) if number == 1 else found

    monkeypatch.setattr(opendatasoft, "_record", spoilt)
    summary = run(make(remote.url))
    assert (summary["status"], counts(summary)) == ("done", {"created": 2, "failed": 1})
