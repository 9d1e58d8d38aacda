"""The two examples of every contract: one is published, in the other each row breaks what it is there to break.

`broken_rows/<contract>.yaml` says for each row of invalid.csv, in their order, what it breaks: the rule and its column,
or the name that the rule has in the contract's rules.yaml. A row that is only there to be repeated breaks nothing.
"""

from pathlib import Path

import pytest
import yaml

from ckanext.smartregion.quality.engine import check
from ckanext.smartregion.schemas.table_contracts import table_contracts

MEANT = Path(__file__).parent / "broken_rows"
HEADER_LINES = 1


@pytest.fixture(params=table_contracts(), ids=lambda contract: contract.name)
def contract(request):
    return request.param


def meant(contract):
    """What each row breaks: a set of rules with their columns for each row."""
    rows = yaml.safe_load((MEANT / f"{contract.name}.yaml").read_text(encoding="utf-8"))
    return [set() if row == "nothing" else set(row.split(", ")) for row in rows]


def found(contract, report):
    """What the report says of each row of the file, as `meant` says it."""
    own = {rule.id for rule in contract.rules}
    rows = [set() for _ in range(report.file["rows"])]
    for one in report.findings:
        said = one.rule if one.rule in own or not one.column else f"{one.rule} {one.column}"
        for sample in one.samples:
            rows[sample.line - HEADER_LINES - 1].add(said)
    return rows


def test_valid_example_is_published_with_nothing_but_notes(contract):
    report = check(contract.example_valid, contract)

    assert (report.verdict, report.error) == ("publish", None)
    assert {one.severity for one in report.findings} <= {"note"}


def test_each_row_of_the_invalid_example_is_found_for_what_it_breaks(contract):
    report = check(contract.example_invalid, contract)

    assert report.verdict == "hold"
    assert found(contract, report) == meant(contract)


def test_every_rule_of_a_contract_is_broken_by_a_row_of_its_invalid_example(contract):
    """Keys of another table apart: alone, an example has nothing to be compared with."""
    own = {rule.id for rule in contract.rules if rule.kind != "foreign-key"}

    assert own - set().union(*meant(contract)) == set()
