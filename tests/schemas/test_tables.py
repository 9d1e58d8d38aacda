"""Table contracts: what a folder must hold, and which contracts are refused with a sentence."""

import csv
import json
import re
import shutil

import pytest

from ckanext.smartregion.quality.rules import house_rules, rules
from ckanext.smartregion.schemas.pattern_lint import pattern_faults
from ckanext.smartregion.schemas.rules.kinds import kinds
from ckanext.smartregion.schemas.table_contracts import (
    ContractFaulty,
    ContractNotFound,
    load_table_contract,
    table_contract,
    table_contracts,
)
from ckanext.smartregion.schemas.table_lint import faults
from ckanext.smartregion.schemas.table_policy import CELL_RULES, FIXED
from ckanext.smartregion.schemas.vocabulary import LANGUAGES


@pytest.fixture(params=table_contracts(), ids=lambda contract: contract.name)
def contract(request):
    return request.param


@pytest.fixture
def folder(tmp_path):
    """A contract folder that a test may spoil."""
    return shutil.copytree(table_contract("council-decisions").example_valid.parent, tmp_path / "spoilt")


def _field(schema, name):
    return next(field for field in schema["fields"] if field["name"] == name)


def spoil(folder, change):
    path = folder / "contract.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    change(schema)
    path.write_text(json.dumps(schema), encoding="utf-8")


MOBILITY = [
    "bicycle-parking", "carpool-places", "charging-points", "charging-status", "disabled-parking", "markets", "parking",
    "parking-occupancy", "public-equipment", "road-works", "traffic-channels", "traffic-counts", "traffic-sites",
]  # fmt: skip
ENERGY = [
    "building-energy", "climate-actions", "district-energy", "epb-certificates", "public-lighting",
    "renewable-installations",
]  # fmt: skip
GOVERNANCE = [
    "budget-lines", "council-decisions", "mandates", "participatory-budget", "public-contracts", "subsidies",
]  # fmt: skip


def test_the_tables_of_the_region_are_installed():
    assert {one.name for one in table_contracts()} >= {*MOBILITY, *ENERGY, *GOVERNANCE}


def test_every_text_stands_in_four_languages(contract):
    holders = [contract.schema, *contract.fields]

    assert all(set(holder[kind]) == set(LANGUAGES) for holder in holders for kind in ("title", "description"))


def french(part):
    """Every French text in a part of a contract, however deep it stands."""
    if isinstance(part, dict):
        yield from ([part["fr"]] if "fr" in part else [text for value in part.values() for text in french(value)])
    if isinstance(part, list):
        yield from (text for value in part for text in french(value))


def test_french_keeps_double_signs_on_the_line_of_their_word(contract):
    texts = french([contract.schema, *(rule.message for rule in contract.rules)])

    assert [text for text in texts if re.search(r"[^\u00a0\u202f][:;!?»](\s|$)|«[^\u00a0\u202f]", text)] == []


def test_every_value_of_a_list_has_its_labels(contract):
    listed = [field for field in contract.fields if "enum" in field.get("constraints", {})]

    assert all(list(field["labels"]) == field["constraints"]["enum"] for field in listed)
    assert all(set(label) == set(LANGUAGES) for field in listed for label in field["labels"].values())


def test_every_field_has_an_example(contract):
    assert all(field.get("example") for field in contract.fields)


def test_every_policy_names_known_rules_and_columns(contract):
    for entry in contract.policy:
        *column, rule = entry.split(".")
        assert rule in {*rules(), *kinds(), *(own.id for own in contract.rules)}
        assert set(column) <= set(contract.field_names)


def test_every_policy_says_how_severe_each_rule_of_its_contract_is(contract):
    assert {own.id for own in contract.rules} <= set(contract.policy)


def test_no_rule_of_a_contract_bears_the_name_of_one_of_the_house(contract):
    assert not [own.id for own in contract.rules if own.id in rules() and own.id != own.kind]


def test_rules_of_which_a_share_may_be_tolerated_are_rules_of_the_house():
    assert set(rules()) >= CELL_RULES


def test_what_no_policy_softens_is_known_to_the_lint():
    assert {name for name, texts in house_rules().items() if texts.get("fixed")} == FIXED


@pytest.mark.parametrize(
    ("name", "protected"),
    [
        ("subsidies", "natural-person-unnamed"),
        ("renewable-installations", "private-latitude-rounded"),
        ("district-energy", "enough-customers"),
        ("epb-certificates", "homes-in-groups"),
    ],
)
def test_contract_fixes_what_protects_people(name, protected):
    assert protected in table_contract(name).fixed


def test_examples_carry_the_columns_of_the_contract(contract):
    for example in (contract.example_valid, contract.example_invalid):
        with example.open(encoding="utf-8", newline="") as file:
            assert next(csv.reader(file)) == contract.field_names


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("bicycle-parking", 27),
        ("disabled-parking", 19),
        ("markets", 27),
        ("public-equipment", 27),
        ("road-works", 31),
    ],
)
def test_a_walloon_standard_keeps_its_columns_and_is_named(name, columns):
    contract = table_contract(name)
    source = contract.schema["source"]

    assert (len(contract.fields), contract.key, source["licence"]) == (columns, ["id"], "CC BY 2.0 BE")
    assert source["attribution"].startswith("FuturoCité")
    assert re.search(r"FuturoCité, .+ \d+\.\d+\.\d+:", source["title"])


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("bicycle-parking", "futurocite-stationnements-velos"),
        ("disabled-parking", "futurocite-emplacements-PMR"),
        ("markets", "futurocite-marches"),
        ("public-equipment", "futurocite-equipements-collectifs"),
    ],
)
def test_a_walloon_standard_keeps_its_constraints(shared, name, folder):
    published = json.loads((shared / f"samples/tableschema/{folder}/schema.json").read_text(encoding="utf-8"))

    assert [_demands(field) for field in table_contract(name).fields] == [
        _demands(each) for each in published["fields"]
    ]


