"""The Walloon standard's own files: today's municipal files pass, and what frictionless refuses is refused."""

import json
from collections import Counter
from pathlib import Path

import pytest

from ckanext.smartregion.quality.engine import check
from ckanext.smartregion.schemas.table_contracts import table_contract

SAMPLES = Path(__file__).resolve().parents[2] / "../shared/samples/tableschema"
FOLDERS = {
    "bicycle-parking": "futurocite-stationnements-velos",
    "disabled-parking": "futurocite-emplacements-PMR",
    "markets": "futurocite-marches",
    "public-equipment": "futurocite-equipements-collectifs",
}

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the shared samples are not beside the checkout")

# Ours for theirs. A key that is double or empty in one column is told once; a blank row is skipped with a warning.
SAME = {"missing-cell": "missing-cell", "extra-cell": "extra-cell", "unique": "unique-error", "blank-row": "blank-row"}
KINDS = {"type": "type-error", "decimal-comma": "type-error"}
# We tell these of the row, whichever column happens to be its last.
OF_ROWS = {"missing-cell", "extra-cell", "blank-row"}


@pytest.fixture(params=FOLDERS)
def standard(request):
    """A contract that keeps a Walloon standard, and the folder of the standard's files."""
    return table_contract(request.param), SAMPLES / FOLDERS[request.param]


def expected(folder, name):
    """What frictionless says of a file of the standard."""
    return json.loads((folder / "attendu-frictionless-5.21.json").read_text(encoding="utf-8"))[name]["errors"]


def is_ours(one, contract):
    """Whether a finding is of a rule that the standard does not know."""
    return one.rule in {rule.id for rule in contract.rules}


CLEAN = [("valide.csv", []), ("entete-desordre.csv", ["column-order"])]
OFFICE = [("valide-cp1252-pointvirgule.csv", ["encoding-legacy"]), ("valide-excel-types.xlsx", ["number-in-text"])]


@pytest.mark.parametrize(
    ("contract_name", "name", "rules"),
    [(contract, *file) for contract in FOLDERS for file in CLEAN]
    + [(contract, *file) for contract in ("bicycle-parking", "disabled-parking") for file in OFFICE],
)
def test_a_file_valid_under_the_standard_passes(contract_name, name, rules):
    contract, folder = table_contract(contract_name), SAMPLES / FOLDERS[contract_name]
    report = check(folder / name, contract)

    assert report.verdict != "hold"
    assert sorted({one.rule for one in report.findings if not is_ours(one, contract)}) == rules
    assert {one.severity for one in report.findings} <= {"warn", "note"}


def test_the_derived_file_is_held_with_the_errors_of_frictionless(standard):
    contract, folder = standard
    report = check(folder / "invalide-derive.csv", contract)

    theirs = Counter(
        (error["type"], error["row"], None if error["type"] in OF_ROWS else error["field"])
        for error in expected(folder, "invalide-derive.csv")
        if error["type"] != "primary-key"
    )
    ours = Counter(
        (KINDS.get(one.rule) or SAME.get(one.rule, "constraint-error"), sample.line, one.column)
        for one in report.findings
        for sample in one.samples
        if not is_ours(one, contract)
    )
    assert report.verdict == "hold"
    assert ours == theirs
