"""Made-up faulty tables: one for every rule of a contract, and a check finds that rule and no other.

`unavoidable.yaml` lists what a fault brings along because the contract leaves no way out.
"""

import datetime as dt
from pathlib import Path

import pytest
import yaml

from ckanext.smartregion.quality.examination.examine import Examination
from ckanext.smartregion.quality.examination.limits import Limits
from ckanext.smartregion.quality.examination.own_rules import OwnRules
from ckanext.smartregion.quality.generated.breaking import BREAKERS
from ckanext.smartregion.quality.generated.faulty import ROWS, Fault, faults, invalid, invalid_csv
from ckanext.smartregion.quality.generated.overstepping import limits
from ckanext.smartregion.quality.generated.synthetic import RulesContend, valid, valid_csv
from ckanext.smartregion.schemas import table_contract, table_contracts
from ckanext.smartregion.schemas.rules.kinds import kinds

DAY = dt.date(2026, 11, 26)
UNAVOIDABLE = yaml.safe_load(Path(__file__).with_name("unavoidable.yaml").read_text(encoding="utf-8"))
LED_ELSEWHERE = [
    (one.name, rule.id, rule.parameters["contract"])
    for one in table_contracts()
    for rule in one.rules
    if rule.kind == "foreign-key" and rule.parameters["contract"] != one.name
]


def examined(contract, text, folder, published=None, typed=None):
    """What a check finds in a text, as faults are written."""
    path = folder / f"{contract.name}.csv"
    path.write_text(text, encoding="utf-8")
    rules = [rule.to_dict() for rule in contract.rules]
    own = OwnRules(contract.name, rules, DAY.isoformat(), published, contract.personal)
    outcome = Examination(path, contract.schema, contract.policy, Limits(), own=own).run(typed)
    ids = {rule.id for rule in contract.rules}
    return {str(Fault(one["rule"], None if one["rule"] in ids else one["column"])) for one in outcome["findings"]}


def looked_at(contract):
    """The contract's own rules, its key, what its policy names, and one column for each kind of limit."""
    kinds_met, led = set(), {rule for name, rule, _ in LED_ELSEWHERE if name == contract.name}
    for fault in faults(contract):
        named = f"{fault.column}.{fault.rule}" in contract.policy
        if fault.rule not in led and (not fault.column or named or fault.rule not in kinds_met):
            yield fault
        kinds_met.add(fault.rule if fault.column else None)


def test_each_faulty_table_is_found_by_the_rule_that_it_breaks_and_by_no_other(contract, tmp_path):
    without = {"not-looked-up " + rule.columns[0] for rule in contract.rules if rule.kind == "foreign-key"}
    for fault in looked_at(contract):
        found = examined(contract, "".join(invalid_csv(contract, fault, on=DAY)), tmp_path) - without

        assert found == {str(fault), *UNAVOIDABLE.get(contract.name, {}).get(str(fault), [])}, fault


def test_only_the_last_row_is_faulty_and_the_others_stand_in_a_valid_table(contract, tmp_path):
    fault = faults(contract)[0]
    rows = list(invalid(contract, fault, on=DAY))

    assert len(rows) == ROWS
    assert rows[:-1] == list(valid(contract, ROWS, on=DAY))[:-1]


@pytest.mark.parametrize(("name", "rule", "other"), LED_ELSEWHERE, ids=lambda one: str(one))
def test_key_of_another_made_up_table_leads_there_and_a_broken_one_does_not(name, rule, other, tmp_path):
    contract, beside, typed = table_contract(name), table_contract(other), tmp_path / "typed.csv"
    examined(beside, "".join(valid_csv(beside, 20, on=DAY)), tmp_path, typed=typed)
    more = {"on": DAY, "published": {other: list(valid(beside, 20, on=DAY))}}
    published = {other: [str(typed)]}

    assert examined(contract, "".join(valid_csv(contract, 20, **more)), tmp_path, published) == set()
    assert examined(contract, "".join(invalid_csv(contract, Fault(rule), **more)), tmp_path, published) == {rule}


def test_more_rows_than_keys_to_lead_to_are_refused():
    contract, beside = table_contract("parking-occupancy"), table_contract("parking")

    with pytest.raises(RulesContend, match="'parking' has too few rows"):
        list(valid(contract, 3, on=DAY, published={"parking": list(valid(beside, 2, on=DAY))}))


def test_every_kind_of_rule_can_be_broken():
    assert set(BREAKERS) == set(kinds())


def test_every_limit_that_a_contract_sets_can_be_overstepped(contract):
    named = {"minLength": "min-length", "maxLength": "max-length"}
    for field in contract.fields:
        wanted = {named.get(one, one) for one, said in field.get("constraints", {}).items() if said is not False}

        assert wanted <= set(limits(field))
