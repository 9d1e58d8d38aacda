"""The column types of the datastore that a table contract's types become."""

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
