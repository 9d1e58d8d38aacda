"""What a table looks like as a whole: exact sums, bounded however long the table is, and without its texts."""

import json

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.smartregion.quality.engine import check
from ckanext.smartregion.quality.examination import profile
from ckanext.smartregion.quality.examination.profile import Profiler
from ckanext.smartregion.schemas.table_contracts import table_contract
from ckanext.smartregion.schemas.table_plausibility import QUANTILES

FIELDS = [
    {"name": "id", "type": "integer"},
    {"name": "amount", "type": "number"},
    {"name": "kind", "type": "string", "constraints": {"enum": ["a", "b"]}},
    {"name": "open", "type": "boolean"},
    {"name": "label", "type": "string"},
    {"name": "place", "type": "geojson"},
]
ROWS = [
    ("1", "0.1", "a", "true", "Jan", '{"type":"Point","coordinates":[4.86,50.46]}'),
    ("2", "0.2", "a", None, "Piet", '{"coordinates":[[4.5,50.25],[9,9]],"type":"LineString"}'),
    ("3", None, "c", "false", "", None),
    ("4", "-3", "b", "true", None, '{"type":"Point","coordinates":[400,50]}'),
    ("5", "1e99", "b", "true", "Korneel", '{"type":"GeometryCollection","geometries":[]}'),
]


def profiled(*blocks, places=(["place"],)):
    profiler = Profiler(FIELDS, list(places), ["id"])
    names = [field["name"] for field in FIELDS]
    for rows in blocks:
        profiler.add(pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row"))
    return profiler.profile()


def test_it_counts_sums_and_measures():
    found = profiled(ROWS)

    assert found["rows"] == 5
    assert found["columns"]["amount"]["sum"] == -2.7
    assert found["columns"]["amount"]["quantiles"][QUANTILES.index(0.5)] == 0.1
    assert found["columns"]["kind"] == {"filled": 5, "counts": {"a": 2, "b": 2}}
    assert found["columns"]["open"] == {"filled": 4, "counts": {"true": 3, "false": 1}}
    assert found["columns"]["label"] == {"filled": 3}
    assert found["boxes"] == {"place": [4.5, 50.25, 4.86, 50.46]}


def test_numbers_of_a_key_are_not_summed():
    assert profiled(ROWS)["columns"]["id"] == {"filled": 5}


def test_no_text_gets_into_it_but_what_the_contract_lists():
    told = json.dumps(profiled(ROWS))

    assert not [text for text in ("Jan", "Piet", "Korneel", '"c"') if text in told]


@given(st.lists(st.decimals(-(10**12), 10**12, places=6), max_size=60), st.integers(1, 60))
def test_it_is_the_same_in_whatever_blocks_the_rows_come(amounts, size):
    rows = [("1", format(amount, "f"), "a", None, None, None) for amount in amounts]

    whole = profiled(rows)
    assert profiled(*(rows[at : at + size] for at in range(0, len(rows), size))) == whole
    assert whole["columns"]["amount"].get("sum", 0) == pytest.approx(float(sum(amounts)), rel=1e-9, abs=1e-5)


def test_quantiles_of_a_long_table_are_those_of_a_bounded_sample(monkeypatch):
    monkeypatch.setattr(profile, "MOST_SAMPLED", 1_000)
    rows = [("1", str(at % 5_000), "a", None, None, None) for at in range(40_000)]

    profiler = Profiler(FIELDS, [], ["id"])
    for at in range(0, len(rows), 7_000):
        profiler.add(pl.DataFrame(rows[at : at + 7_000], schema=[field["name"] for field in FIELDS], orient="row"))

    assert profiler._sample.height <= 1_000
    found = profiler.profile()["columns"]["amount"]["quantiles"]
    assert found == pytest.approx([share * 5_000 for share in QUANTILES], abs=150)


def test_report_carries_it_and_a_file_that_is_not_read_has_none(tmp_path):
    contract = table_contract("charging-points")
    found = check(contract.example_valid, contract)
    (tmp_path / "page.csv").write_text("<!DOCTYPE html><html></html>")

    assert found.profile["rows"] == found.counts["rows"]
    assert list(found.profile["boxes"]) == ["lon"]
    assert check(tmp_path / "page.csv", contract).profile is None
