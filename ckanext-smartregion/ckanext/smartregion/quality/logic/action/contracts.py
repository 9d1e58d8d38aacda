"""Actions of contracts: read by everybody."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.logic import validate
from ckan.types import Context

from ckanext.smartregion import interface
from ckanext.smartregion.quality.generated.explained import rules_of_format
from ckanext.smartregion.quality.logic import schema
from ckanext.smartregion.schemas import (
    ContractNotFound,
    FileContract,
    FormatContract,
    TableContract,
    file_contract,
    file_contracts,
)
from ckanext.smartregion.schemas.format_contracts import format_versions
from ckanext.smartregion.schemas.table_contracts import table_versions
from ckanext.smartregion.translations import localised


@tk.side_effect_free
def smartregion_contract_list(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """List the contracts that a file may name: those of tables, then those of formats such as `gtfs`.

    :returns: rows of ``{"name", "version", "id", "title", "description", "kind"}`` by name; texts are language maps,
        the kind is `table` or `format`
    """
    tk.check_access("smartregion_contract_list", context, data_dict)
    return [_short(contract) for contract in file_contracts()]


@tk.side_effect_free
@validate(schema.named)
def smartregion_contract_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Show a contract: its schema, what a broken rule means, its own rules, its versions.

    :param id: ``name`` for the newest version, or ``name@version``
    :returns: as `smartregion_contract_list`, with ``schema`` (a Table Schema), ``policy``, ``tolerance``, ``fixed``
        (rules from which nobody signs an exception), ``rules``, ``versions`` (``{"version", "valid_until"}``, newest
        first) and ``changelog``; of a format the rules are ``{"id", "severity", "label"}`` and there is no schema
    """
    tk.check_access("smartregion_contract_show", context, data_dict)
    try:
        contract = file_contract(data_dict["id"])
    except ContractNotFound as error:
        raise tk.ObjectNotFound(localised(error.texts, interface.language())) from None
    own = _of_format(contract) if isinstance(contract, FormatContract) else _of_table(contract)
    return (
        _short(contract)
        | own
        | {
            "policy": {"version": contract.policy_version, "rules": contract.policy},
            "changelog": [
                {"version": one.version, "date": one.date.isoformat(), "changes": one.changes}
                for one in contract.changelog
            ],
        }
    )


def _of_format(contract: FormatContract) -> dict[str, Any]:
    rules = [asdict(rule) for rule in rules_of_format(contract)]
    return {"rules": rules, "versions": [_version(one) for one in format_versions(contract.name)]}


def _of_table(contract: TableContract) -> dict[str, Any]:
    return {
        "schema": contract.schema,
        "tolerance": contract.tolerance,
        "fixed": sorted(contract.fixed),
        "rules": [rule.to_dict() for rule in contract.rules],
        "versions": [_version(one) for one in table_versions(contract.name)],
    }


def _short(contract: FileContract) -> dict[str, Any]:
    kind = "format" if isinstance(contract, FormatContract) else "table"
    facts = {"name": contract.name, "version": contract.version, "id": contract.id, "kind": kind}
    return facts | {"title": contract.title, "description": contract.description}


def _version(contract: FileContract) -> dict[str, str | None]:
    end = contract.valid_until
    return {"version": contract.version, "valid_until": end.isoformat() if end else None}
