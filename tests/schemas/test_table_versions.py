"""Policy, changelog and versions of a contract's folder."""

import datetime as dt
import json
import shutil
from importlib import import_module

import pytest

from ckanext.smartregion.schemas.table_contracts import (
    ContractFaulty,
    ContractNotFound,
    load_table_contract,
    table_contract,
    table_contracts,
    table_versions,
)
from ckanext.smartregion.schemas.vocabulary import LANGUAGES

SHIPPED = table_contract("council-decisions").example_valid.parent
BEFORE, AFTER = dt.date(2027, 6, 30), dt.date(2027, 7, 1)
CHANGES = "{fr: Nouveau, nl: Nieuw, de: Neu, en: New}"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of contracts with one contract in it, which a test may change."""
    module = import_module("ckanext.smartregion.schemas.table_contracts")  # the package has a function of that name
    monkeypatch.setattr(module, "FOLDER", tmp_path)
    return shutil.copytree(SHIPPED, tmp_path / "council-decisions")


def change(path, **keys):
    schema = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**schema, **keys}), encoding="utf-8")


def add_version(folder, version, **keys):
    """Keep today's contract as an older version."""
    older = folder / "versions" / version
    older.mkdir(parents=True)
    for name in ("contract.json", "policy.yaml"):
        shutil.copy(folder / name, older / name)
    change(older / "contract.json", version=version, **keys)


def renew(folder, version):
    change(folder / "contract.json", version=version)
    entry = f"- {{version: {version}, date: 2027-01-01, changes: {CHANGES}}}\n"
    log = folder / "changelog.yaml"
    log.write_text(entry + log.read_text(encoding="utf-8"), encoding="utf-8")


@pytest.fixture
def renewed(folder):
    """Version 2.0.0, with 1.0.0 still valid until 30 June 2027 and 0.9.0 long gone."""
    add_version(folder, "1.0.0", validUntil="2027-06-30")
    add_version(folder, "0.9.0", validUntil="2026-01-31")
    renew(folder, "2.0.0")
    return folder


def test_every_shipped_contract_tells_its_newest_version_in_the_changelog():
    assert all(one.changelog[0].version == one.version for one in table_contracts())


def test_name_alone_gives_the_newest_version(renewed):
    assert table_contract("council-decisions", on=BEFORE).version == "2.0.0"


def test_older_version_holds_to_its_last_day(renewed):
    older = table_contract("council-decisions@1.0.0", on=BEFORE)

    assert (older.name, older.version, older.valid_until) == ("council-decisions", "1.0.0", BEFORE)
    assert older.id == "council-decisions@1.0.0"


def test_older_version_ends_with_a_sentence(renewed):
    with pytest.raises(ContractNotFound) as refusal:
        table_contract("council-decisions@1.0.0", on=AFTER)

    assert str(refusal.value) == (
        "Version 1.0.0 of table contract 'council-decisions' held until 2027-06-30; name version 2.0.0 instead."
    )
    assert refusal.value.texts.keys() == set(LANGUAGES)
    assert all("2027-06-30" in text and "2.0.0" in text for text in refusal.value.texts.values())


def test_version_that_never_was_is_refused_with_those_there_are(renewed):
    with pytest.raises(ContractNotFound, match=r"has no version 3\.0\.0; installed is 2\.0\.0, 1\.0\.0, 0\.9\.0\."):
        table_contract("council-decisions@3.0.0")


def test_versions_are_listed_the_newest_first(renewed):
    assert [one.version for one in table_versions("council-decisions")] == ["2.0.0", "1.0.0", "0.9.0"]
    assert [one.version for one in table_contracts()] == ["2.0.0"]


def test_versions_sort_as_numbers(folder):
    add_version(folder, "1.9.0", validUntil="2027-06-30")
    add_version(folder, "1.10.0", validUntil="2027-06-30")
    renew(folder, "2.0.0")

    assert [one.version for one in table_versions("council-decisions")] == ["2.0.0", "1.10.0", "1.9.0"]


def test_changelog_is_read_newest_first(renewed):
    first, second = table_contract("council-decisions").changelog

    assert (first.version, first.date, first.changes["de"]) == ("2.0.0", dt.date(2027, 1, 1), "Neu")
    assert second.version == "1.0.0"


def test_name_that_leads_out_of_the_folder_is_unknown(folder):
    with pytest.raises(ContractNotFound, match=r"no table contract '\.\./council-decisions'"):
        table_contract("../council-decisions")


@pytest.mark.parametrize(
    ("log", "sentence"),
    [
        (None, "needs a changelog.yaml"),
        ("", "needs a changelog.yaml"),
        ("- {version: 1.0.0, date: soon, changes: " + CHANGES + "}", "Entry 1 of the changelog needs a date"),
        ("- {version: 1.0, date: 2026-01-01, changes: " + CHANGES + "}", "needs a version such as 1.0.0"),
        ("- {version: 1.0.0, date: 2026-01-01, changes: {fr: Non}}", "needs its changes in fr, nl, de, en"),
        ("- {version: 1.0.0}", "is written {version, date, changes}"),
        ("- {version: 9.0.0, date: 2026-01-01, changes: " + CHANGES + "}", "changelog is 9.0.0, that of the contract"),
        (("- {version: 1.0.0, date: 2026-01-01, changes: " + CHANGES + "}\n") * 2, "each version once"),
        ("[", "can't be read, changelog.yaml"),
    ],
)
def test_wrong_changelog_is_refused_with_a_sentence(folder, log, sentence):
    (folder / "changelog.yaml").unlink()
    if log is not None:
        (folder / "changelog.yaml").write_text(log, encoding="utf-8")

    with pytest.raises(ContractFaulty, match=sentence):
        load_table_contract(folder)


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ({}, "says until when it holds"),
        ({"validUntil": "soon"}, "validUntil is a date such as"),
        ({"validUntil": 2027}, "validUntil is a date such as"),
        ({"validUntil": "2027-01-01", "version": "7.0.0"}, "versions/1.0.0 says that it is 7.0.0"),
    ],
)
def test_wrong_older_version_is_refused_with_a_sentence(folder, keys, sentence):
    add_version(folder, "1.0.0")
    change(folder / "versions/1.0.0/contract.json", **keys)

    with pytest.raises(ContractFaulty, match=sentence):
        load_table_contract(folder / "versions/1.0.0")


