"""A contract's own rules in the report: where they are broken, what is said of it, what is tolerated, until when."""

import dataclasses
import datetime as dt
import json

import pytest

from ckanext.smartregion.quality.engine import check
from ckanext.smartregion.quality.examination.examine import Examination
from ckanext.smartregion.quality.examination.limits import Limits
from ckanext.smartregion.quality.examination.own_rules import OwnRules
from ckanext.smartregion.quality.policy import severity
from ckanext.smartregion.quality.report import Report
from ckanext.smartregion.quality.terminal import render
from ckanext.smartregion.schemas.rules.rule import Rule

from .conftest import HEADER, ROW

TODAY = dt.date(2026, 11, 26)
IN_FORCE = {"rule": "reference", "id": "municipality-in-force", "column": "ins_code", "list": "municipalities"}
NOT_LATER = {"rule": "today", "id": "not-later", "column": "updated_at", "is": "at-most"}
STRONG = {"rule": "compare", "id": "strong-enough", "column": "power_kw", "is": "at-least", "to": 10}
PHONE = {
    "rule": "required-if",
    "id": "phone-for-the-public",
    "column": "support_phone",
    "when": {"column": "access", "in": ["public"]},
}
STATION = {"rule": "foreign-key", "id": "known", "columns": ["evse_id"], "contract": "parking-static", "to": ["id"]}


@pytest.fixture
def told(charging, write):
    """Check rows against charging points with rules of its own, and give the report."""

    def report(rules, *rows, header=HEADER, tolerance=None, policy=None, **options):
        contract = dataclasses.replace(
            charging, rules=[Rule.from_dict(rule) for rule in rules], tolerance=tolerance or {}, policy=policy or {}
        )
        content = "\n".join([header, *rows]) + "\n"
        return check(write(content), contract, today=TODAY, **options)

    return report


def row(at, **cells):
    values = dict(zip(HEADER.split(","), ROW.split(","), strict=True))
    return ",".join((values | {"evse_id": f"BE*EXA*E{at:06}"} | cells).values())


def own(report):
    return [one for one in report.findings if one.kind]


def test_broken_rule_is_told_with_cell_line_key_value_and_what_more_there_is_to_say(told):
    report = told([IN_FORCE], row(1), row(2, ins_code="55022"))

    [finding] = own(report)
    [sample] = finding.samples
    assert (finding.rule, finding.kind, finding.column) == ("municipality-in-force", "reference", "ins_code")
    assert (finding.severity, finding.count, report.verdict) == ("block", 1, "hold")
    assert (sample.cell, sample.line, sample.key, sample.value) == ("E3", 3, "BE*EXA*E000002", "55022")
    assert sample.hint["en"] == "Former code; since 2019-01-01 it is 58001 (La Louvière)."
    assert finding.expected["en"] == "A code of the list of municipalities, in force on the day of the check."
    assert sample.hint["fr"] in render(report, "fr")


def test_row_that_breaks_several_rules_counts_once(told):
    report = told([STRONG, NOT_LATER], row(1, power_kw="3", updated_at="2027-01-01", hours=""), row(2))

    assert report.counts["block"] == 3
    assert (report.counts["rows"], report.counts["invalid_rows"]) == (2, 1)


def test_rule_that_is_only_noted_makes_no_row_invalid(told):
    report = told([STRONG], row(1, power_kw="3"), policy={"strong-enough": "note"})

    assert (report.verdict, report.counts["invalid_rows"]) == ("publish", 0)


def test_cell_of_the_wrong_type_is_not_called_empty_too(told):
    rule = {**PHONE, "id": "price-for-the-public", "column": "price_kwh"}
    header = f"{HEADER},price_kwh"

    report = told([rule], f"{row(1)},free", f"{row(2)},", f"{row(3)},0.40", header=header)

    assert [
        (one.rule, [sample.line for sample in one.samples]) for one in report.findings if one.severity == "block"
    ] == [
        ("type", [2]),
        ("price-for-the-public", [3]),
    ]


def test_column_that_the_file_lacks_is_empty_in_every_row(told):
    report = told([PHONE], row(1), row(2), row(3, access="restricted"))

    [finding] = own(report)
    assert finding.count == 2
    assert finding.message["en"] == ("Column “Help line”: the value is missing, although “Access” is Public (2×).")


def test_contract_may_say_a_rule_in_its_own_words(told):
    message = {"fr": "Trop faible.", "nl": "Te zwak.", "de": "Zu schwach.", "en": "Too weak."}

    [finding] = own(told([{**STRONG, "message": message}], row(1, power_kw="3")))

    assert finding.message == message
    assert finding.expected["en"] == "“Power (kW)”: at least 10."


def test_key_of_another_table_is_only_noted_where_nobody_looked(told):
    report = told([STATION], row(1))

    [finding] = [one for one in report.findings if one.rule == "not-looked-up"]
    assert (finding.severity, finding.samples, report.verdict) == ("note", [], "publish")
    assert finding.message["en"].startswith("The key (“Charging point identifier”) was not checked:")


def test_key_of_a_published_table_is_looked_up(told, charging, tmp_path):
    published = tmp_path / "published.csv"
    check(charging.example_valid, charging, typed=published)
    rule = {**STATION, "contract": "charging-points", "columns": ["station_id"], "to": ["evse_id"]}
    rows = row(1), row(2, station_id="BE*EXA*E000003")

    report = told([{**rule, "id": "known-elsewhere"}], *rows)
    elsewhere = dataclasses.replace(charging, name="other", rules=[Rule.from_dict(rule)], policy={})
    (tmp_path / "rows.csv").write_text("\n".join([HEADER, *rows]), encoding="utf-8")
    other = check(tmp_path / "rows.csv", elsewhere, today=TODAY, published={"charging-points": [published]})

    assert [one.count for one in own(report)] == [2]  # a key of its own contract is looked up in the file itself
    assert [sample.line for sample in own(other)[0].samples] == [2]