def _demands(field):
    """What a field asks of a cell: its name, type and constraints, a pattern written without the needless ends."""
    asked = {key: value for key, value in field.get("constraints", {}).items() if value is not False}
    if "pattern" in asked:
        asked["pattern"] = asked["pattern"].removeprefix("^").removesuffix("$").replace(r"\d", "[0-9]")
    return field["name"], field["type"], asked


def test_name_with_version_finds_that_version():
    assert table_contract("bicycle-parking@1.0.0") == table_contract("bicycle-parking", "1.0.0")


def test_unknown_name_says_which_contracts_there_are():
    with pytest.raises(ContractNotFound, match=r"no table contract 'bikes'; installed are: bicycle-parking"):
        table_contract("bikes")


def test_unknown_version_says_which_is_installed():
    with pytest.raises(ContractNotFound) as refusal:
        table_contract("bicycle-parking@9.9.9")

    assert str(refusal.value) == "Table contract 'bicycle-parking' has no version 9.9.9; installed is 1.0.0."


def test_plain_table_schema_speaks_one_language():
    schema = table_contract("bicycle-parking").table_schema("nl")

    assert schema["title"] == "Fietsenstallingen"
    assert schema["fields"][0]["title"] == "Identificatie"
    assert "labels" not in schema["fields"][13]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda schema: schema["fields"][3].update(format="any"), "format 'any' is not allowed"),
        (lambda schema: schema["fields"][3].update(type="any"), "type 'any' is not allowed"),
        (
            lambda schema: schema["fields"][3]["constraints"].update(minimum="2020-01-01"),
            "stand on a datetime",
        ),
        (lambda schema: schema["fields"][0].update({"$ref": "https://example.org"}), "'\\$ref' is not known here"),
        (lambda schema: schema["fields"][0].update(groupChar="."), "'groupChar' is not known here"),
        (lambda schema: schema.update(foreignKeys=[{}]), "Foreign keys"),
        (lambda schema: schema.update(primaryKey=["nothing"]), "which is no field"),
        (lambda schema: schema["fields"][1].update(name="decision_id"), "Two fields are named"),
        (lambda schema: schema["fields"][1].update(name="a b"), "a name starts with a letter"),
        (lambda schema: schema["fields"][1]["title"].pop("de"), "needs its title in fr, nl, de, en"),
        (lambda schema: schema.pop("version"), "has no version"),
        (lambda schema: schema["fields"][1]["constraints"].update(pattern="(a+)+"), "repetition inside a repetition"),
        (lambda schema: schema.update(version="1.0"), "The version is written like 1.0.0"),
        (lambda schema: schema.update(fields=[]), "no fields"),
        (lambda schema: schema.update(fields=["title"]), "Each field is a map"),
        (lambda schema: schema.update(primaryKey="decision_id"), "The key is a list"),
        (lambda schema: schema.update(path="https://example.org/x.csv"), "points outside the house with 'path'"),
        (lambda schema: schema.update(more=[{"url": "x"}]), "points outside the house with 'url'"),
        (lambda schema: _field(schema, "present")["constraints"].update(minimum=9, maximum=3), "is above maximum"),
        (lambda schema: schema.update(validUntil="soon"), "validUntil is a date such as"),
    ],
)
def test_bad_contract_is_refused_with_a_sentence(folder, change, sentence):
    spoil(folder, change)

    with pytest.raises(ContractFaulty, match=sentence):
        load_table_contract(folder)


def test_contract_that_is_no_json_is_refused_with_a_sentence(folder):
    (folder / "contract.json").write_text("{", encoding="utf-8")

    with pytest.raises(ContractFaulty, match="can't be read"):
        load_table_contract(folder)


def test_policy_with_an_unknown_severity_is_refused(folder):
    (folder / "policy.yaml").write_text("version: 1\nrules: {enum: forbid}\n", encoding="utf-8")

    with pytest.raises(ContractFaulty, match="block, warn and note"):
        load_table_contract(folder)


@pytest.mark.parametrize("pattern", ["(a+)+", "(a|b)*c*d*", "(?=a)b", r"(a)\1", "a|b", "[", "(x{1,9}){2,9}", "a*b*c*"])
def test_pattern_that_could_hang_or_surprise_is_refused(pattern):
    assert list(pattern_faults(pattern))


@pytest.mark.parametrize("pattern", ["[0-9]{5}", r"\d+", "(a|b)", "[A-Z]{2}[0-9]{1,31}", "(a|b)([|](a|b)){0,4}"])
def test_plain_pattern_is_accepted(pattern):
    assert list(pattern_faults(pattern)) == []


def test_every_shipped_contract_passes_the_lint(contract):
    assert list(faults(contract.schema)) == []
