"""A report that a data officer can use: order, words, and nothing that only a programmer reads."""

import json
import re
from dataclasses import asdict, replace

import pytest

from ckanext.smartregion.quality.engine import check
from ckanext.smartregion.quality.escaping import shown
from ckanext.smartregion.quality.policy import severity, verdict
from ckanext.smartregion.quality.report import fitted
from ckanext.smartregion.quality.rules import rules, words
from ckanext.smartregion.quality.terminal import render
from ckanext.smartregion.schemas.table_contracts import table_contracts
from ckanext.smartregion.schemas.vocabulary import LANGUAGES

KEYS = {
    "contract", "contract_version", "policy_version", "engine", "sha256", "verdict", "file", "counts", "findings",
    "truncated", "error", "until", "profile",
}  # fmt: skip


@pytest.fixture(scope="module", params=table_contracts(), ids=lambda contract: contract.name)
def report(request):
    return check(request.param.example_invalid, request.param)


def test_json_has_the_agreed_shape(report):
    told = report.to_dict()

    assert set(told) == KEYS
    assert set(told["file"]) == {"rows", "columns", "encoding", "delimiter", "bytes", "sheet"}
    assert set(told["counts"]) == {"rows", "valid_rows", "invalid_rows", "block", "warn", "note"}
    assert set(told["findings"][0]["samples"][0]) == {"cell", "line", "key", "value", "hint"}


def test_blocking_findings_come_first(report):
    order = [("block", "warn", "note").index(one.severity) for one in report.findings]

    assert order == sorted(order)


def test_counts_agree_with_the_findings(report):
    for level in ("block", "warn", "note"):
        assert report.counts[level] == sum(one.count for one in report.findings if one.severity == level)
    assert report.counts["rows"] == report.counts["valid_rows"] + report.counts["invalid_rows"]


def test_every_finding_is_told_whole_in_four_languages(report):
    for finding in report.findings:
        for text in (finding.label, finding.message, finding.expected, finding.fix):
            assert set(text) == set(LANGUAGES)
            assert all(text.values())
            assert not any("{" in sentence for sentence in text.values())


def test_no_regular_expression_is_shown(report):
    told = " ".join(one.expected[code] + one.message[code] for one in report.findings for code in LANGUAGES)

    assert not re.search(r"\[0-9\]|\\d|\{\d+,", told)


@pytest.mark.parametrize("language", LANGUAGES)
def test_terminal_shows_verdict_cell_and_remedy(report, language):
    text = render(report, language)

    assert words()["verdicts"]["hold"][language] in text
    assert all(one.fix[language] in text for one in report.findings)
    assert all(one.samples[0].cell in text for one in report.findings if one.samples)


def sentences():
    """Every text of every rule, the hints too."""
    told = [part for rule in rules().values() for part in (rule, rule.get("hints", {}))]
    return [text for part in told for name, text in part.items() if isinstance(text, dict) and name != "hints"]


def test_every_rule_and_word_stands_in_four_languages():
    maps = sentences()
    maps += [text for name, group in words().items() if name != "examples" for text in group.values()]

    assert all(tuple(text) == LANGUAGES and all(text.values()) for text in maps)


def test_same_places_are_filled_in_every_language():
    maps = sentences()

    assert all(len({tuple(sorted(set(re.findall(r"{\w+}", part)))) for part in text.values()}) == 1 for text in maps)


@pytest.mark.parametrize(
    ("severities", "rows", "failed", "expected"),
    [
        ([], 3, False, "publish"),
        (["note"], 3, False, "publish"),
        (["note", "warn"], 3, False, "publish with warnings"),
        (["warn", "block"], 3, False, "hold"),
        ([], 0, False, "hold"),
        ([], None, False, "hold"),
        ([], 3, True, "hold"),
    ],
)
def test_verdict_follows_from_severities_and_rows(severities, rows, failed, expected):
    assert verdict(severities, rows, failed) == expected


def test_policy_for_a_column_goes_before_policy_for_a_rule():
    policy = {"enum": "warn", "access.enum": "note"}

    assert [severity("enum", column, policy) for column in ("access", "hours")] == ["note", "warn"]


def test_no_policy_softens_a_rule_about_the_whole_file():
    assert severity("no-rows", None, {"no-rows": "note"}) == "block"


def test_long_value_is_cut():
    assert shown("x" * 500) == "x" * 200 + "…"


def length(report):
    return len(json.dumps([asdict(one) for one in report.findings], ensure_ascii=False).encode())


def test_report_within_the_limit_stays_whole(report):
    assert fitted(report, length(report)) is report


def test_report_beyond_the_limit_loses_samples_from_its_end_before_findings(report):
    without = [replace(one, samples=[]) for one in report.findings]
    limit = length(replace(report, findings=without)) + 50

    small = fitted(report, limit)

    assert length(small) <= limit + 2 * len(small.findings)
    assert [one.rule for one in small.findings] == [one.rule for one in report.findings]
    assert (small.truncated, small.findings[-1].samples, small.verdict) == (True, [], report.verdict)


def test_report_far_beyond_the_limit_keeps_its_first_findings(report):
    small = fitted(report, 2_000)

    assert 0 < len(small.findings) < len(report.findings)
    assert small.findings[0].rule == report.findings[0].rule
    assert (small.truncated, small.counts) == (True, report.counts)
