"""Writes whose commit is the caller's: all of a batch in one transaction, and what each leaves behind."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from written import ONE, THREE, TWO, candidate, commit, found

import ckan.plugins as plugins
import ckan.plugins.toolkit as tk
from ckan import model as ckan_model
from ckan.lib import jobs
from ckan.tests.helpers import call_action

from ckanext.activity.model import Activity
from ckanext.smartregion import deferred
from ckanext.smartregion.harvest import model
from ckanext.smartregion.harvest.engine import indexing, keywords, transactions, writing
from ckanext.smartregion.quality.layers import waking
from ckanext.smartregion.quality.model import Judgement, latest
from ckanext.smartregion.schemas import table_contract


@pytest.fixture
def write(source: model.Source) -> Any:
    """Write in a transaction that is left open."""
    return lambda identifier, what: writing.write(source, identifier, what, deferred=True)


def undo() -> None:
    ckan_model.Session.rollback()


def states() -> dict[str, str]:
    """State by id, as the database has it."""
    ckan_model.Session.expire_all()
    return {package.id: package.state for package in ckan_model.Session.query(ckan_model.Package)}


def history(identifier: str) -> list[Activity]:
    """What the activity plugin wrote about a dataset, oldest first."""
    return ckan_model.Session.query(Activity).filter_by(object_id=identifier).order_by(Activity.timestamp).all()


def test_nothing_is_committed_or_indexed_before_the_caller_does(write) -> None:
    assert write(ONE, candidate()).outcome == "created"
    assert write(TWO, candidate()).outcome == "created"
    undo()
    assert states() == {}
    assert found() == []

    write(ONE, candidate())
    write(TWO, candidate())
    commit()
    assert states() == {ONE: "active", TWO: "active"}
    assert found() == []
    indexing.index([ONE, TWO])
    indexing.commit()
    assert found() == sorted([ONE, TWO])


def test_history_and_judgement_are_those_of_a_write_at_once(source, write) -> None:
    write(ONE, candidate())
    commit()
    writing.write(source, TWO, candidate())

    [deferred], [at_once] = history(ONE), history(TWO)
    assert deferred.activity_type == at_once.activity_type == "new package"
    assert deferred.permission_labels == at_once.permission_labels == ["public"]
    assert same(deferred.data["package"]) == same(at_once.data["package"])
    assert latest(ONE).outcome == latest(TWO).outcome == "as asked"


def same(package: dict[str, Any]) -> dict[str, Any]:
    """A shown dataset without what differs between two of the same content."""
    own = ("id", "name", "metadata_created", "metadata_modified", "verdict")
    resources = [
        {key: value for key, value in each.items() if key not in ("id", "package_id", "created", "metadata_modified")}
        for each in package["resources"]
    ]
    kept = {key: value for key, value in package.items() if key not in own}
    return kept | {"resources": resources, "verdict": package["verdict"]["verdict"], "keys": sorted(package)}


def test_an_update_writes_history_and_keeps_files_and_address(write) -> None:
    write(ONE, candidate())
    commit()
    before = call_action("package_show", id=ONE)

    assert write(ONE, candidate("Arbres remarquables")).outcome == "updated"
    commit()

    after = call_action("package_show", id=ONE)
    assert (after["title"], after["name"]) == ("Arbres remarquables", before["name"])
    assert after["resources"][0]["id"] == before["resources"][0]["id"]
    assert [each.activity_type for each in history(ONE)] == ["new package", "changed package"]
    assert history(ONE)[1].data["package"]["title"] == "Arbres remarquables"


def test_what_a_person_changed_meanwhile_is_seen(write) -> None:
    write(ONE, candidate())
    commit()
    held = ckan_model.Package.get(ONE)
    with ckan_model.meta.engine.begin() as other:
        other.execute(ckan_model.package_table.update().values(name="renamed"))

    write(ONE, candidate("Autre"))
    commit()

    assert held.name == call_action("package_show", id=ONE)["name"] == "renamed"


def test_several_updates_in_one_transaction_come_and_go_together(write) -> None:
    write(ONE, candidate("Un"))
    write(TWO, candidate("Deux"))
    commit()
    for title in ("Autre", "Encore un autre"):
        write(ONE, candidate(title))
        write(TWO, candidate(title))
    undo()

    assert [call_action("package_show", id=each)["title"] for each in (ONE, TWO)] == ["Un", "Deux"]
    assert [each.activity_type for each in history(ONE)] == ["new package"]


def test_a_held_version_waits_in_the_transaction_of_the_others(write) -> None:
    write(ONE, candidate())
    commit()
    write(TWO, candidate())
    assert write(ONE, candidate("Sans licence", license_id="")).outcome == "held"
    write(THREE, candidate())
    undo()
    assert [row.outcome for row in ckan_model.Session.query(Judgement)] == ["as asked"]

    write(TWO, candidate())
    assert write(ONE, candidate("Sans licence", license_id="")).outcome == "held"
    write(THREE, candidate())
    commit()
    assert set(states()) == {ONE, TWO, THREE}
    assert latest(ONE).outcome == "waits"
    assert latest(ONE).candidate["title_translated"] == {"fr": "Sans licence"}
    assert call_action("package_show", id=ONE)["title"] == "Arbres"


def test_a_first_version_that_does_not_pass_stays_a_draft(write) -> None:
    assert write(ONE, candidate(license_id="")).outcome == "held"
    commit()
    assert states() == {ONE: "draft"}


def test_a_refused_candidate_leaves_its_neighbours_alone(write) -> None:
    write(ONE, candidate())
    with pytest.raises(tk.ValidationError):
        write(TWO, candidate(title_translated={}))
    written = write(THREE, candidate(frequency="de temps en temps"))
    commit()

    assert states() == {ONE: "active", THREE: "active"}
    assert [change.field for change in written.refused] == ["frequency"]


def test_a_transaction_that_is_ended_from_below_is_told(write) -> None:
    write(ONE, candidate())
    with pytest.raises(transactions.Interrupted), transactions.savepoint():
        ckan_model.Session.rollback()
    assert states() == {}


def test_in_one_go_each_dataset_has_the_history_and_judgement_of_its_own_write(write) -> None:
    write(THREE, candidate())
    commit()
    with transactions.in_one_go():
        write(ONE, candidate())
        write(TWO, candidate("Deux"))
    commit()

    [alone], [together] = history(THREE), history(ONE)
    assert same(together.data["package"]) == same(alone.data["package"])
    assert [each.data["package"]["title"] for each in history(TWO)] == ["Deux"]
    assert latest(ONE).outcome == latest(TWO).outcome == "as asked"


def test_in_one_go_what_is_refused_before_anything_is_written_harms_nobody(write) -> None:
    with transactions.in_one_go():
        write(ONE, candidate())
        with pytest.raises(tk.ValidationError):
            write(TWO, candidate(title_translated={}))
        written = write(THREE, candidate(frequency="de temps en temps"))
    commit()

    assert states() == {ONE: "active", THREE: "active"}
    assert [change.field for change in written.refused] == ["frequency"]


def test_in_one_go_a_write_that_fails_half_way_says_that_all_is_to_be_done_again(write, monkeypatch) -> None:
    def refuse(_: str) -> None:
        raise tk.ValidationError({"title": ["Another plugin does not want it."]})

    monkeypatch.setattr(waking, "wake", refuse)  # called when the dataset is in the database
    with pytest.raises(transactions.Interrupted), transactions.in_one_go():
        write(ONE, candidate())


@pytest.mark.parametrize("listening", [True, False])
def test_in_one_go_whoever_listens_is_told_of_each_dataset(write, monkeypatch, listening: bool) -> None:
    told: list[str] = []
    observers = {plugins.IDomainObjectModification: [Observer(told)] if listening else []}
    there = plugins.PluginImplementations
    monkeypatch.setattr(plugins, "PluginImplementations", lambda kind: observers.get(kind) or there(kind))
    with transactions.in_one_go():
        write(ONE, candidate())
        write(TWO, candidate("Deux"))
    commit()
    assert sorted(told) == (sorted([ONE, TWO]) if listening else [])
    assert states() == {ONE: "active", TWO: "active"}


class Observer:
    """What a plugin does that wants to know of new datasets."""

    def __init__(self, told: list[str]) -> None:
        self.told = told

    def notify(self, entity: Any, operation: str) -> None:
        if isinstance(entity, ckan_model.Package) and operation == "new":
            self.told.append(entity.id)


def test_name_that_is_free_by_the_caller_s_word_is_refused_for_all_else(source) -> None:
    context = {"ignore_auth": True, "user": "", "defer_commit": True, deferred.FREE: True}
    twice = {"extras": [{"key": "autre", "value": "1"}, {"key": "autre", "value": "2"}]}
    for wrong in ({"name": "Pas un nom"}, {"name": "x"}, twice):
        data = candidate().dataset | {"id": ONE, "name": "arbres", "owner_org": "namur"} | wrong
        with pytest.raises(tk.ValidationError) as refused:
            tk.get_action("package_create")(dict(context), data)
        assert {"name", "extras_validation"} & refused.value.error_dict.keys()
    assert states() == {}


def test_withdrawal_is_deferred_as_well(write) -> None:
    write(ONE, candidate())
    commit()
    indexing.index([ONE])
    indexing.commit()

    writing.withdraw(ONE, deferred=True)
    undo()
    assert states() == {ONE: "active"}
    writing.withdraw(ONE, deferred=True)
    commit()
    assert states() == {ONE: "deleted"}
    assert [each.activity_type for each in history(ONE)] == ["new package", "deleted package"]
    assert found() == [ONE]
    indexing.index([ONE])
    indexing.commit()
    assert found() == []

    assert write(ONE, candidate()).outcome == "updated"
    commit()
    assert states() == {ONE: "active"}


def test_a_withdrawn_dataset_is_as_ckan_leaves_it(source, write) -> None:
    for identifier in (ONE, TWO):
        writing.write(source, identifier, candidate())
    writing.withdraw(ONE, deferred=True)
    commit()
    writing.withdraw(TWO)

    members = ckan_model.Session.query(ckan_model.Member)
    rows = [members.filter_by(table_id=each).one() for each in (ONE, TWO)]
    assert [(row.state, row.capacity) for row in rows] == [("deleted", "organization")] * 2


def test_tables_are_loaded_after_the_commit(source, far_end) -> None:
    valid = table_contract("bicycle-parking").example_valid
    url = far_end.serve("/velos.csv", valid.read_bytes())
    resource = {"url": url, "name_translated": {"fr": "Vélos"}, "format": "CSV",
                "schema": "bicycle-parking"}  # fmt: skip
    queue = jobs.get_queue()
    queue.empty()

    written = writing.write(source, ONE, candidate(resources=[resource]), deferred=True)
    assert written.outcome == "created"
    commit()
    assert queue.count == 0
    writing.follow_up(written)

    assert [job.meta["title"].split()[0] for job in queue.jobs] == ["Load"]
    queue.empty()


def test_present_ids_and_names_are_asked_once_for_a_batch(source, write) -> None:
    write(ONE, candidate())
    known = writing.present_of([ONE, TWO], ["arbres", "libre"])
    assert known == {ONE, "arbres"}
    assert writing.write(source, ONE, candidate("Neuf"), present_ids=known, deferred=True).outcome == "updated"
    assert writing.write(source, TWO, candidate(), present_ids=known, deferred=True).outcome == "created"
    commit()


def test_two_workers_that_give_the_same_name_at_once_both_have_their_dataset(write) -> None:
    write(ONE, candidate("Eau"))
    other = ckan_model.meta.engine.connect()
    row = {"id": TWO, "name": "arbres", "type": "dataset", "state": "active"}
    other.execute(ckan_model.package_table.insert(), [row])
    threading.Timer(0.5, other.commit).start()

    assert write(THREE, candidate("Arbres")).outcome == "created"
    commit()
    other.close()

    names = {package.id: package.name for package in ckan_model.Session.query(ckan_model.Package)}
    assert names == {ONE: "eau", TWO: "arbres", THREE: f"arbres-{THREE[:6]}"}


def test_a_keyword_is_there_once_though_its_dataset_is_not_committed(write, monkeypatch) -> None:
    monkeypatch.setattr(keywords, "_known", set())  # what this process made in databases of other tests
    write(ONE, candidate(tags_translated={"fr": ["eau", "l'été"]}))
    with ckan_model.meta.engine.connect() as other:
        names = sorted(row.name for row in other.execute(ckan_model.tag_table.select()))
    assert names == ["eau", "l'été"]
    undo()
    assert call_action("tag_list") == []

    write(ONE, candidate(tags_translated={"fr": ["eau", "l'été"]}))
    commit()
    assert ckan_model.Session.query(ckan_model.Tag).count() == 2
