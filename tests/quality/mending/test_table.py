"""A whole file mended: how it is written, its columns, its rows, its cells; and what is told of each change."""

import csv
import gzip
import io
import zipfile

import pytest
from workbooks import ods, ods_row, row, xlsx

from ckanext.smartregion.schemas.table_contracts import table_contract, table_contracts

from tests.quality.conftest import HEADER, ROW
from tests.quality.differential import Contract

NAMES, VALUES = HEADER.split(","), ROW.split(",")


def table(*rows, names=NAMES, **changed):
    """CSV of rows like the valid one with some cells changed: a dictionary by name each."""
    place = {name: at for at, name in enumerate(NAMES)}
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(names)
    for number, cells in enumerate(rows, start=1):
        values = [*VALUES]
        values[0] = f"BE*EXA*E{number:06}"
        for name, value in (changed | cells).items():
            values[place[name]] = value
        writer.writerow(values)
    return target.getvalue()


def column(done, name):
    return [cells[done.rows[0].index(name)] for cells in done.rows[1:]]


@pytest.mark.parametrize("contract", table_contracts(), ids=lambda contract: contract.name)
def test_valid_file_needs_no_mending_and_keeps_every_cell(contract, mend):
    done = mend(contract.example_valid.read_bytes(), contract)

    assert (done.said["mended"], done.said["cells"], done.left) == (False, 0, [])
    with contract.example_valid.open(encoding="utf-8", newline="") as file:
        assert done.rows == list(csv.reader(file))


def test_ways_of_writing_that_the_gate_takes_are_no_reason_to_write_a_file_anew(mend):
    assert not mend(b"\xef\xbb\xbf" + table({}).replace(",", ";").encode()).said["mended"]


def test_way_of_writing_is_mended_and_told(mend):
    content = table({"address": "Liège"}).replace(",", ";")

    done = mend(gzip.compress(b"Rapport;2026\n\n" + content.encode("cp1252")))

    assert done.changes == [
        ("unpacked", None, 1), ("encoding", None, 1), ("separator", None, 1), ("lines-above", None, 1),
        ("blank-row", None, 1),
    ]  # fmt: skip
    assert [one["about"] for one in done.said["changes"]] == ["gzip", "Windows-1252", ";", "Rapport 2026", None]
    assert done.path.read_bytes().startswith(b"evse_id,station_id")
    assert column(done, "address") == ["Liège"]


def test_columns_are_named_and_ordered_as_the_contract_says_and_nothing_is_dropped_unasked(mend, charging):
    titles = {one["name"]: one["title"]["nl"] for one in charging.fields}
    names = [titles[name] for name in NAMES]
    content = table({}, {}, names=names)
    lines = [",".join(reversed(line.split(","))) + ",kept," for line in content.splitlines()]

    done = mend("\n".join([lines[0].replace("kept", "colour"), *lines[1:]]))

    wanted = [name for name in charging.field_names if name in NAMES]
    assert done.rows[0] == [*wanted, "colour"]
    assert column(done, "colour") == ["kept", "kept"]
    assert ("empty-column", None, 1) in done.changes
    assert ("column-order", None, 1) in done.changes
    assert len([kind for kind, *_ in done.changes if kind == "column-name"]) == len(NAMES)


def test_extra_column_is_dropped_where_that_is_asked(mend):
    content = table({}).replace("updated_at", "updated_at,colour").replace("2026-01-15", "2026-01-15,red")

    done = mend(content, drop_extra=True)

    assert (done.rows[0], done.changes) == (NAMES, [("extra-column", None, 1)])
    assert done.said["changes"][0]["about"] == "colour"


def test_cells_are_mended_and_each_change_says_where(mend):
    done = mend(table({"lon": "3,95", "lat": "50,45", "power_kw": "22 kW", "access": " Public", "ins_code": "53053.0",
                       "updated_at": "15/01/2026"}, {}))  # fmt: skip

    assert done.rows[1:] == [["BE*EXA*E000001", *VALUES[1:]], ["BE*EXA*E000002", *VALUES[1:]]]
    assert done.changes == [
        ("idle-decimals", "ins_code", 1), ("decimal-comma", "lon", 1), ("decimal-comma", "lat", 1),
        ("unit", "power_kw", 1), ("spaces", "access", 1), ("choice-writing", "access", 1),
        ("day-first", "updated_at", 1),
    ]  # fmt: skip
    assert done.said["cells"] == 6
    assert done.said["changes"][1]["samples"] == [{"cell": "G2", "line": 2, "before": "3,95", "after": "3.95"}]


