"""A dataset that was withdrawn is said to be gone, to people and to programs; who may see it sees it as ever."""

from __future__ import annotations

import json
import re
from typing import Any

import pyoxigraph as ox
import pytest

from ckan.tests import factories, helpers

from ckanext.smartregion.feeds import model as feed

from tests.feeds.examples import BASE, parsed

pytestmark = pytest.mark.usefixtures("clean_db", "clean_index")
AS = "https://www.w3.org/ns/activitystreams#"
TITLE = {"fr": "Vélos & piétons", "nl": "Fietsen"}


EU = "http://publications.europa.eu/resource/authority/"
FIELDS = {
    "name": "velos",
    "owner_org": "namur",
    "type": "dataset",
    "title_translated": TITLE,
    "notes_translated": TITLE,
    "theme": [EU + "data-theme/TRAN"],
    "license_id": EU + "licence/CC_BY_4_0",
    "state": "active",
}
HOW = {
    "deleted": ("package_delete", {}),
    "purged": ("dataset_purge", {}),
    "private": ("package_patch", {"private": True}),
    "draft again": ("package_patch", {"state": "draft"}),
}


def act(action: str, **data: Any) -> Any:
    return helpers.call_action(action, {"ignore_auth": True, "user": factories.Sysadmin()["name"]}, **data)


def withdraw(dataset: dict[str, Any], how: str = "deleted") -> None:
    action, fields = HOW[how]
    act(action, id=dataset["id"], **fields)


@pytest.fixture
def dataset(app: Any, remember: Any) -> dict[str, Any]:
    """A dataset that was published."""

    def make() -> dict[str, Any]:
        factories.Organization(name="namur", title="Namur")
        made = act("package_create", **FIELDS)
        app.get("/catalog.nt")
        assert feed.current(made["id"]).kind == "Create"
        return made

    return remember("a dataset that is withdrawn", make)


@pytest.mark.parametrize("how", HOW)
def test_page_of_a_withdrawn_dataset_says_what_it_was_and_where_to_look_next(app, dataset, how):
    withdraw(dataset, how)
    for address in (f"/dataset/{dataset['name']}", f"/dataset/{dataset['id']}"):
        page = app.get(address, status=410).get_data(as_text=True)
        assert "Vélos &amp; piétons" in page
        assert f"/feeds/changes/{feed.current(dataset['id']).seq}" in page
        assert "/organization/namur" in page


def test_page_looks_like_any_other_and_says_nothing_twice(app, dataset):
    def head(page: str) -> list[str]:
        return re.findall(r"<(?:link|script)[^>]+(?:stylesheet|javascript)[^>]*>", page)

    withdraw(dataset)
    page = app.get("/dataset/velos", status=410).get_data(as_text=True)
    usual = head(app.get("/about").get_data(as_text=True))
    assert usual
    assert set(usual) <= set(head(page))
    assert "flash-messages" not in page


def test_page_speaks_the_language_of_the_reader(app, dataset):
    withdraw(dataset)
    assert "Fietsen" in app.get("/nl/dataset/velos", status=410).get_data(as_text=True)


def test_who_may_see_it_gets_the_usual_page(app, dataset):
    withdraw(dataset)
    token = {"Authorization": factories.SysadminWithToken()["token"]}
    app.get("/dataset/velos", headers=token, status=200)
    app.get("/dataset/velos.ttl", headers=token, status=410)


def test_name_that_is_taken_again_is_not_gone(app, dataset):
    withdraw(dataset, "purged")
    app.get("/dataset/velos", status=410)
    act("package_create", **FIELDS)
    app.get("/dataset/velos", status=200)
    app.get("/dataset/velos.ttl", status=200)
    app.get(f"/dataset/{dataset['id']}", status=410)


def test_what_never_was_is_not_found(app, dataset):
    app.get("/dataset/jamais", status=404)
    app.get("/dataset/velos/resource/jamais", status=404)


@pytest.mark.parametrize("extension", ["ttl", "xml", "jsonld"])
def test_formats_of_rdf_state_the_deletion(app, dataset, extension):
    withdraw(dataset)
    text = app.get(f"/dataset/velos.{extension}", status=410).get_data(as_text=True)
    seq = feed.current(dataset["id"]).seq
    facts = {str(p): str(o) for s, p, o in parsed(text, extension) if str(s) == f"{BASE}/feeds/changes/{seq}"}
    assert facts[AS + "object"] == f"{BASE}/dataset/{dataset['id']}"
    assert AS + "Delete" in facts.values()
    assert AS + "published" in facts


def test_programs_without_rdf_get_a_problem(app, dataset):
    withdraw(dataset)
    answer = app.get("/dataset/velos", headers={"Accept": "application/json"}, status=410)
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert json.loads(answer.get_data())["status"] == 410


def test_walk_names_a_deletion_by_its_change(app, dataset):
    withdraw(dataset)
    text = app.get("/catalog.nt?modified_since=2000-01-01").get_data(as_text=True)
    gone = [
        quad.subject.value
        for quad in ox.parse(text, format=ox.RdfFormat.N_TRIPLES)
        if quad.object.value == AS + "Delete"
    ]
    assert gone == [f"{BASE}/feeds/changes/{feed.current(dataset['id']).seq}"]
