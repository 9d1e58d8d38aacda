"""The pages of harvesting: all sources, one source, its removal and its preview, and how one is added."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from typing import Any

import pytest

from ckan import model as ckan_model
from ckan.tests.helpers import call_action

from ckanext.smartregion.harvest import credentials, model
from ckanext.smartregion.harvest.engine import ticking

from tests.harvest.test_run import datasets
from tests.harvest.web import (
    SCRIPT,
    headers,
    page,
    page_after_work,
    published,
    send,
    statements,
    work,
)

# -- all sources


def test_sources_are_listed_with_state_condition_and_trend(app: Any, harvested: dict[str, Any]) -> None:
    body = page(app, "/harvest", language="/en")

    assert "/harvest/essai" in body
    assert 'class="sr-state sr-state-on"' in body
    assert 'class="sr-health sr-health-fair"' in body
    assert "Datasets held in the last seven days: 1." in body
    assert "sr-layer-failed" in body


def test_those_in_trouble_come_first_the_worst_before_all(app: Any, make: Any, remote: Any, run: Any) -> None:
    run(make(remote.url, name="essai-well", schedule="0 3 * * *"))
    run(make(f"{remote.url}/nulle-part", name="essai-troubled", schedule="0 3 * * *"))
    make("https://a.example.org", name="essai-off")
    make("https://a.example.org", name="essai-silent", schedule="0 3 * * *")
    model.find_source("essai-silent").next_run = model.now() - dt.timedelta(hours=3)
    ckan_model.Session.commit()

    everything, trouble = (page(app, address) for address in ("/harvest", "/harvest?state=trouble"))

    assert re.findall(r'<h2><a href="/harvest/essai-(\w+)"', everything) == ["silent", "troubled", "well", "off"]
    assert re.findall(r'<h2><a href="/harvest/essai-(\w+)"', trouble) == ["silent", "troubled"]


@pytest.mark.parametrize(
    ("filters", "shown"),
    [("q=namur", "namur"), ("state=waits", "namur"), ("state=off", "off"), ("kind=ckan", "off"), ("state=on", "essai")],
)
def test_sources_are_filtered(app: Any, make: Any, filters: str, shown: str) -> None:
    make("https://a.example.org", schedule="0 3 * * *")
    make("https://b.example.org", name="off", kind="ckan")
    make("https://c.example.org", name="namur", organization="namur")
    model.find_source("namur").approved = None
    ckan_model.Session.commit()

    body = page(app, f"/harvest?{filters}")

    named = ("essai", "off", "namur")
    assert [name for name in named if f'href="/harvest/{name}"' in body] == [shown]


def test_list_of_sources_takes_the_same_statements_however_many_they_are(make: Any) -> None:
    counted = []
    for numbers in (range(2), range(2, 14)):
        for number in numbers:
            source = make("https://a.example.org", name=f"essai-{number}")
            ticking.make_run(model.find_source(source["name"]), "person", None)
        ckan_model.Session.commit()
        ckan_model.Session.expire_all()
        with statements() as sent:
            found = call_action("smartregion_source_list")
        counted.append((len(found), len(sent)))

    assert [sources for sources, _ in counted] == [2, 14]
    assert counted[0][1] == counted[1][1] <= 11


def test_state_condition_and_trend_are_told_by_the_api_too(harvested: dict[str, Any]) -> None:
    source = call_action("smartregion_source_list", kind="opendatasoft")[0]
    (how,) = call_action("smartregion_source_condition", id="essai")

    assert source["state"] == "on"
    assert (source["condition"]["state"], source["condition"]["cause"]) == ("troubled", "held")
    assert source["condition"] == {k: v for k, v in how.items() if k != "source"}
    assert [run["id"] for run in source["trend"]] == [harvested["run"]]


# -- a source


def test_source_shows_records_and_the_rules_applied(app: Any, harvested: dict[str, Any]) -> None:
    body = page(app, "/harvest/essai", language="/fr")

    assert "Jeu un" in body
    assert "Licence traduite dans la liste européenne" in body
    assert "Sans licence" not in body


def test_officer_sees_what_is_held_and_may_run_the_source(app: Any, harvested: dict[str, Any]) -> None:
    body = page(app, "/harvest/essai", user="officer")

    assert "Sans licence" in body
    assert "/harvest/essai/run" in body
    assert "/harvest/essai/run" not in page(app, "/harvest/essai")


def test_stranger_is_told_why_nothing_of_what_is_held_is_shown(app: Any, harvested: dict[str, Any]) -> None:
    why = "shown to those who may mend it"

    assert why in page(app, "/harvest/essai?state=held", language="/en")
    assert why not in page(app, "/harvest/essai?state=held", user="officer", language="/en")
    assert why not in page(app, "/harvest/essai?q=nothing", language="/en")


def test_numbers_of_a_run_agree_with_their_words(app: Any, first_run: Any) -> None:
    first_run()
    runs = re.search(r'<span class="sr-run-counts">(.*?)</li>', page(app, "/harvest/essai", language="/fr"), re.DOTALL)

    assert runs
    assert re.search(r">\d+ créés<", runs[1])


def test_records_are_searched_and_paged(app: Any, first_run: Any) -> None:
    _, source, _ = first_run(organization="liege")
    published(source, [f"Jeu numéro {number:02}" for number in range(60)])

    first, second = (page(app, f"/harvest/essai?q=num%C3%A9ro&page={number}", user="officer") for number in (1, 2))

    assert first.count("/harvest/record/") == 50
    assert second.count("/harvest/record/") == 10
    assert 'rel="next"' in first
    assert 'rel="next"' not in second


def test_records_are_kept_as_csv_and_json(app: Any, make: Any, remote: Any, run: Any) -> None:
    remote.put("un", title="=1+1 formule")
    run(make(remote.url, organization="liege"))

    rows = list(csv.DictReader(io.StringIO(page(app, "/harvest/essai/records.csv").lstrip("\ufeff"))))
    listed = json.loads(page(app, "/harvest/essai/records.json?q=formule"))

    assert sorted(row["title"] for row in rows) == ["'=1+1 formule", "Jeu deux", "Jeu trois"]
    assert [row["title"] for row in listed] == ["=1+1 formule"]


def test_form_is_made_from_the_options_of_the_kind_and_keeps_the_others(app: Any, make: Any) -> None:
    make("https://a.example.org", organization="liege", options={"refine": "a:b", "contract.x": "bicycle-parking"})
    body = page(app, "/harvest/essai/edit", user="officer", language="/en")
    assert 'name="option.refine" value="a:b"' in body
    assert "contract.x = bicycle-parking" in body

    form = {"title": "Neuf", "url": "https://a.example.org", "timetable": "own", "cron": "5 4 * * *", "grace": "3"}
    settings = {"option.refine": "", "option.dcat_export": "yes", "others": "contract.x = bicycle-parking"}
    send(app, "/harvest/essai/edit", "officer", **form, **settings)

    source = call_action("smartregion_source_show", id="essai")
    assert (source["title"], source["schedule"], source["grace"]) == ("Neuf", "5 4 * * *", 3)
    assert source["options"] == {"dcat_export": "yes", "contract.x": "bicycle-parking"}


@pytest.mark.parametrize(
    "wrong",
    [{"timetable": "own", "cron": "maintenant"}, {"option.dcat_export": "peut-être"}, {"others": "sans valeur"}],
)
def test_form_says_what_is_wrong_and_changes_nothing(app: Any, make: Any, wrong: dict[str, str]) -> None:
    before = make("https://a.example.org", organization="liege")

    body = send(app, "/harvest/essai/edit", "officer", title="Neuf", url="https://a.example.org", **wrong)

    assert 'role="alert"' in body
    assert 'value="Neuf"' in body
    assert call_action("smartregion_source_show", id="essai")["title"] == before["title"]


@pytest.mark.parametrize("address", ["/harvest/essai/edit", "/harvest/essai/preview", "/harvest/new"])
def test_forms_and_preview_are_not_for_strangers(app: Any, make: Any, address: str) -> None:
    make("https://a.example.org", organization="liege")

    app.get(address, headers=headers("citizen"), status=403)


@pytest.mark.usefixtures("clean_queues")
def test_buttons_run_pause_and_switch(app: Any, harvested: dict[str, Any]) -> None:
    send(app, "/harvest/essai/run", "officer")
    assert call_action("smartregion_run_list", source="essai")[0]["status"] == "queued"
    for verb, state in (("pause", "resting"), ("resume", "on"), ("disable", "off"), ("enable", "on")):
        send(app, f"/harvest/essai/{verb}", "officer")
        assert call_action("smartregion_source_show", id="essai")["state"] == state


def test_stranger_cannot_run_a_source(app: Any, harvested: dict[str, Any]) -> None:
    app.post("/harvest/essai/run", headers=headers("neighbour"), status=403)
    assert app.post("/harvest/essai/run", follow_redirects=False).status_code in (302, 403)
    assert len(call_action("smartregion_run_list", source="essai")) == 1


def test_form_moves_a_source_and_the_steward_lets_it_speak_for_others(app: Any, make: Any) -> None:
    make("https://a.example.org", organization="liege", any_organization=False)
    address, form = "/harvest/essai/edit", {"title": "Neuf", "url": "https://a.example.org"}
    assert 'name="any_organization"' not in page(app, address, user="officer")

    send(app, address, "steward", organization="namur", speaks="yes", any_organization="yes", **form)
    source = call_action("smartregion_source_show", id="essai")
    assert (source["organization"], source["any_organization"]) == ("namur", True)
    send(app, address, "steward", organization="namur", speaks="yes", **form)
    assert not call_action("smartregion_source_show", id="essai")["any_organization"]


def test_officer_cannot_move_a_source_to_an_organisation_of_others(app: Any, make: Any) -> None:
    make("https://a.example.org", organization="liege")
    form = {"title": "Neuf", "url": "https://a.example.org", "organization": "namur"}

    app.post("/harvest/essai/edit", data=form, headers=headers("officer"), status=403)

    assert call_action("smartregion_source_show", id="essai")["organization"] == "liege"


def test_login_is_set_kept_and_removed_and_never_shown(app: Any, make: Any) -> None:
    make("https://a.example.org", organization="liege")
    address, form = "/harvest/essai/edit", {"title": "Neuf", "url": "https://a.example.org", "organization": "liege"}
    login = {"login": "basic", "login_name": "lecteur", "login_secret": "s3cret-s3cret"}

    send(app, address, "officer", **form, **login)
    sealed = model.find_source("essai").credentials
    assert credentials.open(sealed)["secret"] == "s3cret-s3cret"
    body = page(app, address, user="officer", language="/en")
    assert "a login is set: keep it" in body
    assert "lecteur" not in body
    assert "s3cret" not in body
    send(app, address, "officer", login="keep", **form)
    ckan_model.Session.expire_all()
    assert model.find_source("essai").credentials == sealed
    send(app, address, "officer", login="none", **form)
    ckan_model.Session.expire_all()
    assert model.find_source("essai").credentials is None


def test_login_without_a_secret_is_refused_and_what_was_typed_of_it_is_not_sent_back(app: Any, make: Any) -> None:
    make("https://a.example.org", organization="liege")
    form = {"title": "Neuf", "url": "https://a.example.org", "organization": "liege"}

    body = send(
        app, "/harvest/essai/edit", "officer", login="basic", login_name="", login_secret="s3cret-s3cret", **form
    )

    assert 'role="alert"' in body
    assert "s3cret" not in body
    assert not call_action("smartregion_source_show", id="essai")["has_credentials"]


# -- its removal


@pytest.mark.usefixtures("clean_queues")
def test_removal_says_what_becomes_of_datasets_and_a_worker_does_it(app: Any, harvested: dict[str, Any]) -> None:
    body = page(app, "/harvest/essai/remove", user="officer", language="/en")
    assert "2 datasets come from this source" in body
    app.get("/harvest/essai/remove", headers=headers("neighbour"), status=403)
    app.post("/harvest/essai/remove", headers=headers("neighbour"), status=403)

    live = app.post("/harvest/essai/remove", data={"datasets": "withdraw"}, headers=headers("officer"))
    assert 'hx-trigger="every 1s"' in live.body
    assert work() == 1
    ended = app.get(live.request.full_path, headers=headers("officer"), follow_redirects=False)

    assert ended.headers["Location"].rstrip("/").endswith("/harvest")
    assert call_action("smartregion_source_list") == []
    assert {each["state"] for each in datasets().values()} == {"deleted"}


@pytest.mark.usefixtures("clean_queues")
def test_removal_keeps_the_datasets_unless_it_is_told_otherwise(app: Any, harvested: dict[str, Any]) -> None:
    before = datasets()

    send(app, "/harvest/essai/remove", "officer")
    work()

    assert call_action("smartregion_source_list") == []
    assert datasets().keys() == before.keys()


# -- the preview


@pytest.mark.usefixtures("clean_queues")
def test_preview_shows_texts_as_texts(app: Any, make: Any, remote: Any) -> None:
    remote.put("deux", title=SCRIPT, license="maison")
    make(remote.url, organization="liege")

    plan = page_after_work(app, "/harvest/essai/preview", user="officer")

    assert "Jeu un" in plan
    assert SCRIPT not in plan


@pytest.mark.usefixtures("clean_queues")
def test_preview_says_why_a_list_broke_off(app: Any, make: Any, far_end: Any) -> None:
    make(far_end.url, organization="liege")

    assert 'class="alert alert-danger"' in page_after_work(app, "/harvest/essai/preview", user="officer")


# -- adding a source


@pytest.mark.usefixtures("clean_queues")
def test_address_is_looked_at_before_anything_is_saved(app: Any, region: Any, remote: Any) -> None:
    form = {"url": remote.url, "kind": "opendatasoft"}
    send(app, "/harvest/new", "officer", **form)
    work()
    body = send(app, "/harvest/new", "officer", **form)

    assert "Jeu un" in body
    assert 'class="sr-score"' in body
    assert 'action="/harvest/new/create"' in body
    assert call_action("smartregion_source_list") == []


@pytest.mark.usefixtures("clean_queues")
def test_officers_source_waits_until_the_steward_approves_it(app: Any, region: Any, remote: Any) -> None:
    form = {"name": "neuf", "kind": "opendatasoft", "url": remote.url, "organization": "liege"}
    send(app, "/harvest/new/create", "officer", title="Neuf", timetable="0 3 * * *", cron="", others="", **form)
    assert call_action("smartregion_source_show", id="neuf")["state"] == "waits"
    assert "/harvest/neuf/approve" not in page(app, "/harvest/neuf", user="officer")
    assert "/harvest/neuf/approve" in page_after_work(app, "/harvest/neuf/preview", user="steward")

    send(app, "/harvest/neuf/approve", "steward")

    source = call_action("smartregion_source_show", id="neuf")
    assert (source["state"], source["schedule"]) == ("on", "0 3 * * *")


def test_what_is_wrong_with_a_new_source_is_said_and_what_was_typed_is_kept(app: Any, make: Any) -> None:
    make("https://a.example.org")
    form = {"name": "essai", "kind": "ckan", "url": "https://b.example.org", "organization": "liege"}

    body = send(app, "/harvest/new/create", "officer", title="Mon portail", timetable="", **form)

    assert 'role="alert"' in body
    assert 'value="Mon portail"' in body


@pytest.mark.parametrize(
    "address",
    ["/harvest/nulle-part", "/harvest/run/nulle-part", "/harvest/record/nulle-part", "/harvest/nulle-part/records.csv"],
)
def test_unknown_address_is_not_found(app: Any, region: Any, address: str) -> None:
    app.get(address, status=404)
