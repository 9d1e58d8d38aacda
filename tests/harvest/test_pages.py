"""The pages of harvesting: all sources, one source and its preview, runs, records, and how a source is added."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from ckan import model as ckan_model
from ckan.lib import jobs as ckan_jobs
from ckan.tests import factories
from ckan.tests.helpers import call_action

from ckanext.smartregion.harvest import credentials, model
from ckanext.smartregion.harvest.engine import queueing, ticking

from tests.harvest.test_run import datasets

SCRIPT = "<script>alert(1)</script>"


def hold_and_fail(remote: Any) -> None:
    """One record is held and one fails."""
    remote.put("deux", license="", title="Sans licence")
    remote.items["trois"]["metas"] = "oups"


@pytest.fixture
def harvested(first_run: Any) -> dict[str, Any]:
    """A source that has run; one record is held, one failed."""
    facts = {"title": "Portail de Liège", "schedule": "0 3 * * *", "organization": "liege"}
    return first_run(hold_and_fail, **facts)[2]


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


@contextmanager
def statements() -> Iterator[list[str]]:
    """The SQL statements that are sent meanwhile."""
    sent: list[str] = []

    def note(*event: Any) -> None:
        sent.append(event[2])

    sa.event.listen(ckan_model.meta.engine, "before_cursor_execute", note)
    yield sent
    sa.event.remove(ckan_model.meta.engine, "before_cursor_execute", note)


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


# -- a run


def test_run_tells_why_a_record_failed_in_the_readers_language(app: Any, harvested: dict[str, Any]) -> None:
    address = f"/harvest/run/{harvested['run']}"

    assert "Dieser Eintrag ist fehlerhaft" in page(app, address, user="officer", language="/de")
    assert "Deze fiche is slecht gevormd" in page(app, address, user="officer", language="/nl")


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
    found = page(app, f"{address}?problem=slecht", user="officer")

    assert "sr-mark-failed" in body
    assert "sr-mark-held" not in body
    assert [row["title"] for row in rows] == ["Sans licence"]
    assert "trois" in found


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


# -- a record


def test_record_shows_origin_versions_and_what_was_sent(app: Any, first_run: Any, run: Any) -> None:
    remote, source, _ = first_run(organization="liege")
    remote.put("un", title=f"Jeu renommé {SCRIPT}")
    run(source)

    body = page(app, f"/harvest/record/{record_of(next(iter(t for t in datasets() if 'renommé' in t)))['id']}")

    assert "da_un" in body
    assert "title_translated.fr" in body
    assert "<del>" in body
    assert "&#34;dataset_uid&#34;: &#34;da_un&#34;" in body
    assert SCRIPT not in body


def test_held_record_is_for_those_who_may_mend_it(app: Any, harvested: dict[str, Any]) -> None:
    address = f"/harvest/record/{record_of('Sans licence')['id']}"

    body = page(app, address, user="officer")

    assert f"{address}/release" in body
    assert "/quality" in body
    app.get(address, headers=headers("neighbour"), status=404)


def test_held_record_that_still_does_not_pass_stays_held(app: Any, harvested: dict[str, Any]) -> None:
    record = record_of("Sans licence")

    body = send(app, f"/harvest/record/{record['id']}/release", "officer")

    assert "alert-danger" in body
    assert call_action("smartregion_record_show", id=record["id"])["state"] == "held"


def test_steward_signs_an_exception_for_a_held_record_and_it_is_published(app: Any, harvested: dict[str, Any]) -> None:
    call_action("organization_member_create", {"user": "chief"}, id="wallonie", username="steward", role="admin")
    call_action("organization_patch", {"user": "chief"}, id="liege", groups=[{"name": "wallonie"}])
    record = record_of("Sans licence")
    address = f"/harvest/record/{record['id']}"
    until = (dt.date.today() + dt.timedelta(days=30)).isoformat()
    form = {"rule": "/license_id.missing-field", "why": "La licence suit en mars.", "until": until}
    assert f"{address}/waive" not in page(app, address, user="officer")
    assert f"{address}/waive" in page(app, address, user="steward")

    app.post(f"{address}/waive", data=form, headers=headers("officer"), status=403)
    body = send(app, f"{address}/waive", "steward", **form)

    assert "alert-success" in body
    assert call_action("smartregion_record_show", id=record["id"])["state"] == "published"
    assert "La licence suit en mars." in page(app, f"/dataset/{record['dataset']}")


def test_field_that_a_person_wrote_is_shown_and_given_back(app: Any, harvested: dict[str, Any]) -> None:
    context = {"user": "officer", "ignore_auth": False}
    dataset = datasets()["Jeu un"]
    call_action("package_patch", context, id=dataset["id"], title_translated={"fr": "À moi"})
    address = f"/harvest/record/{record_of('À moi')['id']}"
    assert "title_translated" in page(app, address)
    assert "/give-back" not in page(app, address)

    send(app, f"{address}/give-back", "officer", field="title_translated")

    assert record_of("À moi")["edits"] == []


def test_page_of_a_dataset_says_where_it_comes_from(app: Any, harvested: dict[str, Any]) -> None:
    name = datasets()["Jeu un"]["name"]

    body = page(app, f"/dataset/{name}")

    assert 'class="sr-provenance"' in body
    assert f"/harvest/record/{record_of('Jeu un')['id']}" in body
    assert "Portail de Liège" in body


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
