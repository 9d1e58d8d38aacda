"""The change feed as a reader finds it, on the real database."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from ckan import model
from ckan.tests import factories, helpers

from ckanext.smartregion.feeds import model as feed
from ckanext.smartregion.feeds.changes import blocks
from ckanext.smartregion.feeds.logic import changing, forgetting

from tests.feeds.examples import BASE

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "smartregion_feeds dcat"),
    pytest.mark.ckan_config("ckanext.dcat.rdf.profiles", "smartregion_dcat_ap"),
    pytest.mark.usefixtures("clean_db", "clean_index"),
]
EXTENSIONS = ("trig", "jsonld", "json", "atom")


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of four changes."""
    for module in (blocks, changing, forgetting):
        monkeypatch.setattr(module, "SIZE", 4)


@pytest.fixture
def published(app: Any, remember: Any) -> list[dict[str, Any]]:
    """Three public datasets, of which the first was changed and the last withdrawn: five changes."""

    def made() -> list[dict[str, Any]]:
        organisation = factories.Organization(name="namur", title="Namur")
        made = [factories.Dataset(owner_org=organisation["id"], title=f"Jeu {number}") for number in range(3)]
        app.get("/catalog.nt")
        helpers.call_action("package_patch", id=made[0]["id"], title="Autre")
        helpers.call_action("package_delete", id=made[2]["id"])
        app.get("/catalog.nt")
        return made

    return remember("three datasets and five changes", made)


@pytest.fixture
def read(app: Any) -> Callable[..., Any]:
    return lambda address, **more: json.loads(app.get(address, **{"status": 200, **more}).get_data(as_text=True))


def kinds(told: dict[str, Any]) -> list[tuple[int, str]]:
    return [(change["seq"], change["kind"]) for change in told["changes"]]


def test_plain_feed_is_followed_from_any_number_to_the_newest(read, published):
    first = read("/feeds/changes.json?after=0&limit=2")
    assert kinds(first) == [(1, "Create"), (2, "Create")]
    assert first["more"]

    following = read(first["next"].removeprefix(BASE))
    assert kinds(following) == [(3, "Create"), (4, "Update")]
    last = read(following["next"].removeprefix(BASE))
    assert kinds(last) == [(5, "Delete")]
    assert (last["more"], last["newest"]) == (False, 5)
    assert kinds(read(last["next"].removeprefix(BASE))) == []


def test_change_carries_what_changed_and_leads_to_the_dataset(app, read, published):
    change = read("/feeds/changes.json?after=3&limit=1")["changes"][0]

    assert {"field": "title", "before": "Jeu 0", "after": "Autre"} in change["fields"]
    assert (change["name"], change["id"]) == (published[0]["name"], published[0]["id"])
    app.get(change["dataset"].removeprefix(BASE), status=200)


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_full_block_is_the_same_for_ever(app, published, extension):
    """Whatever happens to its datasets afterwards, and whenever it is written again."""
    address = f"/feeds/changes/1.{extension}"
    before = app.get(address, status=200)
    assert before.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert before.headers["Access-Control-Allow-Origin"] == "*"

    helpers.call_action("package_patch", id=published[0]["id"], title="Encore autre", name="autre-nom")
    helpers.call_action("dataset_purge", id=published[1]["id"])
    app.get("/catalog.nt")
    model.Session.execute(sa.text("SET TIME ZONE 'America/New_York'"))

    after = app.get(address, status=200)
    assert after.get_data() == before.get_data()
    assert after.headers["ETag"] == before.headers["ETag"]
    app.get(address, headers={"If-None-Match": before.headers["ETag"]}, status=304)


