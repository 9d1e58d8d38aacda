"""Every installed contract, and its valid example as rows."""

import csv

import pytest

from ckanext.smartregion.schemas.table_contracts import table_contract, table_contracts


@pytest.fixture(params=[one.name for one in table_contracts()])
def contract(request):
    """Each installed contract in turn."""
    return table_contract(request.param)


@pytest.fixture
def example(contract):
    """The rows of the contract's valid example, as text by column."""
    with contract.example_valid.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
