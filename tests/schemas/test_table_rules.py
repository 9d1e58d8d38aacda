"""Rules of a contract: how they are written, and which are refused with a sentence."""

import pytest

from ckanext.smartregion.schemas.rules.kinds import kinds
from ckanext.smartregion.schemas.rules.lint import rule_faults
from ckanext.smartregion.schemas.rules.rule import Condition, Rule
from ckanext.smartregion.schemas.table_contracts import table_contracts

FIELDS = [
    {"name": name, "type": kind, **more}
    for name, kind, more in (
        ("start", "date", {}),
        ("end", "date", {}),
        ("seen", "datetime", {}),
        ("places", "integer", {}),
        ("price", "number", {}),
        ("status", "string", {"constraints": {"enum": ["planned", "done"]}}),
        ("code", "string", {}),
        ("lon", "number", {}),
        ("lat", "number", {}),
        ("point", "geojson", {}),
        ("open", "boolean", {}),
    )
]
ORDER = {"rule": "order", "id": "end-after-start", "columns": ["start", "end"]}
SIGN = {"column": "status", "plus": ["planned"], "minus": ["done"]}
TEXT = {"fr": "Non", "nl": "Nee", "de": "Nein", "en": "No"}

# One right entry per kind; lint says nothing about them.
RIGHT = [
    ORDER,
    {**ORDER, "strict": True, "when": {"column": "status", "in": ["done"]}, "message": TEXT},
    {**ORDER, "when": {"column": "open", "in": [True]}},
    {**ORDER, "when": {"column": "code", "filled": False}},
    {"rule": "compare", "id": "x", "column": "places", "is": "at-most", "to": "price", "factor": 1.1},
    {"rule": "compare", "id": "x", "column": "price", "is": "above", "to": 0},
    {"rule": "compare", "id": "x", "column": "end", "is": "above", "to": "start"},
    {"rule": "today", "id": "x", "column": "start", "is": "at-most", "days": -3},
    {"rule": "one-of", "id": "x", "columns": ["lon", "point"]},
    {"rule": "required-if", "id": "x", "column": "end", "when": {"column": "status", "in": ["done"]}},
    {"rule": "empty-if", "id": "x", "column": "end", "when": {"column": "status", "in": ["planned"]}},
    {"rule": "list-items", "id": "x", "column": "code", "items": ["a", "b"]},
    {"rule": "list-items", "id": "x", "column": "code", "separator": "|", "pattern": "[a-z]{3}"},
    {"rule": "list-items", "id": "x", "column": "code", "reference": "municipalities"},
    {"rule": "reference", "id": "x", "column": "code", "list": "energy-carrier", "valid_on": "seen"},
    {"rule": "check-digits", "id": "x", "column": "code", "scheme": "ean", "separator": ";"},
    {"rule": "opening-hours", "id": "x", "column": "code"},
    {"rule": "inside-municipality", "id": "x", "columns": ["lon", "lat"], "municipality": "code"},
    {"rule": "inside-municipality", "id": "x", "columns": ["point"], "municipality": "code", "tolerance_m": 50},
    {"rule": "k-anonymity", "id": "x", "column": "places", "masked": {"column": "status", "in": ["done"]}},
    {"rule": "sum", "id": "x", "columns": ["lon", "lat"], "is": "equal", "to": 100},
    {"rule": "non-decreasing", "id": "x", "columns": ["lon", "lat", "price"]},
    {"rule": "ratio", "id": "x", "column": "price", "over": ["lon", "lat"], "between": [0, 1]},
    {"rule": "ratio", "id": "x", "column": "price", "over": "lon", "between": [0, 1], "per_year": ["start", "end"]},
    {**ORDER, "columns": ["start", "seen"]},
    {"rule": "rounded", "id": "x", "column": "lon", "step": 0.01},
    {"rule": "duration", "id": "x", "columns": ["start", "end"], "days": [1825, 1828]},
    {"rule": "grid", "id": "x", "column": "seen", "step": "places"},
    {"rule": "no-overlap", "id": "x", "key": ["code"], "period": ["start", "end"]},
    {"rule": "balance", "id": "x", "group": ["code"], "column": "price", "sign": SIGN},
    {"rule": "foreign-key", "id": "x", "columns": ["code"], "contract": "charging-points", "to": ["evse_id"]},
]

