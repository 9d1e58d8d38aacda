"""What changed at a source is told once, to the people of its organisation and to the steward."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
import sqlalchemy as sa
from far_end import Answer

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model
from ckan.tests import factories
from ckan.tests.helpers import call_action

from ckanext.smartregion.harvest import model
from ckanext.smartregion.harvest.engine import queueing, ticking
from ckanext.smartregion.harvest.model.notices import Notice
from ckanext.smartregion.harvest.notices import finding

LIST = "/api/explore/v2.1/catalog/datasets"


FACTS = {"organization": "liege", "any_organization": False, "schedule": "0 3 * * *", "enabled": True}
FACTS |= {"title": "Portail de Liège"}


@pytest.fixture
def source(make: Any, remote: Any) -> dict[str, Any]:
    """A source of Liège with three datasets, run every night."""
    return make(remote.url, **FACTS)


@pytest.fixture
def ran(first_run: Any) -> tuple[Any, dict[str, Any]]:
    """The portal of such a source, and the source after its first night."""
    return first_run(**FACTS)[:2]


def listed(person: str, **wanted: Any) -> dict[str, Any]:
    context: Any = {"user": person, "ignore_auth": False}
    return call_action("smartregion_notice_list", context, **wanted)


def kinds(person: str = "officer") -> list[str]:
    """The kinds of the notices of a person, the first told first."""
    return [each["kind"] for each in listed(person)["results"]][::-1]


def test_first_publication_is_told_to_officer_and_steward_and_to_nobody_else(ran) -> None:
    assert kinds("officer") == kinds("steward") == kinds("chief") == ["first"]
    assert kinds("neighbour") == kinds("citizen") == []
    told = listed("officer")["results"][0]
    assert told["texts"]["fr"] == "Premiers jeux de données publiés\u00a0: 3."
    assert (told["source"], told["source_title"], told["read"]) == ("essai", "Portail de Liège", None)


def test_runs_without_a_change_tell_nothing(source, run) -> None:
    for _ in range(4):
        run(source)
    finding.look_at_all()
    assert kinds() == ["first"]


def test_breakdown_and_recovery_are_told_once_each(ran, run) -> None:
    remote, source = ran
    remote.far_end.serve(LIST, Answer(b"", 404))
    for _ in range(4):
        run(source)
    assert kinds() == ["first", "troubled", "failing"]
    assert "404" in listed("officer")["results"][0]["texts"]["fr"]
    remote.far_end.serve(LIST, remote.answer)
    run(source)
    run(source)
    assert kinds() == ["first", "troubled", "failing", "recovered"]


def test_datasets_newly_held_are_told_by_their_number(ran, run) -> None:
    remote, source = ran
    for name in ("un", "deux"):
        remote.put(name, license="")
    run(source)
    run(source)
    assert kinds() == ["first", "held"]
    assert listed("officer")["results"][0]["texts"]["en"].startswith("Datasets newly held: 2.")
    for name in ("un", "deux"):
        remote.put(name)
    run(source)
    assert kinds() == ["first", "held", "recovered"]


def test_run_that_asks_for_confirmation_is_told_with_its_address(ran, run) -> None:
    remote, source = ran
    for name in ("un", "deux"):
        remote.items.pop(name)
    asking = run(source)
    assert asking["status"] == "asking"
    assert kinds() == ["first", "asks"]
    assert listed("officer")["results"][0]["run"] == asking["run"]


def nobody_takes(name: str) -> None:
    """A run of this source has been waiting for a worker for three hours."""
    waiting = ticking.make_run(model.find_source(name), "schedule", None)
    queueing.enqueue(waiting)
    waiting.queued = model.now() - dt.timedelta(hours=3)
    ckan_model.Session.commit()


@pytest.mark.usefixtures("clean_queues")
def test_source_whose_run_nobody_takes_is_found_by_the_scheduler(source, run, monkeypatch) -> None:
    monkeypatch.setattr(finding.watch, "looked", None)
    run(source)
    nobody_takes("essai")
    for _ in range(3):
        ticking.tick()
    assert kinds() == ["first", "silent"]


@pytest.mark.usefixtures("clean_queues")
def test_two_who_look_at_once_tell_it_once(ran) -> None:
    nobody_takes("essai")
    start = threading.Barrier(4)

    def look() -> None:
        start.wait()
        finding.look_at_all()
        ckan_model.Session.remove()

    threads = [threading.Thread(target=look) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert kinds() == ["first", "silent"]


def test_news_that_cannot_be_written_never_stops_a_run(source, run, monkeypatch) -> None:
    ckan_model.Session.execute(sa.text("ALTER TABLE smartregion_told RENAME TO elsewhere"))
    ckan_model.Session.commit()
    try:
        assert run(source)["status"] == "done"
    finally:
        ckan_model.Session.execute(sa.text("ALTER TABLE elsewhere RENAME TO smartregion_told"))
        ckan_model.Session.commit()
    finding.look_at_all()
    assert kinds() == ["first"]


def test_old_notices_are_forgotten(ran) -> None:
    ckan_model.Session.query(Notice).one().moment = model.now() - dt.timedelta(days=366)
    ckan_model.Session.commit()
    finding.look_at_all()
    assert kinds() == []


# -- who has read what


def test_reading_is_per_person(ran) -> None:
    notice = listed("officer")["results"][0]["id"]
    officer: Any = {"user": "officer", "ignore_auth": False}
    assert call_action("smartregion_notice_read", officer, id=notice) == {"read": 1}
    assert call_action("smartregion_notice_read", officer, id=notice) == {"read": 0}
    assert (listed("officer")["unread"], listed("steward")["unread"]) == (0, 1)
    assert listed("officer", unread=True)["results"] == []
    assert call_action("smartregion_notice_read", {"user": "steward", "ignore_auth": False}) == {"read": 1}
    assert listed("steward")["unread"] == 0


def test_notice_of_others_is_nobodys_to_read(ran) -> None:
    notice = listed("officer")["results"][0]["id"]
    for person in ("neighbour", "citizen"):
        with pytest.raises(tk.NotAuthorized):
            call_action("smartregion_notice_read", {"user": person, "ignore_auth": False}, id=notice)


def test_admin_of_a_province_gets_the_news_of_its_municipalities(source, run, people) -> None:
    factories.User(name="province")
    factories.Organization(name="province-de-liege", users=[{"name": "province", "capacity": "admin"}])
    call_action("member_create", id="liege", object="province-de-liege", object_type="group", capacity="public")
    run(source)
    assert kinds("province") == ["first"]


# -- the page


def headers(person: str) -> dict[str, str]:
    return {"Authorization": factories.APIToken(user=person)["token"]}


def test_page_shows_the_news_and_marks_them_read(app: Any, ran) -> None:
    officer = headers("officer")
    body = app.get("/de/harvest/notices", headers=officer).body
    assert "Erste Datensätze veröffentlicht: 3." in body
    assert "Portail de Liège" in body
    assert "1 " in app.get("/harvest", headers=officer).body.split("/harvest/notices")[1][:200]
    app.post("/harvest/notices/read", headers=officer)
    assert listed("officer")["unread"] == 0


def test_page_asks_a_visitor_to_log_in_and_has_nothing_for_a_citizen(app: Any, ran) -> None:
    answer = app.get("/harvest/notices", follow_redirects=False)
    assert answer.status_code == 302
    assert "/user/login" in answer.headers["Location"]
    assert "/harvest/notices" not in app.get("/harvest").body
    assert "/harvest/notices" not in app.get("/harvest", headers=headers("citizen")).body
    assert "Portail de Liège" not in app.get("/harvest/notices", headers=headers("citizen")).body


def test_page_keeps_what_a_person_wishes(app: Any, source) -> None:
    app.post("/harvest/notices/mail", headers=headers("officer"), data={"language": "de"})
    found = listed("officer")["digest"]
    assert (found["mail"], found["language"], found["chosen"]) == (False, "de", "de")
    app.post("/harvest/notices/mail", headers=headers("officer"), data={"language": "", "mail": "true"})
    found = listed("officer")["digest"]
    assert (found["mail"], found["language"], found["chosen"]) == (True, "fr", None)


def test_language_that_is_none_is_refused() -> None:
    person = factories.User()["name"]
    with pytest.raises(tk.ValidationError, match="fr, nl, de, en"):
        call_action("smartregion_digest_set", {"user": person}, language="it")


@pytest.mark.parametrize("name", ["notices", "metrics", "new"])
def test_source_does_not_take_the_name_of_a_page(make: Any, name: str) -> None:
    with pytest.raises(tk.ValidationError, match="taken by a page"):
        make("https://data.liege.example", name=name)


# -- condition


def test_condition_of_a_source_is_shown_with_its_reason(source, run) -> None:
    assert [each["cause"] for each in call_action("smartregion_source_condition")] == ["new"]
    run(source)
    found = call_action("smartregion_source_condition", id="essai")
    assert [(each["source"], each["state"], each["cause"]) for each in found] == [("essai", "well", "well")]
    assert found[0]["why"]["nl"] == "De laatste uitvoering is normaal verlopen."
    with pytest.raises(tk.ObjectNotFound):
        call_action("smartregion_source_condition", id="nulle-part")
