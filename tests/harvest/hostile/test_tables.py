"""Hostile tables through upload and harvest: a clear verdict each, the same at both doors, and the worker lives."""

from __future__ import annotations

import io
from typing import Any

import pytest
from hostile_tables import CONTRACT, HOSTILE, Hostile
from werkzeug.datastructures import FileStorage

import ckan.plugins.toolkit as tk
from ckan.tests.helpers import call_action

from ckanext.smartregion.quality import engine

from tests.harvest.conftest import VERSION_2

EXPECTED = {table.name: (table.verdict, table.rule) for table in HOSTILE}


def resource(table: Hostile) -> dict[str, Any]:
    """A file as a form sends it."""
    upload = FileStorage(io.BytesIO(table.content), filename=table.name)
    return {"name": table.name, "url": table.name, "upload": upload, "schema": CONTRACT}


def reports(dataset: str) -> list[dict[str, Any]]:
    return call_action("smartregion_quality_report_show", context={"ignore_auth": True}, id=dataset)["reports"]


def said(report: dict[str, Any], rule: str | None) -> tuple[str, str | None]:
    """The verdict, and the rule if it is told."""
    return report["verdict"], rule if rule in [one["rule"] for one in report["findings"]] else None


@pytest.mark.timeout(900)
def test_both_doors_give_the_verdict_of_the_list(region, remote, make, run) -> None:
    uploaded = call_action(
        "package_create",
        context={"user": "officer"},
        name="hostile",
        owner_org="liege",
        title_translated={"fr": "Hostile"},
        resources=[resource(table) for table in HOSTILE],
        state="active",
    )
    by_upload = dict(zip(EXPECTED, reports(uploaded["id"]), strict=True))

    assert uploaded["state"] == "draft"
    assert {name: said(report, EXPECTED[name][1]) for name, report in by_upload.items()} == EXPECTED

    names = {f"n{at}": table for at, table in enumerate(HOSTILE)}
    remote.items.clear()
    for name, table in names.items():
        remote.put(name)
        remote.far_end.serve(f"{VERSION_2}/{name}/exports/csv", table.content)
    summary = run(make(remote.url, options={f"contract.{name}": CONTRACT for name in names}))

    held = [table for table in HOSTILE if table.verdict == "hold"]
    assert (summary["created"], summary["held"]) == (len(HOSTILE) - len(held), len(held))
    found = call_action("package_search", context={"ignore_auth": True}, rows=100, include_drafts=True)["results"]
    titles = {f"Jeu {name}": table.name for name, table in names.items()}
    by_harvest = {titles[each["title"]]: reports(each["id"])[0] for each in found if each["title"] in titles}
    assert {name: said(report, EXPECTED[name][1]) for name, report in by_harvest.items()} == EXPECTED
    assert {name: report["sha256"] for name, report in by_harvest.items()} == {
        name: report["sha256"] for name, report in by_upload.items()
    }


@pytest.mark.parametrize("url", ["file:///etc/passwd", "/etc/passwd", "../../../etc/passwd", "velos.csv"])
def test_path_of_this_machine_is_no_file_and_nothing_is_read(region, url: str, monkeypatch) -> None:
    monkeypatch.setattr(engine, "check", None)  # would fail where it was called
    dataset = call_action(
        "package_create",
        context={"user": "officer"},
        name="paths",
        title_translated={"fr": "Chemins"},
        owner_org="liege",
        resources=[{"url": url, "schema": CONTRACT}],
    )

    report = reports(dataset["id"])[0]
    assert (report["verdict"], report["report"], dataset["state"]) == ("hold", None, "draft")
    assert "hash" not in dataset["resources"][0] or not dataset["resources"][0]["hash"]


@pytest.mark.parametrize("schema", ["{url}", "/etc/passwd", "../contract.json", '{{"fields": [], "$ref": "{url}"}}'])
def test_contract_is_a_name_of_ours_and_never_fetched(region, far_end, schema: str) -> None:
    url = far_end.serve("/schema.json", b'{"fields": []}')
    table = next(each for each in HOSTILE if each.name == "csv-inside.xlsx")
    with pytest.raises(tk.ValidationError, match="pas de contrat de tableau"):
        call_action(
            "package_create",
            context={"user": "officer"},
            name="schemas",
            owner_org="liege",
            title_translated={"fr": "Contrats"},
            resources=[resource(table) | {"schema": schema.format(url=url)}],
        )

    assert far_end.requests == []


def test_name_that_is_no_utf8_does_no_harm(region) -> None:
    table = next(each for each in HOSTILE if each.name == "csv-inside.xlsx")
    upload = FileStorage(io.BytesIO(table.content), filename=b"v\xe9los\xff.csv".decode("utf-8", "surrogateescape"))
    dataset = call_action(
        "package_create",
        context={"user": "officer"},
        name="odd-name",
        title_translated={"fr": "Nom"},
        owner_org="liege",
        resources=[{"upload": upload, "schema": CONTRACT, "url": "x"}],
    )

    assert reports(dataset["id"])[0]["verdict"] == "publish"
    assert dataset["resources"][0]["url"].encode("ascii").endswith(b".csv")
