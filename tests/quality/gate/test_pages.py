"""The gate's pages: for the right people, in their language, and harmless whatever a file holds."""

from __future__ import annotations

import html
import io
import re
import time

import pytest
from werkzeug.datastructures import FileStorage

from ckan.config.middleware.flask_app import csrf
from ckan.tests import factories
from ckan.tests.helpers import call_action

from ckanext.smartregion.quality import helpers
from ckanext.smartregion.schemas import LANGUAGES, table_contract

from tests.quality.gate.conftest import CONTRACT

pytestmark = pytest.mark.usefixtures("portal")

SCRIPT = "<script>alert('sr')</script>"
CHECK = "/quality/check"


def hostile() -> bytes:
    """A table with a script in every cell, and as the name of a column too many."""
    names = [field["name"] for field in table_contract(CONTRACT).fields]
    rows = [[*names, SCRIPT], *[[SCRIPT] * (len(names) + 1)] * 2]
    return "\n".join(",".join(row) for row in rows).encode()


def held(draft, officer, content, **more):
    dataset = draft(**more)
    sent = FileStorage(io.BytesIO(content), filename=f"{SCRIPT}.csv")
    call_action("resource_create", context={"user": officer["name"], "ignore_auth": False}, package_id=dataset["id"],
                name=f"Vélos {SCRIPT}", format="CSV", schema=CONTRACT, upload=sent)  # fmt: skip
    made = call_action("package_patch", {"user": officer["name"]}, id=dataset["id"], state="active")
    assert made["state"] == "draft"
    return made["name"]


def in_language(page, code):
    return page if code == "fr" else f"/{code}{page}"


def is_harmless(page: str) -> bool:
    return SCRIPT not in page and not re.search(r"<script[^>]*>\s*alert", page)


def text(page: str) -> str:
    return html.unescape(page)


def test_report_is_shown_to_those_who_may_change_the_dataset_and_what_a_file_holds_is_escaped(
    app, draft, officer, login
):
    report = f"/dataset/{held(draft, officer, hostile())}/quality"

    assert app.get(report).status_code == 404
    assert app.get(report, headers=login(factories.User())).status_code == 404
    own = login(officer)
    for code in LANGUAGES:
        page = app.get(in_language(report, code), headers=own).body
        assert f'lang="{code}"' in page
        assert is_harmless(page)
        assert "alert(" in text(page), "the value found is shown, so that it can be found and mended"
    overview = app.get("/quality", headers=own).body
    assert report in overview
    assert report not in app.get("/quality").body


def test_report_of_a_published_dataset_is_public_in_four_languages(app, draft, officer, valid):
    dataset = draft()
    call_action("resource_create", {"user": officer["name"]}, package_id=dataset["id"], schema=CONTRACT, upload=valid())
    call_action("package_patch", {"user": officer["name"]}, id=dataset["id"], state="active")

    for code in LANGUAGES:
        page = app.get(in_language(f"/dataset/{dataset['name']}/quality", code)).body
        assert f'lang="{code}"' in page
        assert CONTRACT in page
    assert app.post(f"/dataset/{dataset['name']}/quality/recheck").status_code == 403


def test_officer_finds_the_datasets_of_the_organisation_what_is_held_first(
    app, draft, officer, valid, login, namur, monkeypatch
):
    published = draft(name="publie")
    call_action("resource_create", {"user": officer["name"]}, package_id=published["id"], schema=CONTRACT,
                upload=valid())  # fmt: skip
    call_action("package_patch", {"user": officer["name"]}, id=published["id"], state="active")
    waiting = held(draft, officer, hostile())
    call_action("package_patch", {"user": officer["name"]}, id=published["id"], notes_translated={"fr": "Changé."})
    mate, neighbour = factories.User(), factories.User()
    call_action("organization_member_create", id=namur["id"], username=mate["name"], role="editor")
    factories.Organization(users=[{"name": neighbour["name"], "capacity": "editor"}])

    page = app.get("/dashboard/datasets", headers=login(mate)).body
    assert re.findall(r'<h2 class="sr-card-title".*?href="/dataset/([\w-]+)"', page, re.DOTALL) == [waiting, "publie"]
    monkeypatch.setattr("ckanext.smartregion.helpers.MOST_OF_MINE", 1)
    page = text(app.get("/en/dashboard/datasets", headers=login(mate)).body)
    assert "1 of 2 are shown" in page
    assert waiting in page, "what is held is among the first"
    other = app.get("/dashboard/datasets", headers=login(neighbour)).body
    assert waiting not in other
    assert "publie" not in other


