"""Templates: what a data officer opens, fills in and sends back passes the gate."""

import csv
import io
from functools import cache

import openpyxl
import pytest

from ckanext.smartregion.quality.engine import check
from ckanext.smartregion.quality.generated.legend import choices
from ckanext.smartregion.quality.generated.template import csv_header, xlsx_template
from ckanext.smartregion.schemas import LANGUAGES, table_contract


@cache
def template(name, language):
    return xlsx_template(table_contract(name), language)


@cache
def opened(name, language):
    """The template of a contract, to look at."""
    return openpyxl.load_workbook(io.BytesIO(template(name, language)))


def offered(book, sheet):
    """The values that each column may be chosen from, by the letter of the column, and how strictly."""
    found = {}
    for validation in sheet.data_validations.dataValidation:
        name, place = validation.formula1.replace("'", "").replace("$", "").split("!")
        letter = str(validation.sqref).split(":")[0].rstrip("2")
        first, last = (int(part[1:]) for part in place.split(":"))
        values = [book[name].cell(row, 2).value for row in range(first, last + 1)]
        found[letter] = (values, validation.errorStyle)
    return found


def test_csv_header_names_the_columns_in_their_order(contract):
    assert csv_header(contract).endswith("\r\n")
    assert next(csv.reader([csv_header(contract)])) == contract.field_names


def test_template_has_a_frozen_bold_header_with_a_note_on_every_column(contract):
    for language in LANGUAGES:
        sheet = opened(contract.name, language).worksheets[0]
        heads = [cell for cell in sheet[1] if cell.value]

        assert sheet.freeze_panes == "A2"
        assert [cell.value for cell in heads] == contract.field_names
        assert all(cell.font.bold for cell in heads)
        for cell, field in zip(heads, contract.fields, strict=True):
            assert field["description"][language] in cell.comment.text
            assert str(field.get("example", "")) in cell.comment.text


def test_required_columns_have_another_colour(contract):
    heads = opened(contract.name, "fr").worksheets[0][1]
    colours = {False: set(), True: set()}
    for cell, field in zip(heads, contract.fields, strict=True):
        colours[bool(field.get("constraints", {}).get("required"))].add(cell.fill.start_color.rgb)

    assert len(colours[True]) <= 1
    assert len(colours[False]) <= 1
    assert not colours[True] & colours[False]


def test_columns_with_choices_offer_them(contract):
    book = opened(contract.name, "fr")
    sheet = book.worksheets[0]
    letters = {cell.value: cell.column_letter for cell in sheet[1]}
    expected = {}
    for field in contract.fields:
        if values := [value for value, _ in choices(field, "fr")]:
            expected[letters[field["name"]]] = values

    assert {letter: values for letter, (values, _) in offered(book, sheet).items()} == expected


def test_columns_are_explained_on_the_second_sheet(contract):
    for language in LANGUAGES:
        rows = list(opened(contract.name, language).worksheets[1].iter_rows(min_row=2, values_only=True))

        assert [row[0] for row in rows] == contract.field_names
        assert [row[1] for row in rows] == [field["title"][language] for field in contract.fields]
        assert [row[4] for row in rows] == [field["description"][language] for field in contract.fields]


def test_codes_keep_their_zeros_and_dates_are_written_the_iso_way(charging):
    sheet = opened(charging.name, "fr").worksheets[0]
    formats = {cell.value: sheet.column_dimensions[cell.column_letter].number_format for cell in sheet[1]}

    assert formats["operator_bce"] == formats["ins_code"] == "@"
    assert formats["updated_at"] == "yyyy-mm-dd"
    assert formats["power_kw"] == "General"


@pytest.mark.parametrize("as_text", [True, False], ids=["text", "numbers"])
def test_filled_template_passes_the_gate(contract, example, tmp_path, as_text):
    """The rows of the valid example, written into the template as a person would."""
    book = openpyxl.load_workbook(io.BytesIO(template(contract.name, "fr")))
    sheet = book.worksheets[0]
    for number, row in enumerate(example, start=2):
        for column, field in enumerate(contract.fields, start=1):
            text = row.get(field["name"], "")
            is_number = field["type"] in ("number", "integer") and text not in ("", "NC")
            sheet.cell(number, column, float(text) if is_number and not as_text else text or None)
    book.save(tmp_path / "filled.xlsx")

    report = check(tmp_path / "filled.xlsx", contract)

    assert report.verdict == "publish", [(one.rule, one.column, one.severity) for one in report.findings]
    assert report.file["rows"] == len(example)
    assert report.file["sheet"] == "Données"
