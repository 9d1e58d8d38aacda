"""A run: from a source to datasets of the right organisation, and nothing written without need."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from far_end import Answer, FarEnd

from ckan import model as ckan_model
from ckan.tests.helpers import call_action

from ckanext.smartregion.harvest import model
from ckanext.smartregion.schemas import table_contract
from ckanext.smartregion.schemas.format_contracts import format_contract

VERSION_2 = "/api/explore/v2.1/catalog/datasets"
EU = "http://publications.europa.eu/resource/authority"


def datasets() -> dict[str, dict[str, Any]]:
    """Every dataset in the database by title, in whatever state."""
    packages = ckan_model.Session.query(ckan_model.Package).all()
    return {package.title: call_action("package_show", id=package.id) for package in packages}


def counts(summary: dict[str, Any]) -> dict[str, int]:
    """The counts of a run that are not zero."""
    return {name: number for name, number in summary.items() if isinstance(number, int) and number}


def footprint() -> dict[str, Any]:
    """Every row version of every table that a write would touch: any insert, update or delete changes it."""
    tables = ("package", "resource", "activity", "smartregion_record", "smartregion_outcome", "smartregion_judgement")
    ckan_model.Session.rollback()
    rows = "SELECT count(*), coalesce(sum(xmin::text::bigint), 0) FROM "
    found = {name: ckan_model.Session.execute(sa.text(rows + name)).one() for name in tables}
    ckan_model.Session.rollback()
    return found


def test_source_becomes_datasets(make, remote, run, region) -> None:
    summary = run(make(remote.url))

    assert (summary["status"], counts(summary)) == ("done", {"created": 3})
    dataset = datasets()["Jeu un"]
    assert dataset["state"] == "active"
    assert dataset["owner_org"] == region["liege"]
    assert dataset["title_translated"] == {"fr": "Jeu un"}
    assert dataset["notes_translated"] == {"fr": "Une description assez longue pour être utile."}
    assert dataset["theme"] == [f"{EU}/data-theme/ENVI"]
    assert dataset["license_id"] == f"{EU}/licence/CC_BY_4_0"
    assert dataset["language"] == [f"{EU}/language/FRA"]
    assert dataset["frequency"] == f"{EU}/frequency/ANNUAL"
    assert dataset["contact"][0]["email"] == "a@liege.be"
    assert [each["format"] for each in dataset["resources"]] == ["CSV", "JSON"]


def test_harvested_datasets_are_found_by_search(make, remote, run) -> None:
    run(make(remote.url))
    found = call_action("package_search", q="description", fq="organization:liege")
    assert found["count"] == 3


def test_unchanged_second_run_writes_nothing(ran, run) -> None:
    remote, source = ran
    before = footprint()
    asked = len(remote.far_end.requests)

    summary = run(source)

    assert counts(summary) == {"unchanged": 3}
    assert footprint() == before
    assert len(remote.far_end.requests) == asked + 1


def test_only_what_changed_is_written(ran, run) -> None:
    remote, source = ran
    name, resources = datasets()["Jeu deux"]["name"], [each["id"] for each in datasets()["Jeu deux"]["resources"]]
    remote.put("deux", title="Jeu deux, revu")

    assert counts(run(source)) == {"updated": 1, "unchanged": 2}
    assert datasets()["Jeu deux, revu"]["name"] == name
    assert [each["id"] for each in datasets()["Jeu deux, revu"]["resources"]] == resources


def test_dataset_whose_address_was_renamed_stays_one(ran, run) -> None:
    remote, source = ran
    remote.items["un"]["dataset_id"] = "un-renomme"

    assert counts(run(source)) == {"updated": 1, "unchanged": 2}
    assert len(datasets()) == 3


def test_dataset_that_vanishes_and_returns_keeps_its_name(ran, run) -> None:
    remote, source = ran
    name, gone = datasets()["Jeu un"]["name"], remote.items.pop("un")

    assert counts(run(source)) == {"unchanged": 2, "withdrawn": 1}
    assert datasets()["Jeu un"]["state"] == "deleted"
    assert counts(run(source)) == {"unchanged": 2}
    remote.items["un"] = gone
    assert counts(run(source)) == {"updated": 1, "unchanged": 2}
    assert (datasets()["Jeu un"]["state"], datasets()["Jeu un"]["name"]) == ("active", name)


def test_valid_but_empty_answer_withdraws_nothing(ran, run) -> None:
    remote, source = ran
    remote.items.clear()

    summary = run(source)

    assert (summary["status"], counts(summary)) == ("asking", {})
    notes = call_action("smartregion_run_show", id=summary["run"])["notes"]
    assert "3 of 3 datasets have vanished" in notes[0]["en"]
    assert {dataset["state"] for dataset in datasets().values()} == {"active"}


def test_many_withdrawals_happen_once_they_are_confirmed(ran, run) -> None:
    remote, source = ran
    remote.items.clear()

    assert counts(run(source, confirmed=True)) == {"withdrawn": 3}
    assert {dataset["state"] for dataset in datasets().values()} == {"deleted"}


def test_failed_listing_withdraws_nothing_and_says_why(ran, run) -> None:
    remote, source = ran
    remote.far_end.serve("/api/explore/v2.1/catalog/datasets", Answer(b"<html>Maintenance</html>"))

    summary = run(source)

    assert (summary["status"], counts(summary)) == ("failed", {})
    assert "web page instead of a catalogue" in call_action("smartregion_run_show", id=summary["run"])["error"]["en"]
    assert {dataset["state"] for dataset in datasets().values()} == {"active"}


def test_broken_record_does_not_stop_the_others(make, remote, run) -> None:
    remote.items["deux"]["metas"] = "oups"

    summary = run(make(remote.url))

    assert counts(summary) == {"created": 2, "failed": 1}
    failed = [each for each in call_action("smartregion_run_show", id=summary["run"])["outcomes"] if each["problem"]]
    assert [each["remote_id"] for each in failed] == ["da_deux"]
    assert failed[0]["problem"]["fr"].startswith("Cette fiche n’a pas de «\u00a0metas\u00a0»")


def test_record_that_breaks_later_is_not_withdrawn(ran, run) -> None:
    remote, source = ran
    remote.items["deux"]["metas"] = "oups"

    assert counts(run(source)) == {"unchanged": 2, "failed": 1}
    assert datasets()["Jeu deux"]["state"] == "active"


def test_dataset_that_does_not_pass_the_gate_is_held(make, remote, run) -> None:
    remote.put("deux", license="")
    source = make(remote.url)

    assert counts(run(source)) == {"created": 2, "held": 1}
    assert datasets()["Jeu deux"]["state"] == "draft"
    assert [each["title"] for each in call_action("smartregion_record_list", source="essai", state="held")] == [
        "Jeu deux"
    ]


def test_held_dataset_is_not_judged_again_until_it_changes(make, remote, run) -> None:
    remote.put("deux", license="")
    source = make(remote.url)
    run(source)
    assert counts(run(source)) == {"unchanged": 3}

    remote.put("deux", license="CC0 1.0")
    assert counts(run(source)) == {"updated": 1, "unchanged": 2}
    assert datasets()["Jeu deux"]["state"] == "active"


def test_new_version_that_does_not_pass_waits_while_the_old_one_stays_online(ran, run) -> None:
    remote, source = ran
    remote.put("deux", license="", title="Jeu deux sans licence")

    assert counts(run(source)) == {"unchanged": 2, "held": 1}
    assert datasets()["Jeu deux"]["state"] == "active"


def test_publisher_without_organisation_goes_to_the_sources(make, remote, run, region) -> None:
    remote.put("un", publisher="Société inconnue")
    run(make(remote.url))
    assert datasets()["Jeu un"]["owner_org"] == region["wallonie"]


def test_source_without_the_right_speaks_only_for_its_own_organisation(make, remote, run, region) -> None:
    run(make(remote.url, organization="namur", any_organization=False))
    assert {dataset["owner_org"] for dataset in datasets().values()} == {region["namur"]}


def test_excluded_publisher_is_left_out(make, remote, run) -> None:
    remote.put("un", publisher="Statbel")
    source = make(remote.url, options={"exclude_publishers": "IWEPS; statbel"})
    assert counts(run(source)) == {"created": 2}
    again = run(source)
    assert (again["status"], counts(again)) == ("done", {"unchanged": 2})


def test_two_datasets_of_one_title_get_two_addresses(make, remote, run) -> None:
    remote.put("deux", title="Jeu un")
    assert counts(run(make(remote.url))) == {"created": 3}
    names = [package.name for package in ckan_model.Session.query(ckan_model.Package).all()]
    assert len(set(names)) == 3


def test_rules_applied_are_stored_with_the_record(make, remote, run) -> None:
    run(make(remote.url))
    record = call_action("smartregion_record_list", source="essai")[0]
    changes = {change["rule"]: change for change in record["changes"]}
    assert changes["mail-address"]["before"] == "mailto:mailto:a@liege.be"
    assert changes["mail-address"]["after"] == "a@liege.be"
    assert {"markup-removed", "theme-code", "licence-code", "frequency-code"} <= changes.keys()


def test_unchanged_table_under_contract_is_left_alone(make, remote, run) -> None:
    table = table_contract("bicycle-parking").example_valid.read_bytes()
    remote.far_end.serve(f"{VERSION_2}/un/exports/csv", table)
    remote.far_end.serve(f"{VERSION_2}/deux/exports/csv", b"a;b\n1;2\n")
    promises = {"contract.un": "bicycle-parking", "contract.deux": "bicycle-parking"}
    source = make(remote.url, options=promises)

    assert counts(run(source)) == {"created": 2, "held": 1}
    dataset = datasets()["Jeu un"]
    assert (dataset["state"], dataset["resources"][0]["validation_status"]) == ("active", "success")
    assert counts(run(source)) == {"unchanged": 3}


def test_file_under_a_format_contract_is_held_or_published_as_at_every_other_door(make, remote, run) -> None:
    contract = format_contract("geojson")
    remote.far_end.serve(f"{VERSION_2}/un/exports/json", contract.example_valid.read_bytes())
    remote.far_end.serve(f"{VERSION_2}/deux/exports/json", contract.example_invalid.read_bytes())
    source = make(remote.url, options={"contract.un": "geojson", "contract.deux": "geojson"})

    assert counts(run(source)) == {"created": 2, "held": 1}
    states = {title: dataset["state"] for title, dataset in datasets().items()}
    assert (states["Jeu un"], states["Jeu deux"]) == ("active", "draft")


def test_address_that_is_none_costs_only_itself(make, remote, run) -> None:
    remote.put("un", references="https://[broken")
    remote.items["un"]["attachments"] = [{"id": "a", "title": "A", "url": "https://[broken"}]

    assert counts(run(make(remote.url))) == {"created": 3}
    assert [each["format"] for each in datasets()["Jeu un"]["resources"]] == ["CSV", "JSON"]


def test_value_that_the_contract_refuses_is_left_out_and_told(make, far_end: FarEnd, run) -> None:
    url = far_end.serve(
        "/c.ttl",
        """@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
        <https://a.be/1> a dcat:Dataset ; dct:title "Un"@fr ; dct:description "Des arbres remarquables."@fr ;
            dct:license "CC0" ; dcat:theme "Environnement" ; dcat:spatialResolutionInMeters "dix" .""",
    )
    assert counts(run(make(url, kind="dcat"))) == {"created": 1}
    assert datasets()["Un"]["state"] == "active"
    changes = call_action("smartregion_record_list", source="essai")[0]["changes"]
    refused = [change for change in changes if change["rule"] == "refused-by-contract"]
    assert [(change["field"], change["before"]) for change in refused] == [("spatial_resolution_in_meters", "dix")]


def test_crash_between_package_and_mapping_makes_no_second_dataset(ran, run) -> None:
    _, source = ran
    # What a worker killed between the two commits leaves behind: the dataset without its mapping.
    ckan_model.Session.query(model.Record).delete()
    ckan_model.Session.commit()

    assert counts(run(source)) == {"updated": 3}
    assert len(datasets()) == 3


def test_second_delivery_of_a_run_does_nothing(make, remote, run) -> None:
    from ckanext.smartregion.harvest.jobs import execute

    summary = run(make(remote.url))
    before = footprint()
    execute(summary["run"])
    assert footprint() == before


def test_preview_is_what_the_run_then_does_and_writes_nothing(make, remote, run) -> None:
    source = make(remote.url)
    remote.items["trois"]["metas"] = "oups"
    before = footprint()
    preview = call_action("smartregion_source_preview", id="essai")
    assert footprint() == before

    assert preview["complete"]
    assert {act: number for act, number in preview["counts"].items() if number} == {"create": 2, "fail": 1}
    assert counts(run(source)) == {"created": 2, "failed": 1}


@pytest.mark.ckan_config("smartregion.fetch.allow_private", "")
def test_private_address_is_not_harvested(make, remote, run) -> None:
    summary = run(make(remote.url))
    assert summary["status"] == "failed"
    assert "internal address" in call_action("smartregion_run_show", id=summary["run"])["error"]["en"]
    assert remote.far_end.requests == []
