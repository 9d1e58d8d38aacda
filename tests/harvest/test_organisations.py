"""Organisations come and go between two runs, and sources move from one to another: whose the datasets are then."""

from __future__ import annotations

from typing import Any

import pytest

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model
from ckan.tests import factories
from ckan.tests.helpers import call_action

from tests.harvest.test_run import counts, datasets, footprint


def owners() -> set[str]:
    return {dataset["owner_org"] for dataset in datasets().values()}


def deleted(organization: str) -> None:
    """The organisation is gone, as after a merger of municipalities."""
    row = ckan_model.Group.get(organization)
    row.state = "deleted"
    ckan_model.Session.commit()


def told(summary: dict[str, Any]) -> str:
    return call_action("smartregion_run_show", id=summary["run"])["error"]["en"]


def test_source_that_moves_takes_its_datasets_along_with_their_names_and_history(first_run, run, region) -> None:
    _, source, _ = first_run(organization="namur", any_organization=False)
    before = {each["id"]: (each["name"], each["metadata_created"]) for each in datasets().values()}
    record = call_action("smartregion_record_show", id=datasets()["Jeu un"]["id"])

    call_action("smartregion_source_update", id="essai", organization="liege")
    assert call_action("smartregion_source_preview", id="essai")["counts"]["update"] == 3
    assert counts(run(source)) == {"updated": 3}

    assert owners() == {region["liege"]}
    assert {each["id"]: (each["name"], each["metadata_created"]) for each in datasets().values()} == before
    shown = call_action("smartregion_record_show", id=datasets()["Jeu un"]["id"])
    assert shown["first_seen"] == record["first_seen"]
    assert [version["outcome"] for version in shown["versions"]] == ["updated", "created"]
    activities = call_action("package_activity_list", id=datasets()["Jeu un"]["id"], include_hidden_activity=True)
    assert [each["activity_type"] for each in activities] == ["changed package", "new package"]
    assert call_action("package_search", fq="organization:liege")["count"] == 3

    before = footprint()
    assert counts(run(source)) == {"unchanged": 3}
    assert footprint() == before


def test_what_a_person_edited_stays_theirs_when_the_source_moves(first_run, run, region, people) -> None:
    _, source, _ = first_run(organization="liege", any_organization=False)
    context: Any = {"user": people["officer"]["name"], "ignore_auth": False}
    call_action("package_patch", context, id=datasets()["Jeu un"]["id"], version="2")

    call_action("smartregion_source_update", id="essai", organization="namur")
    assert counts(run(source)) == {"updated": 3}
    assert (datasets()["Jeu un"]["version"], owners()) == ("2", {region["namur"]})


def test_datasets_of_a_publisher_whose_organisation_is_gone_go_to_the_sources(ran, run, region) -> None:
    _, source = ran
    assert owners() == {region["liege"]}
    deleted("liege")

    assert counts(run(source)) == {"updated": 3}
    assert owners() == {region["wallonie"]}
    assert counts(run(source)) == {"unchanged": 3}


def test_datasets_find_the_organisation_of_their_publisher_once_it_is_there(make, remote, run, region) -> None:
    remote.put("un", publisher="Ville de Mons")
    source = make(remote.url)
    run(source)
    assert datasets()["Jeu un"]["owner_org"] == region["wallonie"]
    mons = factories.Organization(name="mons", title="Mons", kind="municipality")["id"]

    assert counts(run(source)) == {"updated": 1, "unchanged": 2}
    assert datasets()["Jeu un"]["owner_org"] == mons


def test_source_whose_own_organisation_is_gone_says_so_and_changes_nothing(first_run, run, region) -> None:
    remote, source, _ = first_run(organization="namur", any_organization=False)
    deleted("namur")
    remote.put("un", title="Jeu un, revu")
    remote.items.pop("deux")
    before = footprint()

    summary = run(source)
    assert (summary["status"], counts(summary)) == ("failed", {})
    assert told(summary).startswith("The organisation of the source “essai” does not exist any more.")
    assert footprint() == before
    assert "does not exist any more" in call_action("smartregion_source_preview", id="essai")["error"]["en"]

    call_action("smartregion_source_update", id="essai", organization="liege")
    assert counts(run(source)) == {"updated": 2, "withdrawn": 1}
    assert datasets()["Jeu un, revu"]["owner_org"] == region["liege"]


def test_organisation_that_is_purged_takes_its_source_along_and_leaves_the_datasets(first_run, region) -> None:
    first_run(organization="namur", any_organization=False)
    for dataset in datasets().values():
        call_action("package_patch", {"user": "chief"}, id=dataset["id"], owner_org="liege")

    call_action("organization_purge", id="namur")

    assert call_action("smartregion_source_list") == []
    assert (len(datasets()), owners()) == (3, {region["liege"]})
    with pytest.raises(tk.ObjectNotFound, match="There is no source essai"):
        call_action("smartregion_source_show", id="essai")
