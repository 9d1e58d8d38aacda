"""Whatever stands in a table: the rules over whole columns break exactly where those row by row do."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ckanext.smartregion.quality.examination.rules.gathering import surroundings
from ckanext.smartregion.quality.examination.rules.judging import KINDS, broken_rules
from ckanext.smartregion.schemas.rules.kinds import kinds
from ckanext.smartregion.schemas.rules.rule import Rule

from . import oracle

TODAY = dt.date(2026, 11, 26)
MOMENT = pl.Datetime("us", "Europe/Brussels")


def few(*values):
    """Few values, so that they meet; and nothing among them."""
    return st.sampled_from([*values, None])


def some(strategy):
    return st.one_of(st.none(), strategy)


whole = st.one_of(few(0, 1, 2, 3), some(st.integers(-(10**15), 10**15)))
number = st.one_of(
    few(0.0, 0.01, 1.0, 1.1, 3.0, 3.3),
    some(st.floats(-1e12, 1e12, allow_nan=False).map(lambda value: round(value, 6))),
)
cents = some(st.integers(-5000, 5000).map(lambda value: value / 100))
date = st.one_of(
    few(*(TODAY + dt.timedelta(days=days) for days in (-1, 0, 1))),
    some(st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1))),
)
START = dt.datetime(2026, 10, 24, tzinfo=dt.UTC)  # the day before the clocks go back
quarter = st.integers(0, 200).map(lambda quarters: START + quarters * dt.timedelta(minutes=15))
wide = st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2090, 1, 1), timezones=st.just(dt.UTC))
moment = some(st.one_of(quarter, wide))
around_start = few(*(START.date() + dt.timedelta(days=days) for days in range(4)))
clock = some(st.one_of(st.times(), st.sampled_from([dt.time(0, 0), dt.time(7, 15), dt.time(23, 45)])))
word = few("a", "b", "c", "")
digits = "0123456789"


def texts(alphabet, *known, least=0, most=20):
    return some(st.one_of(*map(st.just, known), st.text(alphabet, min_size=least, max_size=most)))


def numbers_of(length, prefix=""):
    """Digits of the right length: one in ninety-seven, or one in ten, matches by luck."""
    return st.text(digits, min_size=length, max_size=length).map(lambda text: prefix + text)


NIS = few("92094", "62063", "82003", "82005", "55022", "99999", "81001")
CODES = {
    "enterprise-number": st.one_of(
        numbers_of(9, "0"), st.sampled_from(["0207.312.952", "BE 0316 381 138", "be0316381138"])
    ),
    "ean": st.one_of(*(numbers_of(length) for length in (8, 12, 13, 14, 18, 10)), st.just("541448860003221348")),
    "cpv": st.one_of(numbers_of(9), st.sampled_from(["45112700-2", "72000000-5", "72000000-6", "72000000"])),
    "iban": st.one_of(
        numbers_of(14, "BE"), st.sampled_from(["BE68 5390 0754 7034", "GB82WEST12345698765432", "BE685390075470"])
    ),
    "national-number": st.one_of(numbers_of(11), st.sampled_from(["85.07.30-033.28", "17073003384"])),
}
HOURS = (
    "24/7",
    "Mo-Fr 08:00-18:00",
    "Mo-Fr 8h-18h",
    " Mo-Fr 08:00-18:00 ",
    "08:00-18:00; PH off",
    "sunrise-sunset",
    "ouvert",
)
lon, lat = st.floats(2.5, 6.6), st.floats(49.3, 51.0)
POINTS = some(st.tuples(lon, lat).map(lambda at: f'{{"type": "Point", "coordinates": [{at[0]}, {at[1]}]}}'))
PAIRS = some(st.tuples(lon, lat).map(lambda at: f"{at[0]},{at[1]}"))
INT, FLOAT, TEXT, DATE, BOOL = pl.Int64, pl.Float64, pl.String, pl.Date, pl.Boolean

# For rules that many things must come together to break: small values near each other, seldom nothing.
one_key = st.sampled_from(["x", "x", "x", "x", None])
digit = st.sampled_from([*range(10), None])
half = digit.map(lambda value: None if value is None else value / 2)
near_day = digit.map(lambda days: None if days is None else TODAY + dt.timedelta(days=days))
near_moment = digit.map(lambda hours: None if hours is None else START + dt.timedelta(hours=6 * hours))

# Per case: the rule, and the columns it reads with their types and what may stand in them.
CASES = [
    ({"rule": "order", "columns": ["a", "b"]}, {"a": (DATE, date), "b": (DATE, date)}),
    ({"rule": "order", "columns": ["a", "b"], "strict": True}, {"a": (MOMENT, moment), "b": (MOMENT, moment)}),
    ({"rule": "order", "columns": ["a", "b"]}, {"a": (INT, whole), "b": (INT, whole)}),
    ({"rule": "order", "columns": ["a", "b"]}, {"a": (MOMENT, moment), "b": (DATE, around_start)}),
    ({"rule": "order", "columns": ["a", "b"], "strict": True}, {"a": (DATE, around_start), "b": (MOMENT, moment)}),
    ({"rule": "order", "columns": ["a", "b"], "strict": True}, {"a": (pl.Time, clock), "b": (pl.Time, clock)}),
    *(
        (
            {"rule": "compare", "column": "a", "is": how, "to": "b", "factor": factor},
            {"a": (INT, whole), "b": (FLOAT, number)},
        )
        for how in ("at-most", "at-least", "below", "above", "equal")
        for factor in (1, 1.1)
    ),
    ({"rule": "compare", "column": "a", "is": "above", "to": 1.1}, {"a": (FLOAT, number)}),
    ({"rule": "compare", "column": "a", "is": "below", "to": 3}, {"a": (INT, whole)}),
    ({"rule": "compare", "column": "a", "is": "equal", "to": "b"}, {"a": (DATE, date), "b": (DATE, date)}),
    ({"rule": "today", "column": "a", "is": "at-most"}, {"a": (DATE, date)}),
    ({"rule": "today", "column": "a", "is": "at-least", "days": 1}, {"a": (DATE, date)}),
    ({"rule": "today", "column": "a", "is": "at-most", "days": -30}, {"a": (MOMENT, moment)}),
    ({"rule": "one-of", "columns": ["a", "b"]}, {"a": (TEXT, word), "b": (FLOAT, number)}),
    (
        {"rule": "required-if", "column": "a", "when": {"column": "b", "in": ["a", "b"]}},
        {"a": (INT, whole), "b": (TEXT, word)},
    ),
    (
        {"rule": "required-if", "column": "a", "when": {"column": "b", "in": [True]}},
        {"a": (INT, whole), "b": (BOOL, few(True, False))},
    ),
    (
        {"rule": "empty-if", "column": "a", "when": {"column": "b", "filled": False}},
        {"a": (INT, whole), "b": (TEXT, word)},
    ),
    ({"rule": "list-items", "column": "a", "items": ["a", "b b"]}, {"a": (TEXT, texts("ab; \t", "a; b b", "b b"))}),
    ({"rule": "list-items", "column": "a", "separator": "||", "pattern": "[a-c]{1,2}"}, {"a": (TEXT, texts("abcd| "))}),
    (
        {"rule": "list-items", "column": "a", "separator": "|", "reference": "municipalities"},
        {"a": (TEXT, some(st.lists(NIS.filter(bool), min_size=1, max_size=3).map("|".join)))},
    ),
    ({"rule": "reference", "column": "a", "list": "municipalities"}, {"a": (TEXT, NIS)}),
    (
        {"rule": "reference", "column": "a", "list": "municipalities", "valid_on": "b"},
        {"a": (TEXT, NIS), "b": (DATE, date)},
    ),
    (
        {"rule": "reference", "column": "a", "list": "municipalities", "valid_on": "b"},
        {"a": (INT, NIS.map(lambda nis: nis and int(nis))), "b": (MOMENT, moment)},
    ),
    ({"rule": "reference", "column": "a", "list": "agencies"}, {"a": (TEXT, few("bep", "idea", "BEP", "x"))}),
    ({"rule": "reference", "column": "a", "list": "energy-carrier"}, {"a": (TEXT, few("gas", "electricity", "x"))}),
    *(
        ({"rule": "check-digits", "column": "a", "scheme": scheme}, {"a": (TEXT, some(codes))})
        for scheme, codes in CODES.items()
    ),
    (
        {"rule": "check-digits", "column": "a", "scheme": "cpv", "separator": ";"},
        {"a": (TEXT, some(st.lists(CODES["cpv"], max_size=3).map("; ".join)))},
    ),
    ({"rule": "check-digits", "column": "a", "scheme": "iban"}, {"a": (TEXT, texts("BE0123456789 éßı.٣"))}),
    ({"rule": "opening-hours", "column": "a"}, {"a": (TEXT, texts("MoTuWe-:0123;, ", *HOURS))}),
    (
        {"rule": "inside-municipality", "columns": ["a", "b"], "municipality": "c"},
        {"a": (FLOAT, some(lon)), "b": (FLOAT, some(lat)), "c": (TEXT, NIS)},
    ),
    (
        {"rule": "inside-municipality", "columns": ["a"], "municipality": "c", "tolerance_m": 20_000},
        {"a": (TEXT, POINTS), "c": (TEXT, NIS)},
    ),
    (
        {"rule": "inside-municipality", "columns": ["a"], "municipality": "c", "tolerance_m": 0},
        {"a": (TEXT, PAIRS), "c": (TEXT, NIS)},
    ),
    ({"rule": "k-anonymity", "column": "a"}, {"a": (INT, whole)}),
    (
        {"rule": "k-anonymity", "column": "a", "threshold": "b", "masked": {"column": "c", "in": ["a"]}},
        {"a": (FLOAT, number), "b": (INT, whole), "c": (TEXT, word)},
    ),
    (
        {"rule": "k-anonymity", "column": "a", "masked": {"column": "c", "filled": True}},
        {"a": (INT, whole), "c": (TEXT, word)},
    ),
    *(
        (
            {"rule": "sum", "columns": ["a", "b"], "is": how, "to": "c"},
            {"a": (FLOAT, cents), "b": (FLOAT, cents), "c": (FLOAT, cents)},
        )
        for how in ("equal", "at-most", "at-least")
    ),
    (
        {"rule": "sum", "columns": ["a", "b"], "is": "equal", "to": 3, "within": 0},
        {"a": (INT, whole), "b": (INT, whole)},
    ),
    ({"rule": "non-decreasing", "columns": ["a", "b", "c"]}, dict.fromkeys("abc", (INT, whole))),
    (
        {"rule": "non-decreasing", "columns": ["a", "b", "c"]},
        {"a": (FLOAT, number), "b": (INT, whole), "c": (FLOAT, number)},
    ),
    ({"rule": "non-decreasing", "columns": ["a", "b", "c"]}, dict.fromkeys("abc", (DATE, date))),
    ({"rule": "ratio", "column": "a", "over": "b", "between": [-2, 3]}, {"a": (FLOAT, number), "b": (INT, whole)}),
    (
        {"rule": "ratio", "column": "a", "over": ["b", "c"], "per_year": ["d", "e"], "between": [10, 100]},
        {"a": (INT, digit), "b": (INT, digit), "c": (FLOAT, half), "d": (DATE, near_day), "e": (DATE, near_day)},
    ),
    (
        {"rule": "ratio", "column": "a", "over": "b", "per_year": ["d", "e"], "between": [0, 100]},
        {"a": (INT, whole), "b": (INT, digit), "d": (MOMENT, near_moment), "e": (MOMENT, near_moment)},
    ),
    ({"rule": "grid", "column": "a", "step": 15}, {"a": (MOMENT, moment)}),
    ({"rule": "grid", "column": "a", "step": "b"}, {"a": (MOMENT, moment), "b": (INT, few(-5, 0, 7, 60, 1440))}),
    ({"rule": "grid", "column": "a", "step": 15}, {"a": (pl.Time, clock)}),
    ({"rule": "rounded", "column": "a", "step": 0.01}, {"a": (FLOAT, st.one_of(number, cents, few(0.015, 4.8675)))}),
    ({"rule": "rounded", "column": "a", "step": 2}, {"a": (INT, digit)}),
    ({"rule": "duration", "columns": ["a", "b"], "days": [1, 2]}, {"a": (DATE, date), "b": (DATE, date)}),
    ({"rule": "duration", "columns": ["a", "b"], "days": [0, 0.5]}, {"a": (MOMENT, moment), "b": (MOMENT, moment)}),
    (
        {"rule": "no-overlap", "key": ["k"], "period": ["a", "b"]},
        {"k": (TEXT, few("x", "y")), "a": (DATE, near_day), "b": (DATE, near_day)},
    ),
    (
        {"rule": "no-overlap", "key": ["k"], "period": ["a", "b"]},
        dict.fromkeys("ab", (DATE, date)) | {"k": (TEXT, one_key)},
    ),
    (
        {"rule": "no-overlap", "key": ["k", "l"], "period": ["a", "b"]},
        {"k": (TEXT, one_key), "l": (INT, st.just(1)), "a": (INT, digit), "b": (INT, digit)},
    ),
    (
        {"rule": "no-overlap", "key": ["k"], "period": ["a", "b"]},
        {"k": (TEXT, one_key), "a": (FLOAT, half), "b": (FLOAT, half)},
    ),
    (
        {"rule": "no-overlap", "key": ["k"], "period": ["a", "b"], "when": {"column": "k", "filled": True}},
        {"k": (TEXT, one_key), "a": (MOMENT, near_moment), "b": (MOMENT, near_moment)},
    ),
    (
        {"rule": "balance", "group": ["k"], "column": "a", "sign": {"column": "c", "plus": ["a"], "minus": ["b", "c"]}},
        {"k": (TEXT, few("x", "y", "z")), "a": (FLOAT, cents), "c": (TEXT, word)},
    ),
    (
        {
            "rule": "balance",
            "group": ["k", "l"],
            "column": "a",
            "sign": {"column": "c", "plus": ["a"], "minus": ["b"]},
            "within": 5,
        },
        {"k": (TEXT, few("x")), "l": (INT, few(1, 2)), "a": (INT, whole), "c": (TEXT, word)},
    ),
    ({"rule": "foreign-key", "columns": ["a"], "contract": "other", "to": ["id"]}, {"a": (TEXT, word)}),
    (
        {"rule": "foreign-key", "columns": ["a", "b"], "contract": "other", "to": ["id", "at"]},
        {"a": (TEXT, word), "b": (DATE, date)},
    ),
    ({"rule": "foreign-key", "columns": ["a"], "contract": "own", "to": ["b"]}, {"a": (INT, whole), "b": (INT, whole)}),
]
PUBLISHED = {"other": pl.DataFrame({"id": ["a", "b", None], "at": [TODAY, TODAY, TODAY]})}


def name_of(case):
    return "-".join([case[0]["rule"], *case[1]])


@pytest.mark.parametrize(("said", "columns"), CASES, ids=map(name_of, CASES))
@given(data=st.data())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_whole_columns_break_a_rule_where_its_rows_do(said, columns, data):
    rule = Rule.from_dict({"id": "x", **said})
    row = st.fixed_dictionaries({name: values for name, (_, values) in columns.items()})
    rows = data.draw(st.lists(row, max_size=12))
    frame = pl.DataFrame(rows, schema={name: kind for name, (kind, _) in columns.items()}, orient="row")
    around = surroundings(frame, [rule], today=TODAY, contract="own", published=PUBLISHED)

    fast = {at for broken in broken_rules(frame, [rule], around) for at in broken.row_numbers}

    assert fast == oracle.broken(rule, rows, oracle.knowing(around, frame))


def test_every_kind_is_among_the_cases():
    assert {said["rule"] for said, _ in CASES} == set(kinds()) == set(KINDS)
