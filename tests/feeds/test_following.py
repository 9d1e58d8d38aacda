"""The process that follows the changes: what was changed is published by it, and nothing ends it but its end."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from ckan import model as ckan_model
from ckan.cli.cli import ckan
from ckan.tests import factories

from ckanext.smartregion.feeds import model
from ckanext.smartregion.feeds.logic import following
from ckanext.smartregion.feeds.logic.newest import Newest

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "smartregion smartregion_feeds dcat"),
    pytest.mark.usefixtures("clean_db", "clean_index"),
]


@pytest.fixture
def dataset(remember: Any) -> dict[str, Any]:
    return remember("a dataset to follow", lambda: factories.Dataset(owner_org=factories.Organization()["id"]))


def test_change_is_published_without_a_reader(cli, dataset) -> None:
    result = cli.invoke(ckan, ["smartregion", "feed", "follow", "--once"])
    assert result.exit_code == 0, result.output
    assert "published: 1" in result.output
    assert model.current(dataset["id"]).kind == "Create"


def test_status_says_how_far_the_feed_is(cli, dataset) -> None:
    waiting = json.loads(cli.invoke(ckan, ["smartregion", "feed", "status", "--json"]).output)
    assert waiting == {"change": 0, "published": None, "waiting": 1}
    list(following.follow(once=True))
    done = json.loads(cli.invoke(ckan, ["smartregion", "feed", "status", "--json"]).output)
    assert (done["change"], done["waiting"]) == (1, 0)
    assert done["published"]


def test_turn_that_fails_ends_neither_the_others_nor_the_process(with_request_context, dataset, monkeypatch) -> None:
    def failing() -> int:
        raise RuntimeError("the database restarts")

    monkeypatch.setattr(following, "PAUSE", 0.01)
    monkeypatch.setattr(following, "TURNS", {"failing": (failing, 0), **following.TURNS})
    assert ("published", 1) in list(following.follow(once=True))


def test_how_far_the_log_is_can_be_asked_after_the_database_was_started_again(with_request_context, dataset) -> None:
    list(following.follow(once=True))
    newest = Newest()
    assert newest()[0] == 1
    ours = newest._here.connection.info.backend_pid
    ckan_model.Session.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": ours})
    assert newest()[0] == 1


def test_without_a_database_whoever_is_behind_is_asked(with_request_context, dataset, monkeypatch) -> None:
    def gone() -> None:
        raise OperationalError("SELECT", {}, Exception("the server closed the connection"))

    monkeypatch.setattr("ckanext.smartregion.feeds.logic.newest._connected", gone)
    assert Newest()() is None
