"""The door of the gate: one file, one contract, one report from a child process that leaves nothing behind."""

import csv
import hashlib
import json
import subprocess
import sys

import polars as pl
import pytest

from ckanext.smartregion.quality.columns import POSTGRES_TYPES, columns, described, indexes
from ckanext.smartregion.quality.engine import ENGINE, check
from ckanext.smartregion.quality.examination import working
from ckanext.smartregion.quality.examination.limits import Limits
from ckanext.smartregion.quality.report import Report
from ckanext.smartregion.schemas.table_contracts import table_contract, table_contracts
from ckanext.smartregion.schemas.table_lint import TYPES


@pytest.fixture(params=table_contracts(), ids=lambda contract: contract.name)
def contract(request):
    return request.param


def test_report_is_bound_to_bytes_contract_and_engine(charging):
    report = check(charging.example_valid, charging)

    assert report.sha256 == hashlib.sha256(charging.example_valid.read_bytes()).hexdigest()
    assert (report.contract, report.contract_version) == ("charging-points", "1.0.0")
    assert report.engine == ENGINE
    assert "frictionless 5.21" in ENGINE


def test_same_file_gives_the_same_report(charging):
    assert check(charging.example_invalid, charging) == check(charging.example_invalid, charging)


def test_report_survives_json(charging):
    report = check(charging.example_invalid, charging)

    assert Report.from_dict(json.loads(json.dumps(report.to_dict()))) == report


def test_typed_copy_holds_canonical_values_in_the_order_of_the_contract(write, charging, tmp_path):
    content = (
        "updated_at;evse_id;station_id;station_name;operator;ins_code;address;lon;lat;power_kw;connector;access;hours;"
        "price_kwh;colour\n"
        "2026-1-5;BEEXAE1;P1;Liège;Exemple;53053;Place;3.950; 50.45;1e2;type2;public;24/7;NC;red\n"
    )
    typed = tmp_path / "typed.csv"

    report = check(write(content.encode("cp1252")), charging, typed=typed)

    with typed.open(encoding="utf-8", newline="") as file:
        row = next(csv.DictReader(file))
    assert report.verdict == "publish with warnings"
    assert list(row) == charging.field_names
    assert {name: value for name, value in row.items() if value} == {
        "evse_id": "BEEXAE1", "station_id": "P1", "station_name": "Liège", "operator": "Exemple", "ins_code": "53053",
        "address": "Place", "lon": "3.950", "lat": "50.45", "power_kw": "100", "connector": "type2",
        "access": "public", "hours": "24/7", "updated_at": "2026-01-05",
    }  # fmt: skip


def test_typed_copy_writes_moments_with_an_offset(tmp_path):
    contract = table_contract("council-decisions")
    content = contract.example_valid.read_text(encoding="utf-8").replace("19:30:00+01:00", "19:30:00")
    (tmp_path / "naive.csv").write_text(content, encoding="utf-8")

    check(tmp_path / "naive.csv", contract, typed=tmp_path / "typed.csv")

    assert "2026-01-20T19:30:00+01:00" in (tmp_path / "typed.csv").read_text(encoding="utf-8")


def test_parquet_holds_the_same_table_in_types_of_its_own(charging, tmp_path):
    typed, parquet = tmp_path / "typed.csv", tmp_path / "table.parquet"

    report = check(charging.example_valid, charging, typed=typed, parquet=parquet)

    frame = pl.read_parquet(parquet)
    assert (frame.columns, frame.height) == (charging.field_names, report.counts["rows"])
    assert {frame.schema[name] for name in ("lon", "updated_at", "evse_id")} == {pl.Float64, pl.Date, pl.String}
    assert frame["evse_id"].to_list() == pl.read_csv(typed)["evse_id"].to_list()


def test_held_file_leaves_no_typed_copy(charging, tmp_path):
    check(charging.example_invalid, charging, typed=tmp_path / "typed.csv")

    assert not (tmp_path / "typed.csv").exists()


def test_every_type_of_a_contract_has_a_column_type(contract):
    assert set(POSTGRES_TYPES) == set(TYPES)
    assert [name for name, _ in columns(contract)] == contract.field_names


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("traffic-channels", [["site_id"], ["mode"], ["direction"], ["sensor"], ["step"], ["updated_at"]]),
        ("disabled-parking", [["ins_code"], ["created_date"], ["last_modified_date"]]),
        ("parking-occupancy", [["observed_at"], ["state"]]),  # `id`, a foreign key, begins the key
    ],
)
def test_what_people_filter_by_is_indexed_and_what_the_key_begins_with_is_not_twice(name, wanted):
    assert indexes(table_contract(name)) == wanted


def test_data_dictionary_speaks_four_languages(contract):
    for column, field in zip(described(contract, "fr"), contract.fields, strict=True):
        words = column["info"]
        assert (words["label"], words["label_translated"]) == (field["title"]["fr"], field["title"])
        assert set(words["notes_translated"]) == {"fr", "nl", "de", "en"}


def test_child_reaches_no_network_and_starts_no_program():
    for event in ("socket.connect", "socket.getaddrinfo", "subprocess.Popen"):
        with pytest.raises(PermissionError, match=event):
            working._forbid(event, ())


def test_parent_does_not_load_frictionless():
    code = "import sys, ckanext.smartregion.quality.engine; print(int('frictionless' in sys.modules))"

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout.strip() == b"0"


def test_report_is_bound_to_limits_that_differ_from_the_defaults(charging):
    """A limit that is raised lets a file pass that was held before; a report under the old one would be stale."""
    report = check(charging.example_valid, charging, limits=Limits(rows=1, seconds=20))

    assert (report.verdict, report.engine) == ("hold", f"{ENGINE}, rows 1")
