"""Actions of table contracts: read by everybody."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.logic import validate
from ckan.types import Context

from ckanext.smartregion import interface
from ckanext.smartregion.quality.logic import schema
from ckanext.smartregion.schemas import ContractNotFound, TableContract, table_contract, table_contracts
from ckanext.smartregion.schemas.table_contracts import table_versions
from ckanext.smartregion.translations import localised


@tk.side_effect_free
def smartregion_contract_list(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """List the table contracts that a file may name.

    :returns: rows of ``{"name", "version", "id", "title", "description"}`` by name; texts are language maps
    """
    tk.check_access("smartregion_contract_list", context, data_dict)
    return [_short(contract) for contract in table_contracts()]


@tk.side_effect_free
@validate(schema.named)
def smartregion_contract_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Show a table contract: its schema, what a broken rule means, its own rules, its versions.

    :param id: ``name`` for the newest version, or ``name@version``
    :returns: as `smartregion_contract_list`, with ``schema`` (a Table Schema), ``policy``, ``tolerance``, ``rules``,
        ``versions`` (``{"version", "valid_until"}``, newest first) and ``changelog``
    """
    tk.check_access("smartregion_contract_show", context, data_dict)
    try:
        contract = table_contract(data_dict["id"])
        versions = table_versions(contract.name)
    except ContractNotFound as error:
        raise tk.ObjectNotFound(localised(error.texts, interface.language())) from None
    return _short(contract) | {
        "schema": contract.schema,
        "policy": {"version": contract.policy_version, "rules": contract.policy},
        "tolerance": contract.tolerance,
        "rules": [rule.to_dict() for rule in contract.rules],
        "versions": [{"version": one.version, "valid_until": _day(one)} for one in versions],
        "changelog": [
            {"version": one.version, "date": one.date.isoformat(), "changes": one.changes} for one in contract.changelog
        ],
    }


def _short(contract: TableContract) -> dict[str, Any]:
    facts = {"name": contract.name, "version": contract.version, "id": contract.id}
    return facts | {"title": contract.title, "description": contract.description}


def _day(contract: TableContract) -> str | None:
    return contract.valid_until.isoformat() if contract.valid_until else None
