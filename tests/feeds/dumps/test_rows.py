"""A row tells of a dataset what people look for in a table, and is safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io

import polars as pl
import pytest

from ckanext.smartregion.feeds.description.dataset import prepare
from ckanext.smartregion.feeds.dumps import columns, rows
from ckanext.smartregion.feeds.dumps.rows import COLUMNS

from tests.feeds.examples import BASE, CBE, TYPES


@pytest.fixture
def row_of(portal):
    def made(dataset: dict) -> dict:
        return rows.row(dataset, prepare(dataset, portal), f"{BASE}/dataset/{dataset['name']}")

    return made


def read(*lines: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO("".join(lines).removeprefix("\ufeff"))))


def test_row_has_the_title_in_four_languages_and_the_words_that_people_filter_by(full, row_of) -> None:
    row = row_of(full())
    assert [row[f"title_{tag}"] for tag in ("fr", "nl", "de", "en")] == ["Vélos", "Fietsen", "Fahrräder", "Bicycles"]
    assert {key: row[key] for key in ("organisation", "themes", "themes_fr", "high_value", "frequency", "formats")} == {
        "organisation": "Namur",
        "themes": ["TRAN"],
        "themes_fr": ["Transports"],
        "high_value": True,
        "frequency": "ANNUAL",
        "formats": ["CSV", "PARQUET", "WFS_SRVC"],
    }
    assert row["places"] == ["Namur"]
    assert (row["period_start"], row["period_end"]) == ("2024-01-01", "2025-12-31")
    assert row["publisher"] == CBE + "0207362739"


@pytest.mark.parametrize("kind", TYPES)
def test_every_column_is_filled_for_a_full_dataset_and_none_is_missing_for_a_poor_one(kind, full, minimal, row_of):
    assert set(row_of(full(kind))) == set(row_of(minimal(kind))) == set(COLUMNS)
    empty = {column for column, value in row_of(full(kind)).items() if value in (None, [], "")}
    assert empty == {"description_de", "description_en"}


@pytest.mark.parametrize("title", ["=1+1", "+32 81", "-5", "@SUM(A1)", " =1", "\t=1", "＝1"])
def test_no_cell_is_taken_for_a_formula(title: str, minimal, row_of) -> None:
    row = {**row_of(minimal()), "title_fr": title}
    [line] = read(rows.csv_head(), rows.csv_line(row))
    assert line["title_fr"] == f"'{title}"


def test_line_holds_what_the_row_holds(full, row_of) -> None:
    row = row_of(full())
    [line] = read(rows.csv_head(), rows.csv_line(row))
    assert list(line) == list(COLUMNS)
    assert (line["title_nl"], line["formats"], line["high_value"]) == ("Fietsen", "CSV | PARQUET | WFS_SRVC", "true")


def test_parquet_keeps_types_and_the_order_of_more_rows_than_fit_into_a_group(tmp_path, minimal, row_of) -> None:
    writer, row = columns.Columns(tmp_path, "datasets.parquet"), row_of(minimal())
    count = columns.GROUP + 3
    for number in range(count):
        writer.write({**row, "id": f"{number:05}"}, "{}")
    said = writer.close()
    frame = pl.read_parquet(tmp_path / "datasets.parquet")
    assert frame["id"].to_list() == [f"{number:05}" for number in range(count)]
    assert frame.schema["issued"] == pl.Date
    assert frame.schema["metadata_modified"] == pl.Datetime("us", "UTC")
    assert frame.schema["themes"] == pl.List(pl.String)
    assert frame["metadata_created"].null_count() == frame["issued"].null_count() == 0
    assert said["bytes"] == (tmp_path / "datasets.parquet").stat().st_size
    assert [path.name for path in tmp_path.iterdir()] == ["datasets.parquet"]


def test_parquet_without_a_row_can_be_read(tmp_path) -> None:
    columns.Columns(tmp_path, "datasets.parquet").close()
    assert pl.read_parquet(tmp_path / "datasets.parquet").columns == [*COLUMNS, "dataset"]
