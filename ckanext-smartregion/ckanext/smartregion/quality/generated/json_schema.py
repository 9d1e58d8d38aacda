"""The rows of a table contract as JSON Schema 2020-12, which is also the schema language of OpenAPI 3.1.

A row is an object as the datastore's API answers it: numbers and truth values as such, dates and moments as text,
nothing as null.
"""

from typing import Any

from ckanext.smartregion.schemas.table_contracts import TableContract

DIALECT = "https://json-schema.org/draft/2020-12/schema"
TYPES: dict[str, dict[str, Any]] = {
    "string": {"type": "string"},
    "number": {"type": "number"},
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "time": {"type": "string", "format": "time"},
    "year": {"type": "integer"},
    "yearmonth": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}$"},
    "geopoint": {"type": "string"},
    "geojson": {"type": "object"},
    "object": {"type": "object"},
    "array": {"type": "array"},
}
FORMATS = {"email": "email", "uri": "uri", "uuid": "uuid"}
READ_AS = {"integer": int, "year": int, "number": float}
# Bounds of dates have no counterpart in JSON Schema: there dates are text.
BOUNDED = frozenset(READ_AS)


def json_schema(contract: TableContract, language: str = "fr") -> dict[str, Any]:
    """The JSON Schema of one row, with its texts in one language; an optional column may be null or absent."""
    return {
        "$schema": DIALECT,
        "$comment": contract.id,
        "title": contract.title[language],
        "description": contract.description[language],
        "type": "object",
        "properties": {field["name"]: _column(field, language) for field in contract.fields},
        "required": [field["name"] for field in contract.fields if is_required(field)],
    }


def is_required(field: dict[str, Any]) -> bool:
    """Whether a column may not stay empty."""
    return bool(field.get("constraints", {}).get("required"))


def _column(field: dict[str, Any], language: str) -> dict[str, Any]:
    texts = {key: field[key][language] for key in ("title", "description")}
    column = texts | TYPES[field["type"]] | _limits(field)
    if field.get("format") in FORMATS:
        column["format"] = FORMATS[field["format"]]
    if "labels" in field:
        column["x-labels"] = {code: label[language] for code, label in field["labels"].items()}
    if "example" in field and field["type"] in ("string", "date", "datetime", *READ_AS):
        column["examples"] = [read(field, field["example"])]
    return column if is_required(field) else _or_null(column)


def _or_null(column: dict[str, Any]) -> dict[str, Any]:
    listed = {"enum": [*column["enum"], None]} if "enum" in column else {}
    return column | {"type": [column["type"], "null"]} | listed


def _limits(field: dict[str, Any]) -> dict[str, Any]:
    said = field.get("constraints", {})
    limits = {name: said[name] for name in ("minLength", "maxLength") if name in said}
    if field["type"] in BOUNDED:
        limits |= {name: said[name] for name in ("minimum", "maximum") if name in said}
    if "pattern" in said:
        limits["pattern"] = f"^(?:{said['pattern']})$"
    if "enum" in said:
        limits["enum"] = [read(field, value) for value in said["enum"]]
    return limits


def read(field: dict[str, Any], value: Any) -> Any:
    """A value that a contract says, such as an example, in the type of its column: 22.0 for "22" as a number."""
    return READ_AS.get(field["type"], str)(value)
