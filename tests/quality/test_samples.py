"""The Walloon standard's own files: today's municipal files pass, and what frictionless refuses is refused."""

import json
from collections import Counter
from pathlib import Path

import pytest

from ckanext.smartregion.quality.engine import check

SAMPLES = Path(__file__).resolve().parents[2] / "../shared/samples/tableschema/futurocite-stationnements-velos"

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the shared samples are not beside the checkout")

# Ours for theirs. A key that is double or empty in one column is told once; a blank row is skipped with a warning.
SAME = {"missing-cell": "missing-cell", "extra-cell": "extra-cell", "unique-error": "unique", "blank-row": "blank-row"}
KINDS = {"type": "type-error", "decimal-comma": "type-error"}


@pytest.mark.parametrize(
    ("name", "verdict", "rules"),
    [
        ("valide.csv", "publish", []),
        ("valide-cp1252-pointvirgule.csv", "publish with warnings", ["encoding-legacy"]),
        ("valide-excel-types.xlsx", "publish with warnings", ["number-in-text"]),
        ("entete-desordre.csv", "publish with warnings", ["column-order"]),
    ],
)
def test_valid_sample_passes(bicycles, name, verdict, rules):
    report = check(SAMPLES / name, bicycles)

    assert (report.verdict, [one.rule for one in report.findings]) == (verdict, rules)


def test_derived_invalid_sample_is_held_with_the_errors_of_frictionless(bicycles):
    report = check(SAMPLES / "invalide-derive.csv", bicycles)
    oracle = json.loads((SAMPLES / "attendu-frictionless-5.21.json").read_text(encoding="utf-8"))

    theirs = Counter(
        error["type"] for error in oracle["invalide-derive.csv"]["errors"] if error["type"] != "primary-key"
    )
    ours = Counter()
    for one in report.findings:
        ours[KINDS.get(one.rule) or {v: k for k, v in SAME.items()}.get(one.rule, "constraint-error")] += one.count
    assert report.verdict == "hold"
    assert ours == theirs


def test_derived_invalid_sample_names_the_same_rows(bicycles):
    report = check(SAMPLES / "invalide-derive.csv", bicycles)
    oracle = json.loads((SAMPLES / "attendu-frictionless-5.21.json").read_text(encoding="utf-8"))

    ours = {sample.line for one in report.findings for sample in one.samples}
    assert ours == {error["row"] for error in oracle["invalide-derive.csv"]["errors"]}
