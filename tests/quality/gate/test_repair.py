"""A mended file is proposed by action, page and command line, and nothing of it is published by itself."""

from __future__ import annotations

import csv
import io
import json

import pytest
from click.testing import CliRunner
from werkzeug.datastructures import FileStorage

import ckan.plugins.toolkit as tk
from ckan.tests import factories
from ckan.tests.helpers import call_action

from ckanext.smartregion.quality import cli
from ckanext.smartregion.schemas import table_contract

from tests.quality.gate.conftest import CONTRACT
from tests.quality.gate.test_pages import is_harmless, text

pytestmark = pytest.mark.usefixtures("portal")

EXAMPLE = table_contract(CONTRACT).example_valid.read_text("utf-8")
SCRIPT = "<script>alert('sr')</script>"


def spoiled():
    """The valid example with truth values, a choice and a number as people write them, and a script."""
    rows = list(csv.reader(io.StringIO(EXAMPLE)))
    at = {name: rows[0].index(name) for name in ("covered", "available_places", "parking_type", "distance")}
    rows[1][at["covered"]], rows[1][at["available_places"]] = "Oui", "12,5"
    rows[2][at["covered"]] = SCRIPT
    target = io.StringIO()
    csv.writer(target).writerows([[*rows[0], SCRIPT], *[[*cells, ""] for cells in rows[1:]]])
    return target.getvalue()


def act(action, user, **data):
    return call_action(action, context={"user": user["name"] if user else "", "ignore_auth": False}, **data)


@pytest.fixture
def held(draft, officer):
    dataset = draft()
    sent = FileStorage(io.BytesIO(spoiled().encode()), filename="velos.csv")
    act("resource_create", officer, package_id=dataset["id"], name="Vélos", format="CSV", schema=CONTRACT, upload=sent)
    return act("package_patch", officer, id=dataset["id"], state="active")


def test_action_mends_a_text_or_the_file_of_a_dataset_for_those_who_may_change_it(officer, held):
    sent = act("smartregion_repair", officer, contract=CONTRACT, text=spoiled())
    stored = act("smartregion_repair", officer, dataset=held["name"], drop_extra=True)

    assert [(one["kind"], one["column"]) for one in sent["changes"]] == [
        ("truth-value", "covered"), ("decimal-comma", "available_places"),
    ]  # fmt: skip
    assert (sent["mended"], sent["cells"], sent["download"]) == (True, 2, None)
    assert [(one["kind"], one["column"]) for one in sent["left"]] == [("unclear", "covered")]
    assert sent["report"]["verdict"] == "hold", "one cell is left for a person"
    assert next(csv.reader(io.StringIO(sent["text"])))[-1] == SCRIPT
    assert "extra-column" in {one["kind"] for one in stored["changes"]}
    assert stored["download"].endswith(f"/dataset/{held['name']}/quality/repair/0/file?drop_extra=1")
    assert act("package_show", officer, id=held["id"])["state"] == "draft"
    with pytest.raises(tk.NotAuthorized):
        act("smartregion_repair", factories.User(), dataset=held["id"])
    with pytest.raises(tk.ObjectNotFound):
        act("smartregion_repair", officer, dataset=held["id"], position=7)
    with pytest.raises(tk.ValidationError):
        act("smartregion_repair", officer, text=spoiled())


def test_page_of_a_held_report_leads_to_a_proposal_and_its_file(app, officer, held, login):
    own, address = login(officer), f"/dataset/{held['name']}/quality/repair/0"

    assert f'href="{address}"' in app.get(f"/dataset/{held['name']}/quality", headers=own).body
    for code in ("", "/nl", "/de", "/en"):
        page = app.get(code + address, headers=own).body
        assert is_harmless(page)
        assert "«12,5»" in text(page) or "12,5" in text(page)
        assert f"{address}/file" in page
    file = app.get(f"{address}/file", headers=own)
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert "12.5" in file.body
    assert app.get(f"{address}/file?drop_extra=1", headers=own).body.count("script") == file.body.count("script") - 2
    for other in ({}, login(factories.User())):
        assert app.get(address, headers=other).status_code == 404
        assert app.get(f"{address}/file", headers=other).status_code == 404
    assert app.get(f"/dataset/{held['name']}/quality/repair/5", headers=own).status_code == 404


def run(*arguments):
    return CliRunner().invoke(cli.quality, ["repair", *map(str, arguments)])


def test_command_mends_by_a_contract_or_a_draft_and_says_each_change(tmp_path):
    table, schema = tmp_path / "velos.csv", tmp_path / "arbres.json"
    table.write_text(spoiled(), "utf-8")
    schema.write_text(json.dumps({"fields": [{"name": "hauteur", "type": "number", "title": "Hauteur (m)"}]}), "utf-8")
    trees = tmp_path / "arbres.csv"
    trees.write_text('Hauteur\n"12,5 m"\n', "utf-8")

    shown = run(table, "--contract", CONTRACT, "--lang", "nl")
    drafted = run(trees, "--schema", schema, "--json", "--output", tmp_path / "out.csv")

    assert shown.exit_code == 1
    assert "«12,5» -> «12.5»" in shown.output
    assert "Decimale komma" in shown.output
    assert "12.5" in (tmp_path / "velos-mended.csv").read_text("utf-8")
    assert drafted.exit_code == 0, drafted.output
    said = json.loads(drafted.output)
    assert [one["kind"] for one in said["changes"]] == ["column-name", "unit", "decimal-comma"]
    assert (tmp_path / "out.csv").read_text("utf-8").split() == ["hauteur", "12.5"]


def test_command_leaves_a_valid_file_alone_and_never_takes_its_place(tmp_path):
    table = tmp_path / "velos.csv"
    table.write_text(EXAMPLE, "utf-8")

    done = run(table, "--contract", CONTRACT)

    assert done.exit_code == 0
    assert "Rien à réparer" in done.output
    assert list(tmp_path.iterdir()) == [table]
    assert run(table, "--contract", CONTRACT, "--output", table).exit_code == 2
    assert run(table).exit_code == 2