def test_last_block_is_asked_for_again_and_one_behind_it_is_empty(app, read, published):
    assert app.get("/feeds/changes/2.trig").headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    for _ in range(3):
        factories.Dataset(owner_org="namur")
    app.get("/catalog.nt")

    assert kinds(read("/feeds/changes/3.json")) == []
    app.get("/feeds/changes/4.json", status=404)


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_entry_shows_a_change_at_once(app, published, extension):
    before = app.get(f"/feeds/changes.{extension}", status=200)
    app.get(f"/feeds/changes.{extension}", headers={"If-None-Match": before.headers["ETag"]}, status=304)
    model.Session.execute(sa.text("UPDATE package SET title = 'Par SQL' WHERE id = :id"), {"id": published[1]["id"]})
    model.Session.commit()

    after = app.get(f"/feeds/changes.{extension}", headers={"If-None-Match": before.headers["ETag"]}, status=200)
    assert after.headers["ETag"] != before.headers["ETag"]


@pytest.mark.parametrize(
    ("accept", "extension"),
    [("application/trig", "trig"), ("application/ld+json", "jsonld"), ("application/atom+xml;q=0.9", "atom")],
)
def test_change_leads_to_its_block_in_the_format_that_is_preferred(app, published, accept, extension):
    answer = app.get("/feeds/changes/5", headers={"Accept": accept}, follow_redirects=False, status=303)
    assert answer.headers["Location"] == f"{BASE}/feeds/changes/2.{extension}"
    app.get("/feeds/changes/99", status=404)


def test_feed_is_negotiated_and_people_are_led_to_its_page(app, published):
    answer = app.get("/feeds/changes", headers={"Accept": "application/trig"}, status=200)
    assert answer.headers["Content-Type"].startswith("application/trig")
    assert "Accept" in answer.headers["Vary"]
    assert app.get("/feeds/changes", headers={"Accept": "text/html"}, follow_redirects=False).status_code == 303


def test_narrowed_feed_tells_of_datasets_that_enter_and_leave(read, published):
    helpers.call_action(
        "package_owner_org_update", id=published[1]["id"], organization_id=factories.Organization(name="eupen")["id"]
    )
    told = read("/feeds/changes.json?after=5&organization=eupen")
    assert kinds(told) == [(6, "Create")]
    assert kinds(read("/feeds/changes.json?after=5&organization=namur")) == [(6, "Delete")]
    passed = read("/feeds/changes.json?after=0&organization=eupen&limit=1")
    assert (kinds(passed), passed["next"]) == (
        [(6, "Create")],
        f"{BASE}/feeds/changes.json?after=6&limit=1&organization=eupen",
    )


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("after=x", "after"),
        ("after=6", "5"),
        ("limit=0", "1"),
        ("limit=1001", "1000"),
        ("page=1", "page"),
        ("theme=X", "TRAN"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_a_sentence(app, published, query, word):
    answer = app.get(f"/feeds/changes.json?{query}", status=400)
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert word in json.loads(answer.get_data())["detail"]


@pytest.mark.parametrize("extension", ["trig", "atom", "json"])
def test_refusal_comes_in_the_format_that_was_asked_for(app, published, extension):
    media = {"trig": "application/trig", "atom": "application/problem+xml", "json": "application/problem+json"}
    answer = app.get(f"/feeds/changes/99.{extension}", status=404)
    assert answer.headers["Content-Type"].startswith(media[extension])


def test_block_of_which_something_is_forgotten_says_where_to_begin_and_the_others_stay(app, read, published):
    assert forgetting.forget(days=0) == 2, "of the full block; the newest one is never touched"
    for extension in EXTENSIONS:
        assert "newest" in app.get(f"/feeds/changes/1.{extension}", status=410).get_data(as_text=True)
        app.get(f"/feeds/changes/2.{extension}", status=200)
    assert "/feeds/changes/1.trig" not in app.get("/feeds/changes.trig").get_data(as_text=True)
    assert json.loads(app.get("/feeds/changes.json?after=0", status=410).get_data())["parameter"] == "after"
    assert read("/feeds/changes.json")["oldest"] == feed.oldest() == 5
    assert kinds(read("/feeds/changes.json?after=5")) == []