def test_text_that_passes_is_left_as_it_is_written(mend):
    done = mend(table({"address": "  Place\u00a01 ", "operator": "ja"}))

    assert not done.said["mended"]


def test_what_can_not_be_read_for_certain_is_left_with_the_reason(mend):
    done = mend(
        table({"updated_at": "15/01/26", "lon": "152000", "access": "publik", "operator": "", "power_kw": "22 MW"})
    )

    assert done.said["mended"] is False
    assert done.left == [
        ("empty", "operator", 1), ("metres", "lon", 1), ("unclear", "power_kw", 1), ("unclear", "access", 1),
        ("two-digit-year", "updated_at", 1),
    ]  # fmt: skip


def test_dates_are_left_where_one_of_the_column_can_only_be_read_month_first(mend):
    done = mend(table({"updated_at": "01/02/2026"}, {"updated_at": "01/31/2026"}))

    assert (done.said["mended"], done.left) == (False, [("month-first", "updated_at", 2)])


@pytest.mark.parametrize(
    ("cells", "limits", "expected"),
    [
        (["1,234", "2,500"], {}, ["1,234", "2,500"]),
        (["1,234", "2,5"], {}, ["1.234", "2.5"]),
        (["1,234", "2,345.5"], {}, ["1,234", "2345.5"]),
        (["1,234", "2,500"], {"maximum": 100}, ["1.234", "2.500"]),
        (["1,234", "2,500"], {"minimum": 100}, ["1,234", "2,500"]),
        (["1,234", "200,5"], {"minimum": 100}, ["1,234", "200.5"]),
    ],
)
def test_comma_before_three_digits_is_decimal_where_the_column_or_its_limits_show_it(mend, cells, limits, expected):
    contract = Contract("one", {"fields": [{"name": "n", "type": "number", "constraints": limits}]}, {})
    content = "n;m\n" + "".join(f"{cell};x\n" for cell in cells)

    done = mend(content, contract)

    assert column(done, "n") == expected
    assert mend(done.path.read_bytes(), contract).said["cells"] == 0


def test_longitude_and_latitude_in_each_others_column_change_places(mend):
    done = mend(table({"lon": "50,45", "lat": "3.95"}, {}))

    assert (column(done, "lon"), column(done, "lat")) == (["3.95"] * 2, ["50.45"] * 2)
    assert done.changes == [("coordinates-order", "lon", 1), ("coordinates-order", "lat", 1)]


def test_point_with_latitude_first_is_turned_where_the_contract_wants_it_in_its_municipality(mend, bicycles):
    content = bicycles.example_valid.read_text(encoding="utf-8")
    before = mend(content, bicycles)
    name = "coordinates"
    turned = [[*cells] for cells in before.rows]
    at = turned[0].index(name)
    for cells in turned[1:]:
        cells[at] = '{"type": "Point", "coordinates": [50.4689, 4.8622]}' if cells[at] else ""
    target = io.StringIO()
    csv.writer(target).writerows(turned)

    done = mend(target.getvalue(), bicycles)

    assert {kind for kind, *_ in done.changes} == {"coordinates-order"}
    assert set(column(done, name)) == {'{"type": "Point", "coordinates": [4.8622, 50.4689]}'}


def test_blank_rows_and_rows_that_stand_there_twice_go_and_double_keys_stay(mend):
    content = table({}, {}).splitlines()
    other = content[2].replace("Place 1", "Place 2")

    done = mend("\n".join([content[0], content[1], ",," * 6, content[2], content[1], other]))

    assert done.changes == [("blank-row", None, 1), ("duplicate-row", None, 1)]
    assert [one["samples"][0]["line"] for one in done.said["changes"]] == [3, 5]
    assert [",".join(cells) for cells in done.rows] == [content[0], content[1], content[2], other]


def test_equal_rows_stay_where_no_key_forbids_them(mend):

    contract = Contract(
        "counts",
        {"fields": [{"name": "n", "type": "number", "title": {}}, {"name": "m", "type": "string", "title": {}}]},
        {},
    )

    done = mend('n,m\n1,a\n1,a\n"1,5",a\n', contract)

    assert (done.rows, done.changes) == (
        [["n", "m"], ["1", "a"], ["1", "a"], ["1.5", "a"]], [("decimal-comma", "n", 1)],
    )  # fmt: skip


