"""The empty inventory that a municipality fills in, as CSV or XLSX, from the table of columns that reads it. Pure."""

from __future__ import annotations

import csv
import io
from typing import Any

from ckanext.smartregion.harvest.mapping.inventory_columns import Column, columns

SHEET = {"fr": "Inventaire", "nl": "Inventaris", "de": "Verzeichnis", "en": "Inventory"}
CHOICES = {"fr": "Listes", "nl": "Lijsten", "de": "Listen", "en": "Lists"}
LAST_ROW = 1000


def as_csv(language: str) -> bytes:
    """Names of the columns and one example row; with a mark, so that a spreadsheet reads the accents."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([column.label[language] for column in columns()])
    writer.writerow([column.example[language] for column in columns()])
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(language: str) -> bytes:
    """The same with a note on every name, and lists to choose theme, licence and frequency from."""
    import openpyxl  # slow to load

    book = openpyxl.Workbook()
    sheet, lists = book.active, book.create_sheet(CHOICES[language])
    assert sheet is not None  # noqa: S101 - a new workbook has a sheet
    sheet.title, sheet.freeze_panes = SHEET[language], "A2"
    for number, column in enumerate(columns(), start=1):
        _write(sheet, number, column, language)
        if values := column.choices(language):
            _offer(sheet, lists, number, values)
    lists.sheet_state = "hidden"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _write(sheet: Any, number: int, column: Column, language: str) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import Font

    head = sheet.cell(1, number, column.label[language])
    head.font = Font(bold=column.required)
    head.comment = Comment(column.note[language], "smartregion", width=320, height=120)
    example = sheet.cell(2, number, column.example[language])
    example.font, example.number_format = Font(italic=True, color="808080"), "@"
    sheet.column_dimensions[head.column_letter].width = 24


def _offer(sheet: Any, lists: Any, number: int, values: list[str]) -> None:
    """A list to choose from that only warns: several themes stand in one cell, apart by semicolons."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    letter = get_column_letter(number)
    for row, value in enumerate(values, start=1):
        lists.cell(row, number, value)
    source = f"'{lists.title}'!${letter}$1:${letter}${len(values)}"
    validation = DataValidation(type="list", formula1=source, allow_blank=True, errorStyle="warning")
    validation.add(f"{letter}2:{letter}{LAST_ROW}")
    sheet.add_data_validation(validation)
