"""What is found in a table: header, rows, cells, and where."""

import pytest

from .conftest import HEADER, ROW


def changed(**cells):
    """A valid row with some cells changed."""
    names = HEADER.split(",")
    return ",".join(cells.get(name, cell) for name, cell in zip(names, ROW.split(","), strict=True))


def table(*rows):
    return "\n".join([HEADER, *rows]) + "\n"


def test_clean_table_has_no_finding(found):
    assert found(table(ROW)) == []


@pytest.mark.parametrize(
    ("cells", "rule", "column"),
    [
        ({"evse_id": ""}, "required", "evse_id"),
        ({"evse_id": "5000"}, "pattern", "evse_id"),
        ({"access": "private"}, "enum", "access"),
        ({"access": "Public "}, "enum", "access"),
        ({"lon": "1.0"}, "minimum", "lon"),
        ({"lat": "51.2"}, "maximum", "lat"),
        ({"power_kw": "22 kW"}, "type", "power_kw"),
        ({"power_kw": "NaN"}, "type", "power_kw"),
        ({"power_kw": "Infinity"}, "type", "power_kw"),
        ({"power_kw": "1e999999"}, "type", "power_kw"),
        ({"power_kw": '"22,5"'}, "decimal-comma", "power_kw"),
        ({"power_kw": '"1.022,5"'}, "decimal-comma", "power_kw"),
        ({"updated_at": "15/01/2026"}, "type", "updated_at"),
        ({"hours": "x" * 256}, "max-length", "hours"),
    ],
)
def test_wrong_cell_is_named_by_rule_and_column(found, cells, rule, column):
    if '"' in "".join(cells.values()):
        names, values = HEADER.split(","), ROW.split(",")
        values[names.index(column)] = cells[column]
        row = ",".join(values)
    else:
        row = changed(**cells)

    assert found(table(row)) == [(rule, column)]


def test_swapped_axes_are_caught_by_their_bounds(found):
    assert found(table(changed(lon="50.45", lat="3.95"))) == [("maximum", "lon"), ("minimum", "lat")]


def test_key_given_twice_is_told_once(found):
    assert found(table(ROW, ROW)) == [("unique", "evse_id")]


def test_key_of_two_columns_is_told_with_the_key_rule(examine, charging):
    schema = {**charging.schema, "primaryKey": ["station_id", "updated_at"]}
    contract = type("Contract", (), {"schema": schema, "policy": {}})

    findings = examine(table(ROW, changed(evse_id="BE*EXA*E000002")), contract=contract)["findings"]

    assert [one["samples"][0]["key"] for one in findings if one["rule"] == "key"] == ["P1 / 2026-01-15"]


def test_key_with_an_empty_part_is_a_key_as_long_as_another_part_is_filled(examine, charging):
    schema = {**charging.schema, "primaryKey": ["station_id", "address"]}
    contract = type("Contract", (), {"schema": schema, "policy": {}})

    def keys(*rows):
        found = examine(table(*rows), contract=contract)["findings"]
        return [one["count"] for one in found if one["rule"] == "key"]

    first, second = {"address": ""}, {"address": "", "evse_id": "BE*EXA*E000002"}
    assert keys(changed(**first), changed(**second, station_id="P2")) == []
    assert keys(changed(**first), changed(**second)) == [1]


def test_example_of_a_field_that_its_own_type_refuses_spoils_nothing(found, charging):
    fields = [{**field, "example": "no such thing", "title": {"fr": "x"}} for field in charging.schema["fields"]]
    contract = type("Contract", (), {"schema": {**charging.schema, "name": "un nom", "fields": fields}, "policy": {}})

    assert found(table(ROW), contract=contract) == []


def test_row_too_short_and_row_too_long_are_told(found):
    rules = found(table(ROW.rsplit(",", 1)[0], changed(evse_id="BE*EXA*E000002") + ",more"))

    assert rules == [("required", "updated_at"), ("missing-cell", None), ("extra-cell", None)]


def test_ragged_rows_do_not_hide_those_above_them(examine):
    short = ["x,y"] * 9

    assert examine(table(ROW, *short))["counts"] == {"rows": 10, "valid_rows": 1, "invalid_rows": 9}


def test_row_of_signs_for_nothing_is_a_blank_row(examine):
    outcome = examine(table(ROW, ",".join(["NC"] * 13), "NC"))

    assert outcome["counts"] == {"rows": 1, "valid_rows": 1, "invalid_rows": 0}
    assert [one["count"] for one in outcome["findings"] if one["rule"] == "blank-row"] == [2]


def test_file_without_its_key_column_is_judged_all_the_same(found):
    header, row = HEADER.replace("evse_id,", "", 1), changed(access="no").split(",", 1)[1]

    assert found(f"{header}\n{row}\n") == [("missing-column", "evse_id"), ("enum", "access")]


def test_sample_says_cell_line_key_and_value(examine):
    finding = examine(table(ROW, changed(evse_id="BE*EXA*E000002", access="no")))["findings"][-1]

    assert finding["samples"] == [{"cell": "K3", "line": 3, "key": "BE*EXA*E000002", "value": "no"}]


