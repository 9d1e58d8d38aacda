"""What a table contract becomes in the datastore: column types, indexes and the words of the data dictionary."""

from typing import Any

from ckanext.smartregion.schemas.table_contracts import TableContract

POSTGRES_TYPES = {
    "string": "text",
    "number": "numeric",
    "integer": "bigint",
    "boolean": "boolean",
    "date": "date",
    "datetime": "timestamptz",
    "time": "time",
    "year": "integer",
    "yearmonth": "text",
    "geopoint": "text",
    "geojson": "jsonb",
    "object": "jsonb",
    "array": "jsonb",
}


def columns(contract: TableContract) -> list[tuple[str, str]]:
    """Name and PostgreSQL type of every column of the typed copy, in its order."""
    return [(field["name"], POSTGRES_TYPES[field["type"]]) for field in contract.fields]


DAYS = frozenset({"date", "datetime", "year", "yearmonth"})


def indexes(contract: TableContract) -> list[list[str]]:
    """The columns of each index beside the key's: what leads to another table, and what people filter by.

    These are listed values, codes of a reference list such as the NIS code, and days. A column that the key begins
    with is found through the key.
    """
    links = [rule.parameters["columns"] for rule in contract.rules if rule.kind == "foreign-key"]
    codes = {rule.parameters["column"] for rule in contract.rules if rule.kind == "reference"}
    singles = [
        [field["name"]]
        for field in contract.fields
        if field["name"] in codes or field["type"] in DAYS or "enum" in field.get("constraints", {})
    ]
    wanted = [each for each in [*links, *singles] if each != contract.key[: len(each)]]
    return [each for at, each in enumerate(wanted) if each not in wanted[:at]]


def described(contract: TableContract, language: str) -> list[dict[str, Any]]:
    """The columns as CKAN's data dictionary takes them: name, type, and label and notes in every language.

    ``language`` is that of the plain ``label`` and ``notes``; the page shows those of the reader's.
    """
    texts = {field["name"]: field for field in contract.fields}
    return [{"id": name, "type": kind, "info": _info(texts[name], language)} for name, kind in columns(contract)]


def _info(field: dict[str, Any], language: str) -> dict[str, Any]:
    label, notes = field["title"], field["description"]
    return {
        "label": label.get(language, ""),
        "notes": notes.get(language, ""),
        "label_translated": label,
        "notes_translated": notes,
    }
