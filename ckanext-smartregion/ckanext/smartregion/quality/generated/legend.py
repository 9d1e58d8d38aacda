"""What a workbook says about the columns of a contract: a note on each, a sheet that explains them, their choices."""

from collections.abc import Iterator
from typing import Any

from ckanext.smartregion.quality.generated.json_schema import is_required, read
from ckanext.smartregion.quality.rules import LanguageMap, words
from ckanext.smartregion.schemas.table_contracts import TableContract

EXPLAINED = ("column", "title", "required", "kind", "meaning", "example")
CHOICES = ("column", "value", "meaning")
WIDTHS = {"meaning": 80, "kind": 40, "title": 32, "column": 26, "value": 26, "example": 26, "required": 14}


def word(name: str, language: str) -> str:
    """A word of the templates."""
    return words()["template"][name][language]


def note(field: dict[str, Any], language: str) -> str:
    """What a person should know before filling in a column."""
    title = f"{field['title'][language]} ({_asked(field, language)})"
    example = word("such-as", language).format(example=field["example"]) if "example" in field else ""
    return "\n".join(part for part in (title, field["description"][language], example) if part)


def explain(sheet: Any, contract: TableContract, language: str) -> None:
    """One row for each column of the contract."""
    _headed(sheet, EXPLAINED, language)
    for row, field in enumerate(contract.fields, start=2):
        texts = [field["title"], kind(field), field["description"]]
        title, said, meaning = (text[language] for text in texts)
        cells = (field["name"], title, _asked(field, language), said, meaning, str(field.get("example", "")))
        _written(sheet, row, cells)


def kind(field: dict[str, Any]) -> LanguageMap:
    """What is written into a column, as a sentence."""
    kinds = words()["kinds"]
    return kinds.get(field.get("format", "")) or kinds[field["type"]]


def list_choices(sheet: Any, contract: TableContract, language: str) -> dict[str, str]:
    """One row for each value that a column may be chosen from; where the values of a column stand, by its name."""
    _headed(sheet, CHOICES, language)
    places, row = {}, 2
    for field in contract.fields:
        first = row
        for value, meaning in choices(field, language):
            _written(sheet, row, (field["name"], value, meaning))
            row += 1
        if row > first:
            places[field["name"]] = f"'{sheet.title}'!$B${first}:$B${row - 1}"
    return places


def choices(field: dict[str, Any], language: str) -> Iterator[tuple[Any, str]]:
    """The values that a column is chosen from, each with its meaning; none where it is filled in freely."""
    if field["type"] == "boolean":
        yield field.get("trueValues", ["true"])[0], word("yes", language)
        yield field.get("falseValues", ["false"])[0], word("no", language)
    labels = field.get("labels", {})
    for code in field.get("constraints", {}).get("enum", []):
        yield read(field, code), labels.get(str(code), {}).get(language, "")


def _asked(field: dict[str, Any], language: str) -> str:
    return word("required" if is_required(field) else "optional", language)


def _headed(sheet: Any, names: tuple[str, ...], language: str) -> None:
    from openpyxl.styles import Font

    sheet.freeze_panes = "A2"
    for number, name in enumerate(names, start=1):
        cell = sheet.cell(1, number, word(name, language))
        cell.font = Font(bold=True)
        sheet.column_dimensions[cell.column_letter].width = WIDTHS[name]


def _written(sheet: Any, row: int, cells: tuple[Any, ...]) -> None:
    """Cells of text and of numbers; a text that begins like a formula stays a text."""
    from openpyxl.styles import Alignment

    for number, value in enumerate(cells, start=1):
        cell = sheet.cell(row, number, value)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        if isinstance(value, str):
            cell.number_format, cell.data_type = "@", "s"
