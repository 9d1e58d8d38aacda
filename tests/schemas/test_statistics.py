"""Statistical tables: what statistics.yaml says of columns holds of the contracts that have them."""

import pytest

from ckanext.smartregion.schemas import statistical_table, statistical_tables, vocabulary

SDMX = {"refPeriod", "timePeriod", "refArea", "unitMeasure", "obsStatus"}


@pytest.fixture(params=statistical_tables())
def table(request):
    return statistical_table(request.param)


def test_every_column_that_is_named_is_one_of_the_contract(table):
    named = {*table.dimensions, *table.measures, *table.attributes, *table.means}

    assert named <= set(table.contract.field_names)


def test_no_column_has_two_parts(table):
    parts = [*table.dimensions, *table.measures, *table.attributes]

    assert len(parts) == len(set(parts))
    assert table.dimensions
    assert table.measures


def test_measures_are_numbers_in_a_known_unit(table):
    types = {field["name"]: field["type"] for field in table.contract.fields}

    assert {types[name] for name in table.measures} <= {"number", "integer"}
    assert all(unit is None or vocabulary("unit").by_code(unit) for unit in table.measures.values())


def test_a_unit_that_no_code_says_stands_in_a_column(table):
    assert None not in table.measures.values() or "unitMeasure" in table.means.values()


def test_meanings_are_terms_of_sdmx(table):
    assert set(table.means.values()) <= SDMX


def test_a_table_is_found_by_name_by_version_and_as_a_layer():
    assert statistical_table("district-energy@1.0.0") == statistical_table("district-energy")
    assert statistical_table("layer-district-energy").measures == statistical_table("district-energy").measures
    assert statistical_table("bicycle-parking") is None
    assert statistical_table("") is None
