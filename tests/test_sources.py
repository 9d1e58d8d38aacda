"""config/sources.yaml and config/roles.yaml: the demonstration is on, the real world is one command away."""

import csv
import re
from pathlib import Path

import pytest
import yaml
from croniter import croniter

from ckanext.smartregion import territory
from ckanext.smartregion.harvest.rules.contracts import promised
from ckanext.smartregion.harvesters import KINDS
from ckanext.smartregion.schemas import file_contract

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT / "../shared/reference/walloon_sources.csv"
NEEDED = {"name", "title", "kind", "url", "organization", "schedule", "enabled"}
ALLOWED = {"any_organization", "available", "options", "precedence"}

SOURCES = yaml.safe_load((ROOT / "config/sources.yaml").read_text(encoding="utf-8"))["sources"]
ACCOUNTS = yaml.safe_load((ROOT / "config/roles.yaml").read_text(encoding="utf-8"))["accounts"]
DEMO = [source for source in SOURCES if source["name"].startswith("demo-")]
REAL = [source for source in SOURCES if source not in DEMO]
PORTAL = {organization["name"]: organization for organization in territory.organizations()}


def names(sources):
    return [source["name"] for source in sources]


def test_there_are_three_demonstration_sources_and_all_are_on():
    assert len(DEMO) == 3
    assert all(source["enabled"] for source in DEMO)


def test_there_are_28_real_sources_and_all_are_off():
    assert len(REAL) == 28
    assert not any(source["enabled"] for source in REAL)


def test_names_are_unique():
    assert len(set(names(SOURCES))) == len(SOURCES)


@pytest.mark.parametrize("source", SOURCES, ids=names(SOURCES))
def test_source_says_all_that_is_needed_and_nothing_unknown(source):
    assert NEEDED <= source.keys() <= NEEDED | ALLOWED


@pytest.mark.parametrize("source", SOURCES, ids=names(SOURCES))
def test_schedule_can_be_read(source):
    assert croniter.is_valid(source["schedule"])


@pytest.mark.parametrize("source", SOURCES, ids=names(SOURCES))
def test_owner_has_an_organisation_in_the_portal(source):
    assert source["organization"] in PORTAL


@pytest.mark.parametrize("source", SOURCES, ids=names(SOURCES))
def test_source_is_available_exactly_when_its_kind_has_a_harvester(source):
    assert source.get("available", True) == (source["kind"] in KINDS)


@pytest.mark.parametrize("source", REAL, ids=names(REAL))
def test_real_source_is_pulled_at_night(source):
    hour = int(source["schedule"].split()[1])

    assert 0 <= hour < 6


def test_no_two_real_sources_start_together():
    starts = [source["schedule"] for source in REAL]

    assert len(set(starts)) == len(starts)


def test_each_real_source_says_in_a_comment_what_it_gives():
    text = (ROOT / "config/sources.yaml").read_text(encoding="utf-8")

    assert [name for name in names(REAL) if not re.search(rf"  # .+\n  - name: {name}\n", text)] == []


def test_who_makes_the_data_comes_before_who_republishes_them():
    said = {source["name"]: source.get("precedence", 50) for source in REAL}
    makers = ("namur", "liege", "mons", "tournai", "iweps", "metawal", "statbel", "tec-gtfs", "infrabel")
    republishers = ("odwb", "transportdata", "geobe", "be-mobility-gateway")

    assert max(said[name] for name in makers) < said["bep"] == said["ezybw"] < 50
    assert min(said[name] for name in republishers) > 50
    assert max(said, key=said.__getitem__) == "odwb"


def test_other_options_are_those_of_the_kind():
    for source in SOURCES:
        other = source.get("options", {}).keys() - {f"contract.{name}" for name in promised(source.get("options", {}))}
        known = {option.name for option in KINDS[source["kind"]].options} if other else set()
        assert other <= known, source["name"]


def test_contracts_that_sources_promise_exist():
    contracts = [contract for source in SOURCES for contract in promised(source.get("options", {})).values()]

    assert [file_contract(name).name for name in contracts] == contracts


@pytest.mark.skipif(not SHARED.exists(), reason="the list of real sources lies beside the checkout and is not here")
def test_owners_of_the_researched_list_are_those_of_the_file():
    with SHARED.open(encoding="utf-8", newline="") as file:
        researched = {row["source_id"]: territory.find(row["owner"]).owner.slug for row in csv.DictReader(file)}

    assert {source["name"]: source["organization"] for source in REAL} == researched


def test_every_role_has_an_account():
    roles = {"sysadmin", "steward", "referent", "organisation admin", "data officer", "citizen"}

    assert {account["role"] for account in ACCOUNTS} == roles


def test_neighbouring_officers_are_officers_of_one_municipality_each():
    officers = {account["name"]: account["organizations"] for account in ACCOUNTS if account["role"] == "data officer"}

    assert officers["officer-namur"] == ["namur"]
    assert officers["officer-gembloux"] == ["gembloux"]


def test_organisations_of_accounts_exist():
    named = [name for account in ACCOUNTS for name in account.get("organizations", [])]

    assert [name for name in named if name not in PORTAL] == []


def test_no_password_stands_in_the_file():
    assert [account for account in ACCOUNTS if account.keys() & {"password", "token", "apikey"}] == []
