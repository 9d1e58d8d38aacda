"""What a signed exception does to findings and to the verdict that follows, and what it cannot excuse."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.smartregion.quality import waivers
from ckanext.smartregion.quality.policy import SEVERITIES, Verdict, verdict_of
from ckanext.smartregion.quality.rules import rules
from ckanext.smartregion.quality.waivers import (
    Waiver,
    applied,
    blocking,
    is_unreadable,
    key,
    may_be_waived,
    report_verdict,
    used,
)

DAY = dt.date(2027, 1, 31)
waiver_news = waivers.news


def finding(rule, column=None, severity="block", **more):
    return {"rule": rule, "column": column, "severity": severity, **more}


def waiver(rule, contract="bicycle-parking", **more):
    return Waiver("id", contract, rule, more.pop("until", DAY), "Dominique Lambert", "Le registre est ancien.", **more)


def excused(rule, finding, contract="bicycle-parking"):
    return applied([finding], contract, [waiver(rule)])[0]


def test_excused_finding_warns_and_says_by_whom_why_and_until_when():
    found = excused("ins_code.pattern", finding("pattern", "ins_code", count=3))

    assert found == finding("pattern", "ins_code", "warn", count=3) | {
        "waived": {
            "id": "id",
            "contract": "bicycle-parking",
            "rule": "ins_code.pattern",
            "until": "2027-01-31",
            "signed_by": "Dominique Lambert",
            "why": "Le registre est ancien.",
        }
    }


@pytest.mark.parametrize(
    "rule", ["postal_code.pattern", "ins_code.required", "required", "ins_code", "pattern.ins_code"]
)
def test_no_other_rule_is_excused(rule):
    assert excused(rule, finding("pattern", "ins_code"))["severity"] == "block"


def test_rule_without_a_column_is_meant_in_every_column_as_in_a_policy():
    assert excused("pattern", finding("pattern", "ins_code"))["severity"] == "warn"
    assert excused("pattern", finding("pattern", "postal_code"))["severity"] == "warn"


@pytest.mark.parametrize(
    ("days", "told", "news"),
    [
        (15, [], None),
        (14, [], "waiver-ends"),
        (0, [], "waiver-ends"),
        (7, ["waiver-ends"], None),
        (-1, ["waiver-ends"], "waiver-ended"),
        (-1, [], "waiver-ended"),
        (-5, ["waiver-ends", "waiver-ended"], None),
    ],
)
def test_end_of_an_exception_is_told_once_before_and_once_after(days, told, news):
    assert waiver_news(DAY + dt.timedelta(days=days), DAY, 14, told) == news


def test_without_days_ahead_only_the_end_itself_is_told():
    assert waiver_news(DAY, DAY, 0, []) is None
    assert waiver_news(DAY - dt.timedelta(days=1), DAY, 0, []) == "waiver-ended"


PROTECTED = [
    finding("personal-national-number", "note"),
    finding("personal-national-number", None),
    finding("ocpi-home", "location.parking_type"),
    finding("natural-person-unnamed", "beneficiary_name", fixed=True),
]


@pytest.mark.parametrize("told", PROTECTED, ids=key)
def test_what_protects_people_is_never_excused_nor_offered(told):
    for rule in (told["rule"], key(told)):
        assert excused(rule, told) == told
    assert blocking([told]) == []


@pytest.mark.parametrize("told", PROTECTED, ids=key)
def test_file_that_breaks_what_protects_people_can_be_read_and_so_keeps_its_contract(told):
    assert not is_unreadable(told)


@pytest.mark.parametrize("told", PROTECTED, ids=key)
def test_grace_withdraws_nothing_and_so_covers_what_protects_people_too(told):
    grace = Waiver(None, "bicycle-parking", key(told), DAY)

    assert applied([told], "bicycle-parking", [grace])[0]["severity"] == "warn"


def test_national_numbers_are_protected_whatever_the_contract():
    assert rules()["personal-national-number"]["protects"] == "people"


def test_exception_belongs_to_one_contract_and_the_description_has_none():
    assert excused("key", finding("key"), "charging-points")["severity"] == "block"
    assert excused("key", finding("key"), None)["severity"] == "block"
    of_description = [waiver("license_id.missing-field", contract=None)]
    assert applied([finding("missing-field", "license_id")], None, of_description)[0]["severity"] == "warn"


@pytest.mark.parametrize("rule", ["pdf", "encoding-mixed", "too-large", "unknown-header"])
def test_what_can_not_be_read_as_a_table_is_never_excused(rule):
    assert not may_be_waived(finding(rule))
    assert excused(rule, finding(rule))["severity"] == "block"


@pytest.mark.parametrize("severity", ["warn", "note"])
def test_what_does_not_block_needs_no_excuse(severity):
    given_one = finding("pattern", "ins_code", severity)

    assert excused("ins_code.pattern", given_one) == given_one


def body(**more):
    return {"verdict": "hold", "file": {"rows": 3}, "error": None, "truncated": False, **more}


def test_verdict_follows_from_what_is_left():
    rest = [finding("pattern", "ins_code", "warn")]

    assert report_verdict(body(), rest) is Verdict.WARN
    assert report_verdict(body(), [*rest, finding("key")]) is Verdict.HOLD


@pytest.mark.parametrize("more", [{"error": {"fr": "Trop long."}}, {"file": {"rows": None}}, {"truncated": True}])
def test_file_that_was_not_read_to_its_end_is_held_whatever_is_excused(more):
    assert report_verdict(body(**more), [finding("pattern", "ins_code", "warn")]) is Verdict.HOLD


findings = st.builds(
    finding, st.sampled_from(["pattern", "required", "key", "pdf"]), st.sampled_from([None, "a", "b"]),
    st.sampled_from(SEVERITIES),
)  # fmt: skip
waivers = st.builds(waiver, st.sampled_from(["pattern", "a.pattern", "key", "b.required", "pdf"]))


@given(st.lists(findings), st.lists(waivers), st.randoms())
def test_exceptions_only_ever_soften_what_they_name_and_their_order_does_not_matter(found, signed, random):
    after = applied(found, "bicycle-parking", signed)

    for old, new in zip(found, after, strict=True):
        named = any(one.rule in (old["rule"], key(old)) for one in signed)
        softened = old["severity"] == "block" and named and may_be_waived(old)
        assert new["severity"] == ("warn" if softened else old["severity"])
        assert ("waived" in new) == softened
    random.shuffle(signed)
    again = applied(found, "bicycle-parking", signed)
    assert verdict_of(one["severity"] for one in again) is verdict_of(one["severity"] for one in after)


def test_the_longest_signature_is_the_one_that_is_told_and_each_counts_once():
    short, long = waiver("a.pattern", until=DAY - dt.timedelta(days=9)), waiver("pattern")
    found = applied([finding("pattern", "a"), finding("pattern", "b")], "bicycle-parking", [short, long])

    assert used(found) == [long.to_dict()]
    assert Waiver.from_dict(long.to_dict()) == long
