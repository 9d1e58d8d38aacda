"""The contract that a resource names in its field `schema`: of a table, or of a format with a validator of its own."""

import datetime as dt

from ckanext.smartregion.schemas.format_contracts import (
    FormatContract,
    format_contract,
    format_contracts,
    format_names,
    format_versions,
)
from ckanext.smartregion.schemas.table_contracts import TableContract, table_contract, table_contracts
from ckanext.smartregion.schemas.table_history import version_in_force

FileContract = TableContract | FormatContract


def file_contracts() -> list[FileContract]:
    """Every installed contract that a resource may name: those of tables, then those of formats, each by name."""
    return [*table_contracts(), *format_contracts()]


def file_contract(name: str, version: str | None = None, *, on: dt.date | None = None) -> FileContract:
    """The contract of a name, or of name@version; `on` is the day on which an older version must still hold.

    Raises ContractNotFound with a sentence that says what there is instead.
    """
    if not names_format(name):
        return table_contract(name, version, on=on)
    name, _, written = name.partition("@")
    return version_in_force(format_versions(name), name, version or written or None, on)


def file_types(reference: str) -> list[str]:
    """The types of file, of the vocabulary `file-type`, that a contract of this name is about; the surest first."""
    return format_contract(reference.partition("@")[0]).file_types if names_format(reference) else ["CSV"]


def names_format(reference: str | None) -> bool:
    """Whether a resource's `schema` names a format: its file is no table."""
    return (reference or "").partition("@")[0] in format_names()
