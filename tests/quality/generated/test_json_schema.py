"""The JSON Schema of a contract's rows: right as such, true of good rows, false of bad ones, in four languages."""

import json

import pytest
from jsonschema import Draft202012Validator

from ckanext.smartregion.quality.generated.json_schema import json_schema
from ckanext.smartregion.schemas import LANGUAGES
from ckanext.smartregion.schemas.table_contracts import table_contract

READ = {
    "number": float,
    "integer": int,
    "year": int,
    "boolean": lambda text: {"true": True, "false": False}[text.lower()],
    "geojson": json.loads,
}


def as_json(contract, row):
    """A row as the datastore answers it."""
    missing = contract.schema.get("missingValues", [""])
    cells = {field["name"]: (row.get(field["name"], ""), READ.get(field["type"], str)) for field in contract.fields}
    return {name: None if text in missing else read(text) for name, (text, read) in cells.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_schema_is_a_json_schema_with_its_texts_in_the_language_asked_for(contract, language):
    schema = json_schema(contract, language)

    Draft202012Validator.check_schema(schema)
    assert schema["title"] == contract.title[language]
    assert list(schema["properties"]) == contract.field_names
    for field in contract.fields:
        column = schema["properties"][field["name"]]
        assert (column["title"], column["description"]) == (field["title"][language], field["description"][language])


def test_every_row_of_the_valid_example_is_valid(contract, example):
    validator = Draft202012Validator(json_schema(contract))

    assert example
    for row in example:
        assert list(validator.iter_errors(as_json(contract, row))) == []


def test_row_that_lacks_a_required_column_or_holds_a_value_off_the_list_is_not_valid(contract, example):
    schema = json_schema(contract)
    validator, good = Draft202012Validator(schema), as_json(contract, example[0])

    for name in schema["required"]:
        [error] = validator.iter_errors({key: value for key, value in good.items() if key != name})
        assert error.validator == "required"
    for name in [name for name, column in schema["properties"].items() if "enum" in column]:
        assert "enum" in {error.validator for error in validator.iter_errors(good | {name: "no such value"})}


def test_limits_of_a_column_are_those_of_the_contract():
    columns = json_schema(table_contract("charging-points"), "en")["properties"]

    assert columns["power_kw"] == {
        "title": "Power (kW)",
        "description": columns["power_kw"]["description"],
        "type": "number",
        "minimum": 0.1,
        "maximum": 1000,
        "examples": [22.0],
    }
    assert columns["operator_bce"]["type"] == ["string", "null"]
    assert columns["operator_bce"]["pattern"] == "^(?:[01][0-9]{9})$"
    assert columns["access"]["enum"] == ["public", "restricted"]
    assert columns["access"]["x-labels"] == {"public": "Public", "restricted": "Restricted"}
    assert columns["in_service"]["format"] == "date"