def test_overview_shows_how_datasets_stand_and_what_files_of_each_contract_hold(app, draft, officer, valid):
    assert "sr-at-the-gate" not in app.get("/quality").body, "nothing stands anywhere yet"
    held(draft, officer, hostile())
    dataset = draft(name="valide")
    call_action("resource_create", {"user": officer["name"]}, package_id=dataset["id"], schema=CONTRACT, upload=valid())
    call_action("package_patch", {"user": officer["name"]}, id=dataset["id"], state="active")

    for code in LANGUAGES:
        page = text(app.get(in_language("/quality", code)).body)
        bars = re.findall(r'class="sr-at-the-gate-(\S+)" style="width: ([\d.]+)%"', page)
        assert bars == [("published-with-warnings", "50.0"), ("held", "50.0")]
        assert table_contract(CONTRACT).description[code] in page


def test_pages_that_need_no_dataset_answer_in_four_languages(app, officer, namur, login):
    contract = table_contract(CONTRACT)
    own = login(officer)

    for code in LANGUAGES:
        assert contract.title[code] in text(app.get(in_language("/quality", code)).body)
        page = text(app.get(in_language(f"/quality/contract/{CONTRACT}", code)).body)
        assert contract.title[code] in page
        assert contract.fields[0]["title"][code] in page
        assert contract.title[code] in text(app.get(in_language(CHECK, code), headers=own).body)
    assert app.get("/quality/contract/no-such-contract").status_code == 404
    assert app.get("/dataset/no-such-dataset/quality").status_code == 404


def test_dry_run_is_for_those_who_publish_and_keeps_nothing(app, officer, namur, login):
    own, citizen = login(officer), login(factories.User())

    def send(headers, **more):
        upload = (io.BytesIO(hostile()), f"{SCRIPT}.csv")
        return app.post(CHECK, data={"contract": CONTRACT, "upload": upload, **more}, headers=headers)

    assert app.get(CHECK).status_code == 403
    assert app.get(CHECK, headers=citizen).status_code == 403
    assert send({}).status_code == 403
    assert send(citizen).status_code == 403

    page = send(own).body
    assert is_harmless(page)
    assert 'class="sr-finding' in page
    assert "alert(" in text(page)
    refused = send(own, contract=SCRIPT)
    assert refused.status_code == 200
    assert is_harmless(refused.body)
    assert 'role="alert"' in refused.body
    assert call_action("package_search", include_drafts=True)["count"] == 0


def test_form_carries_its_token_and_is_refused_without_it(app, officer, namur, monkeypatch):
    """Another site cannot send the form in the name of who is logged in."""
    monkeypatch.setitem(app.flask_app.config, "WTF_CSRF_ENABLED", True)
    # CKAN exempts a view for good once somebody called it with an API token, as the tests above do.
    monkeypatch.setattr(csrf, "_exempt_views", set())
    browser = app.flask_app.test_client()
    with browser.session_transaction() as session:
        session["_user_id"], session["last_active"] = officer["id"], time.time()

    form = browser.get(CHECK).text

    token = re.search(r'name="_csrf_token"[^>]*(?:value|content)="([^"]+)"', form)[1]
    assert browser.post(CHECK, data={"contract": CONTRACT}).status_code == 400
    answer = browser.post(CHECK, data={"contract": CONTRACT, "_csrf_token": token})
    assert answer.status_code == 200
    assert 'role="alert"' in answer.text, "let in, and told that the file is missing"


def test_size_of_a_file_is_said_in_the_readers_language(app, monkeypatch):
    said = []
    for tongue in ("fr", "nl", "en"):
        monkeypatch.setattr(helpers, "language", lambda tongue=tongue: tongue)
        said.append([helpers.smartregion_quality_size(size) for size in (120, 16_600, 2_500_000, 3 * 10**9)])
    assert said == [
        ["120\u202fo", "16,6\u202fko", "2,5\u202fMo", "3\u202fGo"],
        ["120 byte", "16,6 kB", "2,5 MB", "3 GB"],
        ["120 byte", "16.6 kB", "2.5 MB", "3 GB"],
    ]
