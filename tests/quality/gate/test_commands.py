"""The command line of the gate, and the actions under the names that clients of ckanext-validation know."""

import json

import pytest
from click.testing import CliRunner

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.tests.helpers import call_action

from ckanext.smartregion.quality import cli
from ckanext.smartregion.quality import model as memory
from ckanext.smartregion.schemas import ContractFaulty, table_contract
from ckanext.smartregion.schemas.table_drafts import draft_contract

from tests.quality.gate.conftest import CONTRACT

pytestmark = pytest.mark.usefixtures("portal")

TABLE = table_contract(CONTRACT).example_valid.read_bytes()
DRAFT = {"name": "arbres", "fields": [{"name": "essence", "type": "string", "constraints": {"required": True}},
                                      {"name": "hauteur", "type": "number", "title": "Hauteur"}]}  # fmt: skip


def run(*arguments):
    return CliRunner().invoke(cli.quality, [str(one) for one in arguments])


def act(action, user, **data):
    return call_action(action, context={"user": user["name"] if user else "", "ignore_auth": False}, **data)


@pytest.fixture
def tree(tmp_path):
    """A draft of a contract and a table, as files."""
    schema, table = tmp_path / "arbres.json", tmp_path / "arbres.csv"
    schema.write_text(json.dumps(DRAFT), "utf-8")
    table.write_text("essence,hauteur\ntilleul,12.5\n", "utf-8")
    return schema, table


def test_draft_of_a_contract_is_tried_before_it_is_installed(tree):
    schema, table = tree
    assert run("check", table, "--schema", schema).exit_code == 0

    table.write_text("essence,hauteur\n,haut\n", "utf-8")
    found = run("check", table, "--schema", schema, "--json")

    assert found.exit_code == 1
    assert [(one["rule"], one["column"]) for one in json.loads(found.output)["findings"]] == [
        ("required", "essence"), ("type", "hauteur"),
    ]  # fmt: skip
    assert run("check", table, "--schema", schema, "--lang", "de").exit_code == 1


def test_installed_contract_is_a_draft_as_well(tree):
    folder = table_contract(CONTRACT).example_valid.parent

    assert draft_contract(folder).id == table_contract(CONTRACT).id
    assert draft_contract(folder / "contract.json").title == table_contract(CONTRACT).title


@pytest.mark.parametrize(
    "schema", ["no json", "[]", "{}", '{"fields": []}', '{"fields": [{"name": "x", "type": "any"}]}',
               '{"fields": [{"name": "x", "type": "string", "constraints": {"pattern": "(a+)+"}}]}'],
)  # fmt: skip
def test_draft_that_does_not_pass_the_lint_is_refused_with_a_sentence(tree, schema):
    path, table = tree
    path.write_text(schema, "utf-8")

    found = run("check", table, "--schema", path)

    assert found.exit_code == 1
    assert "Error:" in found.output
    with pytest.raises(ContractFaulty):
        draft_contract(path)


def test_check_says_whether_keys_were_looked_up_for_an_organisation(namur):
    asked = ("check", table_contract("charging-status").example_valid, "--contract", "charging-status", "--json")

    def noted(*more):
        found = json.loads(run(*asked, *more).output)["findings"]
        return {one["rule"] for one in found} & {"not-looked-up", "nothing-to-compare"}

    assert noted() == {"not-looked-up"}
    assert noted("--organization", namur["name"]) == {"nothing-to-compare"}
    assert run(*asked, "--organization", "nobody").exit_code == 1


def test_check_takes_one_of_contract_and_schema(tree):
    schema, table = tree

    assert run("check", table).exit_code == 2
    assert run("check", table, "--schema", schema, "--contract", CONTRACT).exit_code == 2


def test_what_is_held_is_listed_excused_and_published(dataset, region, officer):
    found = run("held")
    assert (found.exit_code, dataset["name"] in found.output) == (1, True)
    assert run("recheck", dataset["name"]).exit_code == 1
    term = ("--why", "Codes anciens.", "--until", memory.today())
    refused = run("waiver", "sign", dataset["name"], "ins_code.pattern", *term, "--as", officer["name"])
    assert refused.exit_code == 1

    signed = run("waiver", "sign", dataset["name"], "ins_code.pattern", *term, "--as", region["name"])

    assert (signed.exit_code, "publish with warnings" in signed.output) == (0, True)
    assert (run("held").exit_code, run("held").output) == (0, "0 datasets\n")
    [row] = json.loads(run("waiver", "list", "--json").output)
    assert run("waiver", "revoke", row["id"], "--as", region["name"]).output == f"{row['id']}: revoked\n"
    assert run("recheck", "--stale").output == "0 stale\n"
    assert run("recheck").exit_code == 2


def test_contracts_are_listed_and_shown_to_everybody():
    rows = act("smartregion_contract_list", None)
    shown = act("smartregion_contract_show", None, id=CONTRACT)

    assert CONTRACT in {row["name"] for row in rows}
    assert json.loads(run("contracts", "--json").output) == rows
    assert shown["schema"]["fields"] == table_contract(CONTRACT).fields
    assert shown["versions"][0] == {"version": shown["version"], "valid_until": None}
    assert act("smartregion_contract_show", None, id=shown["id"]) == shown
    with pytest.raises(tk.ObjectNotFound):
        act("smartregion_contract_show", None, id="no-such-contract")


def test_report_on_what_is_held_is_forgotten_and_made_anew(dataset, officer):
    resource = dataset["resources"][0]["id"]
    before = act("resource_validation_show", officer, resource_id=resource)["report"]["report"]

    assert act("resource_validation_delete", officer, resource_id=resource)["deleted"] == 1
    act("resource_validation_run", officer, resource_id=resource)

    assert act("resource_validation_show", officer, resource_id=resource)["report"]["report"] != before


def test_report_on_what_is_published_stays(dataset, officer, region):
    run("waiver", "sign", dataset["name"], "ins_code.pattern", "--why", "Anciens.", "--until", memory.today(), "--as",
        region["name"])  # fmt: skip

    with pytest.raises(tk.ValidationError, match="published"):
        act("resource_validation_delete", officer, resource_id=dataset["resources"][0]["id"])

    assert model.Session.query(memory.Report).count() == 1


def test_batch_is_the_stewards_and_runs_in_the_background(dataset, officer, region):
    assert act("resource_validation_run_batch", region, dataset_ids=json.dumps([dataset["name"]]))["job"]
    assert act("resource_validation_run_batch", region)["output"].startswith("0 ")
    with pytest.raises(tk.ValidationError):
        act("resource_validation_run_batch", region, dataset_ids=["no-such-dataset"])
    with pytest.raises(tk.NotAuthorized):
        act("resource_validation_run_batch", officer)
