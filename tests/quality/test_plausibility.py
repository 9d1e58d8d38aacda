"""A new version beside the published one: what is told, with which figures, and what is left alone."""

import copy
import random
from dataclasses import replace

import pytest

from ckanext.smartregion.quality.plausibility import confirmed, distance, implausible, shift
from ckanext.smartregion.quality.rules import rules
from ckanext.smartregion.schemas.table_contracts import table_contract
from ckanext.smartregion.schemas.table_plausibility import QUANTILES, limits
from ckanext.smartregion.schemas.vocabulary import LANGUAGES

CONTRACT = replace(table_contract("charging-points"), policy={}, plausibility={})
POWERS = [11.0, 11.0, 11.0, 11.0, 22.0, 22.0, 22.0, 22.0, 50.0, 50.0, 150.0]
FORMER = {
    "rows": 2000,
    "columns": {
        "power_kw": {"filled": 2000, "sum": 60_000.0, "quantiles": POWERS},
        "access": {"filled": 2000, "counts": {"public": 1800, "restricted": 200}},
        "payment": {"filled": 1900},
    },
    "boxes": {"lon": [4.7, 50.4, 5.0, 50.5]},
}


def compare(policy=None, said=None, former=FORMER, **changes):
    """The findings on a version in which ``rows``, ``boxes`` or parts of columns are other ones."""
    new = copy.deepcopy(former)
    for name, value in changes.items():
        new["columns"][name] = new["columns"][name] | value if name in new["columns"] else None
        if name in new:
            new[name] = value
            del new["columns"][name]
    return implausible(new, former, replace(CONTRACT, policy=policy or {}, plausibility=said or {}))


def told(**changes):
    return [(one["rule"], one["column"]) for one in compare(**changes)]


def sentence(language="en", **changes):
    [finding] = compare(**changes)
    return finding["message"][language].replace("\u00a0", " ").replace("\u202f", " ")


def test_same_version_is_plausible():
    assert compare() == []


def test_lost_rows_are_told_with_the_figures_in_four_languages():
    assert sentence(rows=1250) == "1,250 rows instead of 2,000: 38 % fewer."
    assert sentence("fr", rows=1250) == "1 250 lignes au lieu de 2 000 : 38 % de moins."
    assert sentence("nl", rows=1250) == "1.250 rijen in plaats van 2.000: 38 % minder."
    assert sentence("de", rows=1250) == "1.250 Zeilen statt 2.000: 38 % weniger."


@pytest.mark.parametrize(("rows", "expected"), [(1400, []), (1399, [("rows-lost", None)]), (4000, [])])
def test_over_thirty_percent_is_too_much_and_more_rows_are_not(rows, expected):
    columns = {name: {"filled": rows} for name in ("payment", "access")}

    assert [one for one in told(rows=rows, **columns) if one[0] == "rows-lost"] == expected


def test_area_that_moves_is_told_with_how_far():
    assert sentence(boxes={"lon": [4.7, 50.4, 5.0, 51.5]}) == (
        "The places lie in another area: longitude 4.7 to 5, latitude 50.4 to 51.5; before: longitude 4.7 to 5, "
        "latitude 50.4 to 50.5. One side has moved by 111 km."
    )
    assert told(boxes={"lon": [50.4, 4.7, 50.5, 5.0]}) == [("box-moved", "lon")], "latitude for longitude"
    assert told(boxes={"lon": [4.71, 50.4, 5.0, 50.51]}) == []


def test_sum_that_doubles_is_told():
    assert sentence(power_kw={"sum": 120_000.0}) == (
        "The sum of “Power (kW)” is 120,000 instead of 60,000: 2 times as much."
    )
    assert told(power_kw={"sum": 119_000.0}) == []


def test_column_that_empties_is_told():
    assert sentence(payment={"filled": 200}) == "“Means of payment” is empty in 90 % of the rows instead of 5 %."


def test_shares_of_listed_values_are_compared_by_total_variation():
    assert distance({"a": 50, "b": 50}, {"a": 90, "b": 10}) == pytest.approx(0.4)
    assert sentence(access={"counts": {"public": 1000, "restricted": 1000}}) == (
        "“Access” is “Public” in 50 % of the filled rows instead of 90 %. In all, 40 % of the values are shared out "
        "otherwise."
    )


def test_values_are_compared_by_the_shift_of_their_deciles():
    assert shift([value + 22 for value in POWERS], POWERS) == pytest.approx(22 / 39)
    assert told(power_kw={"quantiles": [value * 1000 for value in POWERS]}) == [("values-shifted", "power_kw")]
    assert told(power_kw={"quantiles": [value + 5 for value in POWERS]}) == []


@pytest.mark.parametrize("former", [[0.0] * 11, [7.0] * 11, [0.0] * 10 + [9.0]])
def test_values_that_were_nearly_all_the_same_are_compared_too(former):
    assert shift(former, former) == 0
    assert shift([value + 50 for value in former], former) > 0.5


def test_few_rows_are_not_compared():
    former = copy.deepcopy(FORMER)
    former["rows"] = 29

    assert compare(former=former, rows=1, boxes={"lon": [0.0, 0.0, 1.0, 1.0]}) == []


def test_chance_raises_no_alarm():
    """Two samples of one and the same table, however small: a false alarm must be rare."""
    draw, alarms = random.Random(8), 0
    for _ in range(300):
        rows = draw.choice([30, 40, 80])
        former, new = sampled(draw, rows), sampled(draw, rows)
        alarms += bool(implausible(new, former, CONTRACT))

    assert alarms <= 3


def sampled(draw, rows):
    """The profile of some rows with normal values and fifteen choices of one probability."""
    values = sorted(draw.gauss(100, 20) for _ in range(rows))
    kinds = [str(draw.randrange(15)) for _ in range(rows)]
    quantiles = [values[round(share * (rows - 1))] for share in QUANTILES]
    return {
        "rows": rows,
        "columns": {
            "power_kw": {"filled": rows, "sum": sum(values), "quantiles": quantiles},
            "access": {"filled": rows, "counts": {str(at): kinds.count(str(at)) for at in range(15)}},
        },
        "boxes": {},
    }


def test_policy_says_how_severe_it_is_and_how_far_is_too_far():
    severities = {"power_kw.sum-grown": "block", "sum-grown": "note"}
    [finding] = compare(severities, power_kw={"sum": 120_000.0})

    assert (finding["severity"], finding["count"]) == ("block", 0)
    assert told(said={"rows-lost": 0.5}, rows=1250) == []
    assert told(said={"power_kw.sum-grown": 1.5}, power_kw={"sum": 91_000.0}) == [("sum-grown", "power_kw")]


def test_confirmation_turns_what_holds_into_a_warning_that_says_who_and_why():
    said = {"signed_by": "Nadia Collard", "why": "Démontées.", "since": "2026-03-01T10:00:00+00:00"}
    findings = compare({"rows-lost": "block"}, rows=1000, power_kw={"sum": 120_000.0})

    lifted = confirmed(findings, said)

    assert [one["severity"] for one in findings] == ["block", "warn"]
    assert [(one["severity"], one.get("confirmed")) for one in lifted] == [("warn", said), ("warn", None)]
    assert confirmed(findings, None) == findings


def test_every_rule_that_compares_has_its_words_and_its_figure():
    told = set(limits()) - {"least-rows"}

    assert told <= set(rules())
    assert all(set(rules()[rule]["message"]) == set(LANGUAGES) and rules()[rule]["severity"] == "warn" for rule in told)
