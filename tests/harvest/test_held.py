"""What is held back is as if it were inserted, for whoever asks, and is what CKAN would have inserted by itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from written import ONE, THREE, TWO, candidate

from ckan import model as ckan_model
from ckan.model.types import make_uuid

from ckanext.smartregion.harvest import model
from ckanext.smartregion.harvest.engine import writing
from ckanext.smartregion.harvest.engine.held import held
from ckanext.smartregion.harvest.engine.lookups import asked_once
from ckanext.smartregion.harvest.engine.transactions import in_one_go

FREE = {ONE, TWO, THREE, "arbres", "haies", "mares"}
TABLES = (ckan_model.package_table, ckan_model.resource_table, ckan_model.package_tag_table, ckan_model.member_table)
# What differs between two datasets, and what says when.
OWN = {"id", "package_id", "table_id", "name", "title", "extras", "created", "metadata_created", "metadata_modified"}
session = ckan_model.Session

pytestmark = pytest.mark.usefixtures("with_plugins", "clean_db")


@pytest.fixture
def write(source: model.Source) -> Any:
    """Write a dataset that is new, in the transaction of the test."""
    return lambda identifier, title="Arbres", **more: writing.write(
        source, identifier, candidate(title, **more), present_ids=set(), deferred=True
    )


@pytest.fixture
def sent() -> Iterator[list[str]]:
    """The tables into which rows were sent, a name for each statement."""
    found: list[str] = []

    def saw(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("INSERT INTO "):
            found.append(statement.split()[2])

    event.listen(ckan_model.meta.engine, "before_cursor_execute", saw)
    yield found
    event.remove(ckan_model.meta.engine, "before_cursor_execute", saw)


@pytest.fixture
def tag() -> ckan_model.Tag:
    """A keyword that is there."""
    tag = ckan_model.Tag("haies")
    session.add(tag)
    session.commit()
    return tag


def package(name: str = "haies", **more: Any) -> ckan_model.Package:
    """A dataset that is new to the session."""
    return ckan_model.Package(name=name, **more)


def add(*new: object) -> None:
    """Have something new written, as far as the session knows."""
    session.add_all(new)
    session.flush()


def count(statement: str = "SELECT count(*) FROM package") -> int:
    """A number that the database tells to somebody who does not know our classes."""
    return session.connection().exec_driver_sql(statement).scalar_one()


def test_datasets_of_a_batch_are_sent_in_one_statement_per_table(write, sent: list[str]) -> None:
    with in_one_go(), asked_once(FREE):
        write(ONE)
        sent.clear()
        write(TWO, "Haies")
        write(THREE, "Mares")
        assert sent == []
    assert sorted(set(sent)) == sorted(sent)
    assert {"package", "resource", "package_tag", "member", "activity", "smartregion_judgement"} == set(sent)
    assert count() == 3


def test_rows_are_those_that_ckan_sends_by_itself(write) -> None:
    files = [{"url": f"https://liege.be/{name}.csv", "name_translated": {"fr": name}} for name in "ab"]
    write(ONE, resources=files)
    session.commit()
    with in_one_go(), asked_once(FREE):
        write(TWO, "Haies")
        write(THREE, "Mares", resources=files)
    session.commit()

    def rows(table: sa.Table, identifier: str) -> list[dict[str, Any]]:
        about = table.c.get("package_id", table.c.get("table_id", table.c.id))
        found = session.execute(sa.select(table).where(about == identifier)).mappings()
        # What JSON calls `null` and what is not there at all look alike once they are read.
        texts = [{key: (repr(value), value is None) for key, value in row.items() if key not in OWN} for row in found]
        return sorted(texts, key=repr)

    for table in TABLES:
        assert rows(table, ONE) == rows(table, THREE) != [], table.name
    nothing = "SELECT count(*) FROM package WHERE plugin_data IS NULL"
    assert count(nothing) == 3


def test_whoever_asks_the_database_sees_what_is_held(tag) -> None:
    for ask in (
        count,
        lambda: session.query(ckan_model.Package).count(),
        lambda: session.scalar(sa.text("SELECT count(*) FROM package")),
        lambda: len(session.execute(sa.select(ckan_model.package_table)).all()),
    ):
        with held(session()):
            add(package())
            assert ask() == 1
        session.rollback()


def test_what_is_held_has_its_ids_and_defaults(tag) -> None:
    with held(session()) as waiting:
        one = package()
        one.resources_all.append(ckan_model.Resource(url="https://liege.be/haies.csv"))
        word = ckan_model.PackageTag(one, tag, "active")
        add(one, word)
        assert waiting.rows
        assert (one.state, one.private, one.type) == ("active", False, "dataset")
        assert all([one.id, one.metadata_created, one.resources_all[0].id])
        assert (word.package_id, word.tag_id, one.resources_all[0].package_id) == (one.id, tag.id, one.id)
        assert session.get(ckan_model.Package, one.id) is one
        assert waiting.rows  # nothing of this asked the database
    session.commit()
    session.expire_all()
    assert [each.name for each in ckan_model.Package.get("haies").get_tags()] == ["haies"]
    assert [each.url for each in one.resources] == ["https://liege.be/haies.csv"]


def test_what_changes_after_it_was_held_is_written_as_well() -> None:
    with held(session()):
        one = package(title="Haies")
        add(one)
        one.title = "Haies vives"
    session.commit()
    session.expire_all()
    assert ckan_model.Package.get("haies").title == "Haies vives"


def test_after_a_rollback_nothing_of_it_is_there() -> None:
    with suppress(KeyError), held(session()):
        add(package(id=ONE))
        raise KeyError
    assert session.get(ckan_model.Package, ONE) is None
    session.rollback()

    with held(session()):
        add(package(id=ONE))
        session.rollback()
        assert session.get(ckan_model.Package, ONE) is None
    session.commit()
    assert count() == 0


def test_commit_from_below_takes_along_what_is_held() -> None:
    with held(session()):
        add(package())
        session.commit()
        session.add(package("mares"))  # in another transaction: not ours to hold
        session.flush()
        session.rollback()
    assert count() == 1


def test_savepoint_of_another_plugin_does_not_take_along_what_was_held_before() -> None:
    with held(session()):
        add(package())
        savepoint = session.begin_nested()
        add(package("mares"))
        savepoint.rollback()
    session.commit()
    assert count("SELECT count(*) FROM package WHERE name = 'haies'") == count() == 1


def test_what_the_database_refuses_is_refused_at_the_latest_at_the_end() -> None:
    session.add(package())
    session.commit()
    with pytest.raises(sa.exc.IntegrityError), held(session()):
        add(package(id=ONE))
    session.rollback()
    assert session.get(ckan_model.Package, ONE) is None


@pytest.mark.parametrize("at", ["before_insert", "after_insert"])
def test_plugin_that_listens_to_inserts_is_told_when_they_happen(at: str) -> None:
    told: list[int] = []

    def listen(*_: Any) -> None:
        told.append(1)

    event.listen(ckan_model.Package, at, listen)
    try:
        with held(session()) as waiting:
            add(package())
            assert told
            assert not waiting.rows
    finally:
        event.remove(ckan_model.Package, at, listen)
    session.rollback()


def test_plugin_that_looks_at_each_flush_sees_what_was_written() -> None:
    told: list[Any] = []

    def listen(within: Any, _: object) -> None:
        told.extend(within.new)

    event.listen(session(), "after_flush", listen)
    try:
        with held(session()) as waiting:
            add(one := package())
            assert told == [one]
            assert not waiting.rows
    finally:
        event.remove(session(), "after_flush", listen)
    session.rollback()


def test_class_that_refers_to_others_in_ways_we_do_not_know_is_not_held() -> None:
    with held(session()) as waiting:
        one, two = package("haies", id=make_uuid()), package("mares", id=make_uuid())
        add(one, two)
        assert waiting.rows
        relation = ckan_model.PackageRelationship()
        relation.subject, relation.object, relation.type = one, two, "links_to"
        add(relation)
        assert not waiting.rows
    session.commit()
    assert count("SELECT count(*) FROM package_relationship") == 1