def test_rows_that_are_too_short_or_too_long_are_written_as_they_stand(mend):
    first, *rows = table({}, {}, {"lon": "3,95"}).splitlines()
    content = "\n".join([first, rows[0].rsplit(",", 2)[0], rows[1] + ",,", rows[2], rows[0] + ",more"])

    done = mend(content)

    assert done.changes == [("empty-cells", None, 1), ("decimal-comma", "lon", 1)]
    assert [len(cells) for cells in done.rows[1:]] == [len(NAMES) - 2, len(NAMES), len(NAMES), len(NAMES) + 1]


def as_xlsx(*rows):
    return xlsx(("Data", "".join(row(number, *cells) for number, cells in enumerate(rows, 1))))


def as_ods(*rows):
    return ods(("Data", "".join(ods_row(*cells) for cells in rows)))


@pytest.mark.parametrize("make", [as_xlsx, as_ods])
def test_spreadsheet_is_mended_into_a_csv_file(mend, make):
    cells = [*VALUES]
    cells[NAMES.index("lon")], cells[NAMES.index("updated_at")] = "3,95", 46037

    done = mend(make(NAMES, cells))

    assert done.changes == [("spreadsheet", None, 1), ("decimal-comma", "lon", 1), ("serial", "updated_at", 1)]
    assert done.rows == [NAMES, VALUES]


def test_number_is_no_day_in_a_workbook_that_counts_from_1904(mend):
    cells = [46037 if name == "updated_at" else value for name, value in zip(NAMES, VALUES, strict=True)]
    content = as_xlsx(NAMES, cells)
    old = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(old, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = source.read(name)
            target.writestr(name, part.replace(b"<sheets>", b'<workbookPr date1904="1"/><sheets>'))

    assert column(mend(content), "updated_at") == ["2026-01-15"]
    assert mend(old.getvalue()).left == [("unclear", "updated_at", 1)]


def test_what_a_spreadsheet_has_lost_is_told_for_a_csv_file_no_longer_shows_it(mend):
    cells = [*VALUES]
    cells[NAMES.index("address")], cells[NAMES.index("lon")] = 12345678901234567890, "3,95"

    assert mend(as_xlsx(NAMES, cells)).left == [("digits-lost", "address", 1)]


def test_error_of_a_formula_stays_to_be_seen_where_it_is_no_value_and_is_told_where_it_would_be_one(mend):
    error = (' t="e"', "<v>#N/A</v>")
    cells = [*VALUES]
    cells[NAMES.index("power_kw")], cells[NAMES.index("address")], cells[NAMES.index("lon")] = error, error, "3,95"

    done = mend(as_xlsx(NAMES, cells))

    assert (column(done, "power_kw"), column(done, "address")) == (["#N/A"], [""])
    assert done.left == [("formula-error", "address", 1), ("empty", "address", 1), ("unclear", "power_kw", 1)]


def test_valid_spreadsheet_needs_no_mending(mend):
    assert not mend(as_xlsx(NAMES, VALUES)).said["mended"]


def test_personal_data_are_masked_in_what_is_told(mend):
    done = mend(table({"access": "bart.peeters@example.org"}))

    assert "peeters" not in str(done.said["left"])


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4", b"a,b\n1,2\n", b"\x00\x01\x02" * 20])
def test_file_that_is_no_table_of_the_contract_is_not_mended(mend, content):
    done = mend(content)

    assert (done.said["mended"], bool(done.said["refused"])) == (False, True)
    assert not done.path.exists()


def test_more_rows_than_a_check_takes_are_refused(mend):
    assert mend(table({}, {}, {}), rows=2).said["refused"] == "too-many-rows"


def test_what_is_told_is_bounded(mend):
    done = mend(table(*[{"lon": "3,95"}] * 20), samples=3)

    assert [(one["count"], len(one["samples"])) for one in done.said["changes"]] == [(20, 3)]


def test_choices_in_four_languages_become_their_codes(mend):
    contract = table_contract("markets")
    field = next(one for one in contract.fields if one["name"] == "type")
    code, labels = next(iter(field["labels"].items()))
    content = contract.example_valid.read_text(encoding="utf-8")
    rows = list(csv.reader(io.StringIO(content)))
    at = rows[0].index("type")
    for cells, label in zip(rows[1:], labels.values(), strict=False):
        cells[at] = label.upper()
    target = io.StringIO()
    csv.writer(target).writerows(rows)

    done = mend(target.getvalue(), contract)

    assert set(column(done, "type")[:4]) == {code}
