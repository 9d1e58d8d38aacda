"""The empty table of a contract that a data officer fills in: a CSV header, or a workbook with notes and choices."""

import csv
import io
from typing import Any

from ckanext.smartregion.quality.generated.json_schema import is_required
from ckanext.smartregion.quality.generated.legend import explain, list_choices, note, word
from ckanext.smartregion.quality.policy import severity
from ckanext.smartregion.schemas.table_contracts import TableContract

LAST_ROW = 1_048_576  # of a workbook
# Codes keep their zeros and truth values stay `true` in every language of a spreadsheet only as text.
AS_TEXT, AS_WRITTEN = "@", "General"
FORMATS = {
    "number": AS_WRITTEN,
    "integer": "0",
    "year": "0",
    "date": "yyyy-mm-dd",
    "datetime": 'yyyy-mm-dd"T"hh:mm:ss',
    "time": "hh:mm:ss",
}
REQUIRED, OPTIONAL = "FFE08A", "E8EDF2"  # the colours of the names of columns
NARROWEST, WIDEST = 12, 40


def csv_header(contract: TableContract) -> str:
    """The first line of a CSV file under this contract, with its end of line."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerow(contract.field_names)
    return text.getvalue()


def xlsx_template(contract: TableContract, language: str = "fr") -> bytes:
    """A workbook to fill in: a sheet with the names of the columns, one that explains them, one with their choices."""
    import openpyxl  # slow to load

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None  # noqa: S101 - a new workbook has a sheet
    sheet.title, sheet.freeze_panes = word("table", language), "A2"
    explain(book.create_sheet(word("explained", language)), contract, language)
    listed = book.create_sheet(word("choices", language))
    if not (places := list_choices(listed, contract, language)):
        book.remove(listed)
    for number, field in enumerate(contract.fields, start=1):
        _head(sheet, number, field, language)
        if field["name"] in places:
            _offer(sheet, number, field, places[field["name"]], contract, language)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _head(sheet: Any, number: int, field: dict[str, Any], language: str) -> None:
    """The name of a column, with what it means as a note, and the format of the cells below."""
    from openpyxl.comments import Comment
    from openpyxl.styles import Font, PatternFill

    head = sheet.cell(1, number, field["name"])
    head.font = Font(bold=True)
    head.fill = PatternFill("solid", start_color=REQUIRED if is_required(field) else OPTIONAL)
    head.comment = Comment(note(field, language), "smartregion", width=360, height=160)
    column = sheet.column_dimensions[head.column_letter]
    column.number_format = FORMATS.get(field["type"], AS_TEXT)
    column.width = min(WIDEST, max(NARROWEST, len(field["name"]) + 4))


def _offer(sheet: Any, number: int, field: dict[str, Any], source: str, contract: TableContract, language: str) -> None:
    """A list to choose from; it only warns where the contract's policy does not block either."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    broken = "type" if field["type"] == "boolean" else "enum"
    strict = severity(broken, field["name"], contract.policy) == "block"
    validation = DataValidation("list", formula1=source, allow_blank=True, errorStyle="stop" if strict else "warning")
    validation.errorTitle, validation.error = field["name"][:32], word("choose", language)
    letter = get_column_letter(number)
    validation.add(f"{letter}2:{letter}{LAST_ROW}")
    sheet.add_data_validation(validation)
