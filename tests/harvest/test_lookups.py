"""What CKAN asks for each dataset of a chunk is asked of the database once, and never answered wrongly."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event

from ckan import model
from ckan.lib.dictization.model_dictize import package_dictize
from ckan.tests import factories
from ckan.tests.helpers import call_action

from ckanext.smartregion.harvest.engine import applying
from ckanext.smartregion.harvest.engine.lookups import asked_once, once

from tests.harvest.test_run import counts

pytestmark = pytest.mark.usefixtures("with_plugins", "clean_db")
AT_MOST = 6  # statements for one new dataset, with its history, its judgement and what is remembered of it


@pytest.fixture
def asked() -> Iterator[list[str]]:
    """The statements that the database was sent."""
    found: list[str] = []

    def saw(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        found.append(statement)

    event.listen(model.meta.engine, "before_cursor_execute", saw)
    yield found
    event.remove(model.meta.engine, "before_cursor_execute", saw)


def test_user_is_asked_for_once_in_a_transaction(asked: list[str]) -> None:
    name = factories.User()["name"]
    model.Session.remove()
    del asked[:]
    with asked_once():
        assert model.User.get(name) is model.User.get(name)
        assert model.User.by_name(name) is model.User.by_name(name)
    assert len([each for each in asked if "SELECT" in each]) == 2
    assert model.User.get(name)
    assert len([each for each in asked if "SELECT" in each]) == 3


def test_user_that_was_not_there_is_asked_for_again() -> None:
    with asked_once():
        assert model.User.get("demain") is None
        factories.User(name="demain")
        assert model.User.get("demain").name == "demain"


def test_different_questions_have_different_answers() -> None:
    one, other = factories.User(), factories.User()
    with asked_once():
        found = [model.User.get(each["id"]).name for each in (one, other, one)]
    assert found == [one["name"], other["name"], one["name"]]


def test_free_name_is_asked_for_once_until_a_dataset_has_it(asked: list[str]) -> None:
    owner = factories.Organization()["id"]
    with asked_once({"libre", "aussi-libre"}):
        assert model.Package.by_name("libre") is None
        del asked[:]
        assert model.Package.by_name("libre") is None
        assert model.Package.by_name("aussi-libre") is None
        assert asked == []
        made = factories.Dataset(name="libre", owner_org=owner)
        assert model.Package.by_name("libre").id == made["id"]
        assert model.Package.by_name("aussi-libre") is None


def test_datasets_are_never_answered_from_memory_unless_they_are_free() -> None:
    dataset = factories.Dataset(owner_org=factories.Organization()["id"])
    with asked_once({"libre"}):
        assert model.Package.by_name(dataset["name"]).title == dataset["title"]
        call_action("package_patch", {"user": factories.Sysadmin()["name"]}, id=dataset["id"], name="autre")
        assert model.Package.by_name(dataset["name"]) is None
        assert model.Package.by_name("autre").id == dataset["id"]


def test_what_a_free_dataset_has_is_asked_for_once_until_it_has_some(asked: list[str]) -> None:
    owner, group, ids = factories.Organization()["id"], factories.Group()["id"], [str(uuid.uuid4()) for _ in range(3)]

    def files(identifier: str) -> list[str]:
        return [each.url for each in model.Session.query(model.Resource).filter_by(package_id=identifier)]

    def groups(identifier: str) -> list[str]:
        shown = package_dictize(model.Package.get(identifier), {"model": model, "session": model.Session})
        return [each["id"] for each in shown["groups"]]

    with asked_once(ids):
        assert files(ids[0]) == []
        del asked[:]
        assert files(ids[1]) == []
        assert asked == []
        factories.Dataset(id=ids[0], owner_org=owner, resources=[{"url": "https://data.liege.be/a.csv"}])
        factories.Dataset(id=ids[1], owner_org=owner, groups=[{"id": group}])
        assert (files(ids[0]), files(ids[1])) == (["https://data.liege.be/a.csv"], [])
        assert (groups(ids[0]), groups(ids[1])) == ([], [group])


def test_question_of_our_own_is_asked_once_in_a_transaction() -> None:
    heard: list[str] = []

    def question(about: str) -> str:
        heard.append(about)
        return about.upper()

    with asked_once():
        assert [once(question, about) for about in ("a", "b", "a")] == ["A", "B", "A"]
    assert once(question, "a") == "A"
    assert heard == ["a", "b", "a"]


def test_datasets_of_one_title_in_one_chunk_have_a_name_each(make, remote, run) -> None:
    for name in ("un", "deux", "trois"):
        remote.put(name, title="Le même titre")
    assert counts(run(make(remote.url))) == {"created": 3}
    names = {each for (each,) in model.Session.query(model.Package.name)}
    assert len(names) == 3
    assert "le-meme-titre" in names


def test_new_dataset_costs_no_more_statements_than_ckan_needs_for_it(make, remote, run, asked: list[str]) -> None:
    source = make(remote.url)
    run(source)
    few = statements(run, source, remote, asked, ("a", "b"))
    many = statements(run, source, remote, asked, [f"c{number}" for number in range(applying.CHUNK - 2)])
    assert (many - few) / (applying.CHUNK - 4) <= AT_MOST


def statements(run: Any, source: dict[str, Any], remote: Any, asked: list[str], names: Any) -> int:
    for name in names:
        remote.put(name, title=f"Jeu {name}")
    del asked[:]
    assert counts(run(source))["created"] == len(names)
    return len(asked)
