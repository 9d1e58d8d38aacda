"""Contracts and files for the tests of the gate."""

import pytest

from ckanext.smartregion.quality.examination.examine import Examination
from ckanext.smartregion.quality.examination.limits import Limits
from ckanext.smartregion.schemas.table_contracts import table_contract

HEADER = "evse_id,station_id,station_name,operator,ins_code,address,lon,lat,power_kw,connector,access,hours,updated_at"
ROW = "BE*EXA*E000001,P1,Gare,Exemple,53053,Place 1,3.95,50.45,22,type2,public,24/7,2026-01-15"


@pytest.fixture(scope="session")
def bicycles():
    """The contract of bicycle parking."""
    return table_contract("bicycle-parking")


@pytest.fixture(scope="session")
def charging():
    """The contract of charging points."""
    return table_contract("charging-points")


@pytest.fixture
def write(tmp_path):
    """Write bytes or text to a file and give its path."""

    def written(content, name="table.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


@pytest.fixture
def examine(charging, write):
    """Examine content in this process and give the outcome; for what needs no limits."""

    def examined(content, contract=charging, **limits):
        path = content if hasattr(content, "open") else write(content)
        return Examination(path, contract.schema, contract.policy, Limits(**limits)).run()

    return examined


@pytest.fixture
def found(examine):
    """The broken rules of some content: (rule, column) in the order they were met, without absent optional columns."""

    def listed(content, **options):
        findings = examine(content, **options)["findings"]
        return [(one["rule"], one["column"]) for one in findings if one["rule"] != "missing-optional-column"]

    return listed