WRONG = [
    ({"rule": "sorted", "id": "x"}, "there is no rule 'sorted'; there are order, compare"),
    ({**ORDER, "id": None}, "needs an 'id'"),
    ({**ORDER, "id": "End After"}, "needs an 'id'"),
    ({**ORDER, "id": ["x"]}, "needs an 'id'"),
    ({**ORDER, "id": "grid"}, "its id is the name of another rule"),
    ({**ORDER, "id": "required"}, "its id is the name of another rule"),
    ({**ORDER, "tolerance": 3}, "'tolerance' is no parameter of 'order', which takes columns, strict"),
    ({**ORDER, "strict": "yes"}, "strict must be true or false"),
    ({"rule": "order", "id": "x"}, "'columns' is missing: the columns in the order"),
    ({**ORDER, "columns": ["start", "finish"]}, "columns names 'finish', which is no field of the contract"),
    ({**ORDER, "columns": ["start"]}, "columns must name 2 columns"),
    ({**ORDER, "columns": ["start", "start"]}, "columns names 'start' twice"),
    ({**ORDER, "columns": "start"}, "columns must name columns in a list"),
    ({**ORDER, "columns": [["start"], "end"]}, "which is no field"),
    ({**ORDER, "columns": None}, "columns has no value"),
    ({**ORDER, "columns": ["code", "status"]}, "columns names 'code', a string; it takes date"),
    ({**ORDER, "columns": ["start", "places"]}, "start, places can't be compared with each other: date, number"),
    (
        {"rule": "duration", "id": "x", "columns": ["start", "seen"], "days": [1, 2]},
        "start, seen can't be compared with each other: date, datetime",
    ),
    ({"rule": "rounded", "id": "x", "column": "lon", "step": 0}, "step must be at least 1e-06"),
    ({**ORDER, "when": {"column": "status", "in": ["dune"]}}, "when lists 'dune', which 'status' never holds"),
    ({**ORDER, "when": {"column": "places", "in": ["1"]}}, "when lists '1', which is no integer"),
    ({**ORDER, "when": {"column": "code", "in": [5000]}}, "write texts between quotation marks"),
    ({**ORDER, "when": {"column": "price", "in": [1.5]}}, "when lists values of 'price', a number"),
    ({**ORDER, "when": {"column": "status", "is": "done"}}, "when is written"),
    ({**ORDER, "when": {"column": "state", "in": ["done"]}}, "when names 'state', which is no field"),
    ({**ORDER, "when": "always"}, "when is written"),
    ({**ORDER, "message": {"fr": "Non"}}, "message stands in fr, nl, de, en"),
    ({**ORDER, "message": {**TEXT, "en": "{count}"}}, "message is plain text"),
    ({"rule": "required-if", "id": "x", "column": "end"}, "'when' is missing"),
    ({"rule": "compare", "id": "x", "column": "places", "is": "less", "to": 3}, "is must be one of at-most"),
    ({"rule": "compare", "id": "x", "column": "end", "is": "above", "to": 3}, "to is a number, but 'end' holds a date"),
    ({"rule": "compare", "id": "x", "column": "end", "is": "above", "to": "start", "factor": 2}, "factor is a number"),
    ({"rule": "compare", "id": "x", "column": "places", "is": "above", "to": True}, "to must name a column"),
    ({"rule": "compare", "id": "x", "column": "places", "is": "above", "to": float("nan")}, "to must be a number"),
    ({"rule": "today", "id": "x", "column": "start", "is": "at-most", "days": 0.5}, "days must be a whole number"),
    ({"rule": "list-items", "id": "x", "column": "code"}, "give one of items, pattern, reference"),
    ({"rule": "list-items", "id": "x", "column": "code", "items": ["a"], "pattern": "a"}, "give one of items"),
    ({"rule": "list-items", "id": "x", "column": "code", "items": [1, 2]}, "write numbers between quotation marks"),
    ({"rule": "list-items", "id": "x", "column": "code", "items": ["a", "a"]}, "names one of them twice"),
    ({"rule": "list-items", "id": "x", "column": "code", "pattern": "(a+)+"}, "repetition inside a repetition"),
    ({"rule": "list-items", "id": "x", "column": "code", "items": ["a"], "separator": ""}, "separator must be a text"),
    (
        {"rule": "list-items", "id": "x", "column": "places", "items": ["a"]},
        "a integer; it takes string",
    ),
    ({"rule": "reference", "id": "x", "column": "code", "list": "towns"}, "'towns'; there are the lists"),
    (
        {"rule": "reference", "id": "x", "column": "code", "list": "place", "valid_on": "code"},
        "it takes date, datetime",
    ),
    (
        {"rule": "check-digits", "id": "x", "column": "code", "scheme": "isbn"},
        "scheme must be one of",
    ),
    ({"rule": "inside-municipality", "id": "x", "columns": ["lon"], "municipality": "code"}, "longitude first, or one"),
    (
        {"rule": "inside-municipality", "id": "x", "columns": ["lon", "point"], "municipality": "code"},
        "longitude first",
    ),
    (
        {"rule": "inside-municipality", "id": "x", "columns": ["point"], "municipality": "code", "tolerance_m": -1},
        "tolerance_m must be at least 0",
    ),
    ({"rule": "k-anonymity", "id": "x", "column": "places", "masked": {"column": "x"}}, "masked is written"),
    ({"rule": "ratio", "id": "x", "column": "price", "over": "lon", "between": [9, 1]}, "the lower first"),
    ({"rule": "ratio", "id": "x", "column": "price", "over": "lon", "between": [1]}, "must be two numbers"),
    ({"rule": "grid", "id": "x", "column": "seen", "step": 0}, "step must be at least 1"),
    ({"rule": "grid", "id": "x", "column": "seen", "step": "price"}, "names 'price', a number; it takes integer"),
    ({"rule": "balance", "id": "x", "group": ["code"], "column": "price", "sign": "status"}, "sign is written"),
    (
        {"rule": "balance", "id": "x", "group": ["code"], "column": "price", "sign": {**SIGN, "minus": ["planned"]}},
        "has a value on both sides",
    ),
    (
        {"rule": "foreign-key", "id": "x", "columns": ["code"], "contract": "https://example.org/x.json", "to": ["a"]},
        "never an address or a path",
    ),
    ({"rule": "foreign-key", "id": "x", "columns": ["code"], "contract": "../x", "to": ["a"]}, "never an address"),
    ({"rule": "foreign-key", "id": "x", "columns": ["code"], "contract": "x", "to": ["a", "b"]}, "as many columns"),
]


