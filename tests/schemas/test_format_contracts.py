"""Format contracts: what a folder must hold, which are refused with a sentence, and how a resource names one."""

import datetime as dt
import shutil
from importlib import import_module

import pytest

from ckanext.smartregion.quality.examination.limits import Limits
from ckanext.smartregion.quality.formats.examine import VALIDATORS, examine
from ckanext.smartregion.quality.formats.fields import field_of, fields_of
from ckanext.smartregion.quality.rules import house_rules
from ckanext.smartregion.schemas import (
    ContractNotFound,
    file_contract,
    file_contracts,
    format_contracts,
    names_format,
    table_contracts,
    vocabulary,
)
from ckanext.smartregion.schemas.format_contracts import (
    FOLDER,
    FormatFaulty,
    format_contract,
    format_rules,
    format_versions,
    load_format_contract,
)


@pytest.fixture
def folder(tmp_path):
    """A copy of a shipped contract, to be spoilt."""
    return shutil.copytree(FOLDER / "geojson", tmp_path / "spoilt")


def spoil(folder, name, before, after):
    path = folder / name
    content = path.read_text(encoding="utf-8")
    assert before in content
    path.write_text(content.replace(before, after, 1), encoding="utf-8")


def test_each_installed_format_has_its_validator_and_each_validator_its_contract():
    assert {one.name for one in format_contracts()} == set(VALIDATORS)


@pytest.mark.parametrize("contract", format_contracts(), ids=lambda contract: contract.name)
def test_shipped_contract_has_both_examples_and_a_changelog_of_its_version(contract):
    assert contract.example_valid.exists()
    assert contract.example_invalid.exists()
    assert contract.changelog[0].version == contract.version
    assert all(vocabulary("file-type").by_code(code) for code in contract.file_types)


def test_names_of_contracts_and_of_rules_are_told_apart():
    names = [one.name for one in file_contracts()]
    own = [name for one in format_contracts() for name in one.rule_names if name in format_rules()]

    assert len(set(names)) == len(names) == len(table_contracts()) + len(format_contracts())
    assert not set(own) & set(house_rules())


def test_a_resource_names_a_format_with_or_without_its_version():
    assert file_contract("gtfs") is file_contract("gtfs@1.0.0")
    assert names_format("gtfs@1.0.0")
    assert file_contract("bicycle-parking").name == "bicycle-parking"
    assert not names_format("bicycle-parking@1.0.0")
    assert not names_format(None)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("gtfs@9.9.9", r"'gtfs' has no version 9\.9\.9; installed is 1\.0\.0"),
        ("netex", r"no table contract 'netex'; installed are: .*gtfs"),
        ("../gtfs", r"no table contract '\.\./gtfs'"),
        ("bicycle-parking@9.9.9", r"'bicycle-parking' has no version 9\.9\.9"),
    ],
)
def test_what_is_not_installed_is_refused_with_what_there_is_instead(name, sentence):
    with pytest.raises(ContractNotFound, match=sentence):
        file_contract(name)


@pytest.fixture
def older(folder, monkeypatch):
    """Install a newer version of GeoJSON beside the former one, which has one rule less and ends on a day."""

    def install(until, name="1.0.0"):
        former = folder / "versions" / name
        former.mkdir(parents=True)
        for file in ("contract.yaml", "policy.yaml", "rules.yaml"):
            shutil.copy(folder / file, former)
        spoil(former, "contract.yaml", "version: 1.0.0", f"version: 1.0.0\nvalidUntil: {until}")
        spoil(former, "contract.yaml", ", outside-region", "")
        spoil(former, "policy.yaml", "  outside-region: block\n", "")
        spoil(folder, "contract.yaml", "version: 1.0.0", "version: 2.0.0")
        newest = folder.rename(folder.with_name("geojson"))
        for found in (format_contract, format_versions):
            found.cache_clear()
        shutil.copy(FOLDER / "shared.yaml", newest.parent)
        loader = import_module("ckanext.smartregion.schemas.format_contracts")
        monkeypatch.setattr(loader, "FOLDER", newest.parent)
        return newest

    yield install
    for found in (format_contract, format_versions):
        found.cache_clear()


