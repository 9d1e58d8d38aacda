"""What was inserted for a new dataset is shown as the database would show it, and only as long as it can be known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from written import ONE, THREE, TWO, candidate

from ckan import model as ckan_model
from ckan.lib.dictization.model_dictize import package_dictize

from ckanext.smartregion.harvest import model
from ckanext.smartregion.harvest.engine import inserted, writing
from ckanext.smartregion.harvest.engine.lookups import asked_once

FILES = ("SELECT resource.id, ", "JOIN package_tag")
TWO_FILES = [{"url": f"https://liege.be/{name}.csv", "name_translated": {"fr": name}, "size": 7} for name in "ab"]


@pytest.fixture
def asked() -> Iterator[list[str]]:
    """The questions for files and keywords that the database was sent."""
    found: list[str] = []

    def saw(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if any(part in statement for part in FILES):
            found.append(statement)

    event.listen(ckan_model.meta.engine, "before_cursor_execute", saw)
    yield found
    event.remove(ckan_model.meta.engine, "before_cursor_execute", saw)


@pytest.fixture
def write(source: model.Source) -> Iterator[Any]:
    """Write new datasets within one transaction that is not committed."""
    with asked_once({ONE, TWO, THREE, "arbres", "haies", "mares"}):
        yield lambda identifier, title, **more: writing.write(
            source, identifier, candidate(title, **more), present_ids=set(), deferred=True
        )
    ckan_model.Session.rollback()


def shown(identifier: str) -> dict[str, Any]:
    package = ckan_model.Session.get(ckan_model.Package, identifier)
    return package_dictize(package, {"model": ckan_model, "session": ckan_model.Session})


def stored(identifier: str) -> dict[str, Any]:
    """The same as the database has it: a statement that nobody knows makes all be forgotten."""
    ckan_model.Session.execute(sa.update(ckan_model.Resource).where(sa.false()).values(url=""))
    ckan_model.Session.expire_all()
    return shown(identifier)


def test_database_is_asked_for_the_first_dataset_alone(write, asked: list[str]) -> None:
    write(ONE, "Arbres")
    assert len(asked) == 2
    write(TWO, "Haies", resources=TWO_FILES, tags_translated={"fr": ["haies", "été", "relevé"]})
    write(THREE, "Mares")
    assert len(asked) == 2


def test_what_is_shown_is_what_the_database_has(write, asked: list[str]) -> None:
    write(ONE, "Arbres")
    write(TWO, "Haies", resources=TWO_FILES, tags_translated={"fr": ["haies", "été", "relevé"]})
    del asked[:]
    from_memory = shown(TWO)
    assert asked == []
    from_database = stored(TWO)
    assert {from_memory[name] == from_database[name] for name in ("resources", "tags")} == {True}
    assert len(asked) == 2
    assert [each["name"] for each in from_memory["tags"]] == ["haies", "relevé", "été"]
    assert len(from_memory["resources"]) == 2


def test_what_was_changed_since_is_asked_for(write, asked: list[str]) -> None:
    write(ONE, "Arbres")
    write(TWO, "Haies")
    ckan_model.Session.get(ckan_model.Package, TWO).resources[0].description = "Changée"
    ckan_model.Session.flush()
    del asked[:]
    assert shown(TWO)["resources"][0]["description"] == "Changée"
    assert len(asked) == 2


def test_after_a_statement_that_nobody_knows_all_is_asked_for(write) -> None:
    write(ONE, "Arbres")
    write(TWO, "Haies")
    ckan_model.Session.execute(sa.update(ckan_model.Resource).values(description="Changée"))
    assert shown(TWO)["resources"][0]["description"] == "Changée"


def test_value_that_the_database_gives_back_as_another_is_asked_for(write, asked: list[str]) -> None:
    write(ONE, "Arbres")
    write(TWO, "Haies")
    file = ckan_model.Session.get(ckan_model.Package, TWO).resources[0]
    sa.orm.attributes.set_committed_value(file, "last_modified", "2026-01-01")
    del asked[:]
    shown(TWO)
    assert len(asked) == 1  # the keywords are known


def test_where_the_first_answer_is_another_the_database_is_always_asked(write, asked: list[str], monkeypatch) -> None:
    monkeypatch.setattr(inserted, "_stored", lambda column, values: "something else")
    write(ONE, "Arbres")
    write(TWO, "Haies")
    assert len(asked) == 4


def test_dataset_that_was_there_is_asked_for(source, asked: list[str]) -> None:
    writing.write(source, ONE, candidate("Arbres"))
    writing.write(source, TWO, candidate("Haies"))
    with asked_once():
        del asked[:]
        for identifier in (ONE, TWO):
            assert shown(identifier)["resources"]
        assert len(asked) == 4