def test_line_and_row_differ_below_a_cell_of_two_lines(examine):
    two_lines = ROW.replace("Gare", '"Gare\ndu Nord"')
    finding = examine(table(two_lines, changed(evse_id="BE*EXA*E000002", access="no")))["findings"][-1]

    assert (finding["samples"][0]["cell"], finding["samples"][0]["line"]) == ("K3", 4)


def test_samples_are_few_and_the_count_is_whole(examine):
    rows = [changed(evse_id=f"BE*EXA*E{n:06}", access="no") for n in range(40)]
    finding = examine(table(*rows))["findings"][-1]

    assert (finding["count"], len(finding["samples"])) == (40, 5)


def test_blank_rows_are_skipped_with_a_warning(examine):
    outcome = examine(table(ROW, "", "," * 12))

    assert outcome["counts"]["rows"] == 1
    assert [one["count"] for one in outcome["findings"] if one["rule"] == "blank-row"] == [2]


def test_columns_in_another_order_are_found_by_name(found):
    names, cells = HEADER.split(","), ROW.split(",")

    assert found(",".join(names[::-1]) + "\n" + ",".join(cells[::-1]) + "\n") == [("column-order", None)]


def test_column_with_capitals_and_spaces_is_recognised_with_a_warning(found):
    assert found(table(ROW).replace("station_name", " Station_Name ")) == [("column-name", "station_name")]


def test_missing_required_column_blocks(found):
    header, row = HEADER.replace(",access", ""), ROW.replace(",public", "")

    assert found(f"{header}\n{row}\n") == [("missing-column", "access")]


def test_extra_column_is_noted_and_not_checked(examine):
    finding = examine(f"{HEADER},colour\n{ROW},red\n")["findings"][0]

    assert (finding["rule"], finding["severity"], finding["values"]["found"]) == ("extra-column", "note", "colour")


def test_column_given_twice_blocks(found):
    assert found(f"{HEADER},access\n{ROW},public\n") == [("duplicate-column", "access")]


def test_policy_softens_a_rule_of_one_column(examine):
    rows = examine(f"{HEADER},support_phone\n{ROW},112\n")["findings"]

    assert {one["rule"]: one["severity"] for one in rows}["pattern"] == "warn"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_separator_is_found_by_the_column_names(examine, delimiter):
    assert examine(table(ROW).replace(",", delimiter))["file"]["delimiter"] == delimiter


def test_short_windows_file_keeps_its_accents(examine):
    outcome = examine(table(changed(address="Rue de Liège 1", access="n°")).encode("cp1252"))

    assert outcome["file"]["encoding"] == "cp1252"
    assert outcome["findings"][-1]["samples"][0]["value"] == "n°"
    assert "encoding-legacy" in [one["rule"] for one in outcome["findings"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_utf8_is_read_with_and_without_a_mark(found, encoding):
    assert found(table(changed(address="Liège")).encode(encoding)) == []


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_wider_unicode_is_read_and_said_to_be_published_as_utf8(examine, encoding):
    outcome = examine(table(changed(address="Liège", access="n°")).encode(encoding))

    told = {one["rule"]: one for one in outcome["findings"]}
    assert (told["encoding-unicode"]["severity"], outcome["file"]["encoding"]) == ("note", encoding)
    assert told["enum"]["samples"][0]["value"] == "n°"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_read(examine, end):
    outcome = examine(table(ROW, changed(evse_id="BE*EXA*E000002")).replace("\n", end))

    assert outcome["counts"] == {"rows": 2, "valid_rows": 2, "invalid_rows": 0}


@pytest.mark.parametrize("lines", [1, 4])
def test_header_below_other_lines_is_told_with_its_line(examine, lines):
    outcome = examine("Export du 26/11/2026;;\n" * lines + table(ROW).replace(",", ";"))

    assert [(one["rule"], one["values"]) for one in outcome["findings"]] == [("preamble", {"line": lines + 1})]


def test_single_quotes_are_found_by_the_column_names(found):
    content = "\n".join(";".join(f"'{cell}'" for cell in line.split(",")) for line in (HEADER, ROW))

    assert found(content) == [("single-quotes", None)]


def test_apostrophes_are_no_quotes(found):
    assert found(table(changed(address="'t Zand", operator="l'Exemple"))) == []


def test_decimal_comma_in_a_semicolon_file_is_told(found):
    assert found(table(ROW).replace(",", ";").replace("50.45", "50,45")) == [("decimal-comma", "lat")]


ONE_COLUMN = {"fields": [{"name": "name", "type": "string"}]}


@pytest.mark.parametrize("content", ["name\nRue Haute, 1\nPlace\n", "name\nRue Haute; 1\n", "name\nA|B\n"])
def test_separators_in_a_file_of_one_column_are_letters(found, content):
    assert found(content, contract=type("Contract", (), {"schema": ONE_COLUMN, "policy": {}})) == []