def test_an_older_version_holds_to_its_last_day_by_its_own_rules(older, tmp_path):
    older("2027-06-30")
    away = tmp_path / "away.geojson"
    away.write_text('{"type": "Point", "coordinates": [2.35, 48.85]}')

    def rules(contract):
        today = dt.date(2026, 11, 26)
        found = examine(away, contract.name, contract.policy, contract.settings, Limits(), today)["findings"]
        return [one["rule"] for one in found]

    assert [one.version for one in format_versions("geojson")] == ["2.0.0", "1.0.0"]
    assert rules(file_contract("geojson")) == ["outside-region"]
    assert rules(file_contract("geojson@1.0.0", on=dt.date(2027, 6, 30))) == []
    with pytest.raises(ContractNotFound, match=r"2\.0\.0"):
        file_contract("geojson@1.0.0", on=dt.date(2027, 7, 1))


def test_an_older_version_in_a_folder_of_another_name_is_refused(older):
    newest = older("2027-06-30", name="0.9.0")

    with pytest.raises(FormatFaulty, match=r"says that it is 1\.0\.0"):
        load_format_contract(newest / "versions" / "0.9.0")


@pytest.mark.parametrize(
    ("name", "before", "after", "sentence"),
    [
        ("policy.yaml", "  geojson-type: block\n", "", "does not say what 'geojson-type' means"),
        ("policy.yaml", "geojson-type: block", "geojson-type: block\n  geojson-kind: warn",
         "'geojson-kind', which is no rule"),
        ("policy.yaml", "not-this-format: block", "not-this-format: warn", "which always blocks: nobody may lower it"),
        ("policy.yaml", "geojson-type: block", "geojson-type: forbid", "knows only block, warn and note"),
        ("policy.yaml", "rules:", "plausibility: {rows-lost: 30}\nrules:", "'rows-lost' is at least 0 and at most 1"),
        ("policy.yaml", "personal-national-number: block", "personal-national-number: warn", "nobody may lower it"),
        ("contract.yaml", "shares: [", "shares: [no-such-rule, ", "shares 'no-such-rule'"),
        ("contract.yaml", "version: 1.0.0", "version:", "'version' is needed"),
        ("contract.yaml", "nl: \"Kaart met objecten (GeoJSON)\", ", "", "'title' is needed in"),
        ("rules.yaml", "{like: missing-part}", "{like: no-such-rule}", "like 'no-such-rule'"),
        ("rules.yaml", "{like: missing-part}", "{label: {fr: x}}", "Rule 'geojson-member' lacks label, message"),
        ("rules.yaml", "geojson-type:", "{geojson-type:", "can't be read"),
    ],
)  # fmt: skip
def test_a_faulty_contract_is_refused_with_a_sentence(folder, name, before, after, sentence):
    spoil(folder, name, before, after)

    with pytest.raises(FormatFaulty, match=sentence):
        load_format_contract(folder)


def test_a_policy_may_speak_of_one_part_of_a_file(folder):
    spoil(folder, "policy.yaml", "geojson-type: block", "geojson-type: block\n  geometry.type.geojson-type: warn")

    assert load_format_contract(folder).policy["geometry.type.geojson-type"] == "warn"


def test_every_field_of_every_format_can_be_read():
    files = {one.name: one.settings.get("files", {}) for one in format_contracts()}
    groups = [said["fields"] for said in files["gtfs"].values() if "fields" in said]
    groups += [*files["ocpi"].values(), *files["gbfs"]["head"].values()]
    groups += [said["fields"] for known in files["gbfs"]["versions"].values() for said in known.values()]

    assert sum(len(fields_of(group)) for group in groups) > 200


@pytest.mark.parametrize("said", ["integer 0", "colour!!", "nothing", "id => stops.stop_id", "integer ="])
def test_a_field_that_is_miswritten_is_refused(said):
    with pytest.raises(ValueError, match="can't be read"):
        field_of("x", said)