def test_tolerated_share_of_rows_makes_a_warning_of_a_block_and_says_so(told):
    rows = [row(at) for at in range(1, 100)] + [row(100, hours="")]

    report = told([], *rows, tolerance={"hours.required": 0.01})

    [finding] = [one for one in report.findings if one.rule == "required"]
    assert (finding.severity, report.verdict) == ("warn", "publish with warnings")
    assert (finding.tolerated["share"], finding.tolerated["limit"]) == (0.01, 0.01)
    assert finding.tolerated["text"] == {
        "fr": "Toléré\u00a0: 1\u00a0% des lignes, le modèle en admet 1\u00a0%.",
        "nl": "Aanvaard: 1 % van de rijen, het model laat 1 % toe.",
        "de": "Geduldet: 1 % der Zeilen, die Vorlage lässt 1 % zu.",
        "en": "Tolerated: 1% of the rows; the model allows 1%.",
    }
    assert (report.counts["warn"], report.counts["block"], report.counts["invalid_rows"]) == (1, 0, 1)
    assert "Tolerated: 1% of the rows" in render(report, "en")


def test_one_row_more_than_tolerated_blocks(told):
    rows = [row(at) for at in range(1, 99)] + [row(99, hours=""), row(100, hours="")]

    report = told([], *rows, tolerance={"hours.required": 0.01})

    assert (report.verdict, report.findings[0].tolerated) == ("hold", None)


def test_tolerance_holds_for_a_rule_of_the_contract_too(told):
    rows = [row(1, power_kw="3"), row(2), row(3)]

    assert told([STRONG], *rows, tolerance={"strong-enough": 0.5}).verdict == "publish with warnings"
    assert told([STRONG], *rows, tolerance={"power_kw.strong-enough": 0.3}).verdict == "hold"


def test_policy_may_speak_of_a_rule_by_column_by_id_or_by_kind():
    policies = [{"end.late": "note"}, {"late": "note"}, {"end.order": "note"}, {"order": "note"}]

    assert [severity("late", "end", policy, "order") for policy in policies] == ["note"] * 4
    assert severity("late", "end", {"late": "warn", "order": "note"}, "order") == "warn"
    assert severity("late", "end", {}, "order") == "block"


def test_report_says_on_which_day_the_same_file_may_be_judged_otherwise(told):
    report = told([NOT_LATER], row(1, updated_at="2026-12-24"), row(2, updated_at="2027-01-31"), row(3))

    assert (report.verdict, report.until) == ("hold", "2026-12-24")
    assert Report.from_dict(json.loads(json.dumps(report.to_dict()))) == report
    assert told([NOT_LATER], row(1)).until is None


def test_date_that_must_lie_ahead_turns_wrong_by_itself(told):
    ahead = {**NOT_LATER, "id": "ahead", "is": "at-least", "days": 7}

    report = told([ahead], row(1, updated_at="2026-12-24"))

    assert (report.verdict, report.until) == ("publish", "2026-12-18")


def test_day_without_an_end_never_turns_wrong(told):
    ahead = {**NOT_LATER, "id": "ahead", "is": "at-least"}

    report = told([ahead], row(1, updated_at="9999-12-31"))

    assert (report.verdict, report.error, report.until) == ("publish", None, None)


def test_rules_hold_on_every_line_of_a_file_with_cells_of_several_lines(told):
    report = told([STRONG], row(1, station_name='"Gare\ndu Nord"'), row(2, power_kw="3"))

    assert (own(report)[0].samples[0].cell, own(report)[0].samples[0].line) == ("I3", 4)


def test_both_paths_tell_the_same_of_a_contracts_own_rules(charging, write):
    """Blank rows, cells of several lines, wrong types and double keys between what the rules speak of."""
    rows = [row(1, station_name='"Gare\ndu Nord"'), "", row(2, power_kw="3"), ",,,", "", row(3, power_kw="x")]
    rows += [row(3, updated_at="2027-01-01"), row(4, ins_code="55022", hours=""), row(5, access="no", power_kw="4")]
    path = write("\n".join([HEADER, *rows]) + "\n")
    needs = {**PHONE, "id": "power-for-the-public", "column": "power_kw"}
    apart = {"rule": "no-overlap", "id": "apart", "key": ["operator"], "period": ["updated_at", "in_service"]}
    rules = [STRONG, NOT_LATER, IN_FORCE, PHONE, needs, apart]

    outcomes = [
        Examination(
            path, charging.schema, {}, Limits(), compiled=compiled, own=OwnRules("x", rules, TODAY.isoformat())
        ).run()
        for compiled in (True, False)
    ]

    assert outcomes[0] == outcomes[1]
    strong, later = (one for one in outcomes[0]["findings"] if one["rule"] in ("strong-enough", "not-later"))
    assert [(one["cell"], one["line"]) for one in strong["samples"]] == [("I4", 5), ("I10", 11)]
    assert [(one["cell"], one["line"]) for one in later["samples"]] == [("M8", 9)]
    assert outcomes[0]["counts"] == {"rows": 6, "valid_rows": 0, "invalid_rows": 6}
    assert not [one for one in outcomes[0]["findings"] if one["rule"] == "power-for-the-public"]