@pytest.mark.parametrize("entry", RIGHT, ids=lambda entry: entry["rule"])
def test_right_rule_is_accepted(entry):
    assert list(rule_faults([entry], FIELDS)) == []


@pytest.mark.parametrize(("entry", "sentence"), WRONG)
def test_wrong_rule_is_refused_with_a_sentence(entry, sentence):
    assert sentence in " ".join(rule_faults([entry], FIELDS))


def test_there_is_a_right_example_of_every_kind():
    assert {entry["rule"] for entry in RIGHT} == set(kinds())


def test_fault_names_the_rule_and_the_parameter():
    assert list(rule_faults([{**ORDER, "columns": ["start", "finish"]}], FIELDS)) == [
        "Rule 'end-after-start': columns names 'finish', which is no field of the contract."
    ]


def test_id_given_twice_is_refused():
    assert "Two rules have the id 'end-after-start'" in " ".join(rule_faults([ORDER, ORDER], FIELDS))


@pytest.mark.parametrize("entries", ["order", {"rule": "order"}, [["order"]], None])
def test_what_is_no_list_of_rules_is_refused(entries):
    assert list(rule_faults(entries, FIELDS)) == ["rules.yaml is a list of rules, each beginning with '- rule:'."]


@pytest.mark.parametrize("entry", RIGHT, ids=lambda entry: entry["rule"])
def test_rule_survives_being_written_and_read(entry):
    rule = Rule.from_dict(entry)

    assert Rule.from_dict(rule.to_dict()) == rule
    assert list(rule_faults([rule.to_dict()], FIELDS)) == []


def test_what_is_not_said_has_its_default():
    rule = Rule.from_dict(ORDER | {"when": {"column": "status", "in": ["done"]}})

    assert rule.parameters == {"columns": ["start", "end"], "strict": False}
    assert rule.when == Condition("status", values=("done",))
    assert rule.columns_read == ["start", "end", "status"]


def test_columns_of_a_rule_begin_with_the_one_a_finding_points_at():
    balance = {"rule": "balance", "id": "x", "group": ["code"], "column": "price", "sign": SIGN}

    assert Rule.from_dict(balance).columns == ["price"]
    assert Rule.from_dict(balance).columns_read == ["code", "price", "status"]


@pytest.mark.parametrize("kind", kinds().values(), ids=list(kinds()))
def test_example_of_a_kind_takes_only_what_the_kind_takes(kind):
    assert set(kind.example) <= set(kind.parameters) | {"when"}
    assert {one.name for one in kind.parameters.values() if one.needed} <= set(kind.example)


@pytest.mark.parametrize("contract", table_contracts(), ids=lambda contract: contract.name)
def test_foreign_keys_of_shipped_contracts_lead_to_columns_that_are_there(contract):
    columns = {one.name: one.field_names for one in table_contracts()}

    for rule in contract.rules:
        if rule.kind == "foreign-key":
            assert set(rule.parameters["to"]) <= set(columns[rule.parameters["contract"]])