def test_rules_and_tolerance_are_part_of_the_contract(folder):
    write_policy(folder, "{title.required: 0.01, few-present: 0.5}")
    rule = "- {rule: compare, id: few-present, column: present, is: at-most, to: 60}\n"
    (folder / "rules.yaml").write_text(rule, encoding="utf-8")

    contract = load_table_contract(folder)

    assert contract.tolerance == {"title.required": 0.01, "few-present": 0.5}
    assert [one.id for one in contract.rules] == ["few-present"]


def test_wrong_rule_keeps_a_contract_from_being_installed(folder):
    (folder / "rules.yaml").write_text("- {rule: order, id: x, columns: [present, start]}\n", encoding="utf-8")

    with pytest.raises(ContractFaulty, match="'start', which is no field"):
        load_table_contract(folder)


@pytest.mark.parametrize(
    ("tolerance", "sentence"),
    [
        ("{title.required: 1.5}", "between 0 and 1, such as 0.01, not 1.5"),
        ("{title.required: -0.1}", "between 0 and 1"),
        ("{title.required: true}", "between 0 and 1"),
        ("{theme.required: 0.1}", "names 'theme', which is no field"),
        ("{title.requird: 0.1}", "names no rule of the contract"),
        ("{missing-cell: 0.1}", "a file or a row as a whole is never tolerated"),
        ("{required: 0.1}", "needs its column: column.required"),
    ],
)
def test_wrong_tolerance_is_refused_with_a_sentence(folder, tolerance, sentence):
    write_policy(folder, tolerance)

    with pytest.raises(ContractFaulty, match=sentence):
        load_table_contract(folder)


@pytest.mark.parametrize(
    ("policy", "sentence"),
    [
        ("rules: {personal-national-number: warn}", "says warn for 'personal-national-number', which always blocks"),
        ("rules: {title.personal-national-number: note}", "says note for 'title.personal-national-number'"),
        ("rules: {empty-file: warn}", "says warn for 'empty-file', which always blocks: nobody may lower it"),
        ("rules: {}\nfixed: [no-such-rule]", "fixes 'no-such-rule', which is no rule of the contract"),
        ("rules: {}\nfixed: [nowhere.pattern]", "fixes 'nowhere.pattern', which is no rule of the contract"),
        ("rules: {title.required: warn}\nfixed: [title.required]", "fixes 'title.required', so its rules must say"),
        ("rules: {}\nfixed: [title.required]", "fixes 'title.required', so its rules must say that it blocks"),
        ("rules: {title.required: block}\ntolerance: {title.required: 0.1}\nfixed: [title.required]",
         "fixes 'title.required', so it can't tolerate"),
    ],
)  # fmt: skip
def test_policy_that_softens_or_fixes_what_it_can_not_is_refused_with_a_sentence(folder, policy, sentence):
    (folder / "policy.yaml").write_text(f"version: 1\n{policy}\n", encoding="utf-8")

    with pytest.raises(ContractFaulty, match=sentence):
        load_table_contract(folder)


@pytest.mark.parametrize(
    ("policy", "sentence"),
    [
        ("plausibility: {rows-lst: 0.5}", "'rows-lst' names no rule; there are rows-lost, box-moved"),
        (
            "plausibility: {rows-lost: 30}",
            "'rows-lost' is at least 0 and at most 1, not 30: the share of the former rows",
        ),
        ("plausibility: {sum-grown: twice}", "'sum-grown' is a number, not 'twice'"),
        ("plausibility: {theme.sum-grown: 3}", "names 'theme', which is no field"),
        ("plausibility: {title.sum-grown: 3}", "'sum-grown' does not look at the column 'title'"),
        ("plausibility: {title.rows-lost: 0.5}", "'rows-lost' does not look at the column 'title'"),
        ("rules: {title.values-shifted: block}", "Rule 'title.values-shifted' says nothing"),
    ],
)
def test_wrong_plausibility_is_refused_with_a_sentence(folder, policy, sentence):
    said = policy if policy.startswith("rules") else f"rules: {{}}\n{policy}"
    (folder / "policy.yaml").write_text(f"version: 1\n{said}\n", encoding="utf-8")

    with pytest.raises(ContractFaulty, match=sentence):
        load_table_contract(folder)


def test_plausibility_is_part_of_the_contract(folder):
    text = "version: 1\nrules: {rows-lost: block}\nplausibility: {rows-lost: 0.5, present.sum-grown: 3}\n"
    (folder / "policy.yaml").write_text(text, encoding="utf-8")

    assert load_table_contract(folder).plausibility == {"rows-lost": 0.5, "present.sum-grown": 3}


def test_policy_with_a_key_that_nobody_reads_is_refused(folder):
    (folder / "policy.yaml").write_text("version: 1\nrules: {}\ntolerances: {}\n", encoding="utf-8")

    with pytest.raises(ContractFaulty, match="has no use for tolerances"):
        load_table_contract(folder)


def write_policy(folder, tolerance):
    text = f"version: 1\nrules: {{}}\ntolerance: {tolerance}\n"
    (folder / "policy.yaml").write_text(text, encoding="utf-8")
