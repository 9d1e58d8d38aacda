"""What every reader gets alike is answered past CKAN's machinery, in the same words; a refusal goes through it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, request, request_started
from werkzeug.test import EnvironBuilder

from ckan import model
from ckan.tests import factories

from ckanext.smartregion.feeds.front import SENT
from ckanext.smartregion.feeds.logic import judging, publishing
from ckanext.smartregion.feeds.views import directly

from tests.feeds.test_http import OF_CHANGES, RDF

pytestmark = pytest.mark.ckan_config("ckan.plugins", "smartregion smartregion_feeds dcat")
ALIKE = (
    *(f"/catalog.{ending}" for ending in RDF),
    "/catalog.ttl?page=1&organization=namur",
    "/catalog.ttl?page=99",
    *(f"/dataset/velos.{ending}" for ending in (*RDF, "croissant.jsonld", "schemaorg.jsonld")),
    *(f"/feeds/changes.{ending}" for ending in OF_CHANGES),
    *(f"/feeds/changes/1.{ending}" for ending in OF_CHANGES),
    *(f"/feeds/quality/velos.{ending}" for ending in (*RDF, "json")),
)
REFUSED = {
    "/catalog.ttl?page=x": 400,
    "/catalog.doc": 404,
    "/catalog.ttl?colour=red": 400,
    "/dataset/none.ttl": 404,
    "/feeds/changes/77.json": 404,
}


@pytest.fixture
def portal(clean_index, app, remember) -> Flask:
    """A portal with one dataset."""

    def make() -> None:
        owner = factories.Organization(name="namur", title="Namur")["id"]
        factories.Dataset(owner_org=owner, name="velos")
        publishing.publish()
        judging.judge()

    remember("one dataset that is judged", make)
    return app.flask_app


@pytest.fixture
def entered(portal) -> Iterator[list[str]]:
    """The paths of the requests that CKAN's machinery has taken."""
    paths: list[str] = []

    def note(_sender: Flask, **_more: Any) -> None:
        paths.append(request.full_path.rstrip("?"))

    with request_started.connected_to(note, portal):
        yield paths


def test_machinery_is_entered_for_nothing_that_is_alike(portal, entered) -> None:
    client = portal.test_client()
    for address in ALIKE:
        for _ in ("made", "remembered"):
            assert client.get(address, buffered=True).status_code == 200, address
    assert entered == []


def test_machinery_would_say_the_same(portal) -> None:
    client, behind = portal.test_client(), portal.wsgi_app.behind
    for address in ALIKE:
        ours = client.get(address)
        portal.wsgi_app, front = behind, portal.wsgi_app
        theirs = client.get(address)
        portal.wsgi_app = front
        assert ours.data == theirs.data, address
        assert [*ours.vary, "Cookie"] == [*theirs.vary], "which no cookie changes"
        for name in set(SENT) - {"Vary"}:
            assert ours.headers.get(name) == theirs.headers.get(name), (address, name)


def test_refusal_is_said_by_the_portal_itself(portal, entered) -> None:
    client = portal.test_client()
    for address, status in REFUSED.items():
        assert client.get(address).status_code == status, address
    assert entered == list(REFUSED)


def test_reader_with_a_session_is_nobody_and_gets_no_cookie(portal, entered) -> None:
    token = factories.SysadminWithToken()["token"]
    answer = portal.test_client().get("/catalog.ttl", headers={"Authorization": token, "Cookie": "ckan=x"})
    assert (answer.status_code, entered) == (200, [])
    assert "Set-Cookie" not in answer.headers


def test_nothing_is_left_open_behind_an_answer(portal) -> None:
    for address in ("/catalog.ttl", "/catalog.ttl?page=x", "/dataset/velos.nt"):
        portal.test_client().get(address).close()
        assert not model.Session.registry.has(), address


def test_what_breaks_is_told_in_the_log_and_left_to_the_portal(portal, monkeypatch, caplog) -> None:
    def broken() -> None:
        raise RuntimeError("a broken view")

    monkeypatch.setattr(portal, "dispatch_request", broken)
    assert directly.Directly(portal)(EnvironBuilder("/catalog.ttl").get_environ()) is None
    assert "a broken view" in caplog.text
