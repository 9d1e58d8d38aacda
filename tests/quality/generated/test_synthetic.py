"""Made-up tables: valid under every contract, of any length, the same for the same seed."""

import dataclasses
import datetime as dt
from itertools import islice

import pytest

from ckanext.smartregion.quality.engine import check
from ckanext.smartregion.quality.generated.keeping import KEEPERS
from ckanext.smartregion.quality.generated.patterns import text_at, texts_of
from ckanext.smartregion.quality.generated.synthetic import RulesContend, valid, valid_csv
from ckanext.smartregion.schemas.rules.kinds import kinds
from ckanext.smartregion.schemas.rules.rule import Rule

DAY = dt.date(2026, 11, 26)
ROWS = 50


@pytest.mark.parametrize("seed", [0, 1])
def test_made_up_file_passes_the_gate_without_a_warning(contract, seed, tmp_path):
    path = tmp_path / "made.csv"
    path.write_text("".join(valid_csv(contract, ROWS, seed, on=DAY)), encoding="utf-8")

    report = check(path, contract, today=DAY)

    assert report.file["rows"] == ROWS
    told = [
        (one.rule, one.column, one.count, one.samples[0].value if one.samples else None)
        for one in report.findings
        if one.severity != "note"
    ]
    assert (report.verdict, told) == ("publish", [])


def test_made_up_rows_fill_every_column_and_are_not_all_alike(contract):
    columns = list(zip(*valid(contract, 200, on=DAY), strict=True))

    assert [name for name, cells in zip(contract.field_names, columns, strict=True) if not any(cells)] == []
    assert sum(len(set(cells)) > 1 for cells in columns) >= len(columns) / 2


def test_same_seed_and_day_give_the_same_rows_and_another_seed_others(contract):
    rows = list(valid(contract, 20, 7, on=DAY))

    assert list(valid(contract, 20, 7, on=DAY)) == rows
    assert list(valid(contract, 20, 8, on=DAY)) != rows


def test_rows_are_made_one_after_another(charging):
    assert len(list(islice(valid(charging, 10**9, on=DAY), 3))) == 3


def test_key_is_never_repeated(contract):
    at = [contract.field_names.index(name) for name in contract.key]
    keys = [tuple(row[one] for one in at) for row in valid(contract, 3000, on=DAY)]

    assert len(set(keys)) == len(keys)


def test_codes_of_many_municipalities_are_met(charging):
    at = charging.field_names.index("ins_code")

    assert len({row[at] for row in valid(charging, 500, on=DAY)}) > 150


@pytest.mark.parametrize(
    "pattern", ["[0-9]{2}", "[A-C]?x{1,3}", "(a|bc)-[^a-y]", r"\d|[+*]z", "[01][0-9](;[01])*", "AG-[A-Za-z0-9-]{1,47}"]
)
def test_every_number_has_its_own_text_until_all_are_met(pattern):
    numbers = range(min(texts_of(pattern), 5000))

    assert len({text_at(pattern, number) for number in numbers}) == len(numbers)


def test_rules_that_contradict_each_other_are_told_and_make_no_row(charging):
    rules = [
        Rule.from_dict({"rule": "compare", "id": one, "column": "power_kw", "is": one, "to": 10})
        for one in ("above", "below")
    ]

    with pytest.raises(RulesContend, match=r"charging-points.* power_kw"):
        list(valid(dataclasses.replace(charging, rules=rules), 1, on=DAY))


def test_every_kind_of_rule_is_kept():
    """Balances are kept from row to row, periods are apart because their keys are."""
    assert set(kinds()) - set(KEEPERS) == {"balance", "no-overlap"}


def test_pattern_with_a_look_around_is_refused():
    with pytest.raises(ValueError, match="part of the pattern"):
        text_at("a(?=b)", 1)
