"""Layers as people and programs see them: what each holds, who is in it, what is left out and why."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.smartregion import territory
from ckanext.smartregion.quality.layers import records
from ckanext.smartregion.schemas import TableContract, table_contract, table_contracts, vocabulary


def listed() -> list[dict[str, Any]]:
    """Every layer in short, also those that were never built."""
    return [_short(contract, records.stored(contract.name)) for contract in table_contracts()]


def shown(name: str) -> dict[str, Any]:
    """One layer in full; raises ContractNotFound."""
    contract = table_contract(name)
    stored = records.stored(contract.name)
    record = _record(stored)
    licence = vocabulary("licence").by_code(record["licence"]) if record else None
    return _short(contract, stored) | {
        "licence": licence.uri if licence else None,
        "coverage": _coverage(record),
        "parts": record["parts"] if record else [],
        "files": [_file(form, one) for form, one in stored.files.items()] if stored and record else [],
        "api": _api(stored) if record else None,
    }


def _record(stored: records.Stored | None) -> dict[str, Any] | None:
    return stored.record if stored and stored.is_whole else None


def _short(contract: TableContract, stored: records.Stored | None) -> dict[str, Any]:
    record = _record(stored)
    dataset = records.dataset_name(contract.name) if record else None
    return {
        "name": contract.name,
        "title": contract.title,
        "contract": record["contract"] if record else contract.id,
        "built": record["built"] if record else None,
        "sources": sum(1 for one in record["parts"] if one["kept"]) if record else 0,
        "municipalities": len(_coverage(record)),
        "municipalities_of": len(territory.municipalities()),
        "rows": record["rows"] if record else 0,
        "rows_left_out": sum(one["rows"] or 0 for part in record["parts"] for one in part["left_out"]) if record else 0,
        "dataset": dataset,
        "url": tk.url_for("smartregion_quality.layer", name=contract.name, _external=True),
    }


def _coverage(record: dict[str, Any] | None) -> dict[str, dict[str, Any]]:
    """By NIS code in force, the municipalities that publish or that rows speak of, and their rows."""
    found: dict[str, dict[str, Any]] = {}
    if record is None:
        return found
    own = {part["nis_code"] for part in record["parts"] if part["kept"] and part["kind"] == "municipality"}
    for code, rows in [*record["municipalities"].items(), *((code, 0) for code in own)]:
        place = territory.by_nis(code)
        if place and place.nis:
            one = found.setdefault(place.nis, {"name": place.slug, "rows": 0, "publishes": False})
            one["rows"] += rows
            one["publishes"] = one["publishes"] or code in own
    return dict(sorted(found.items()))


def _file(form: str, resource: Any) -> dict[str, Any]:
    facts = {"format": form, "resource": resource.id, "size": resource.size, "hash": resource.hash}
    return facts | {"url": _address(resource)}


def _address(resource: Any) -> str:
    facts = {"id": resource.package_id, "resource_id": resource.id, "filename": resource.url}
    return tk.url_for("resource.download", **facts, _external=True, locale="default")


def _api(stored: records.Stored | None) -> str | None:
    """Where the rows are asked for one by one."""
    table = stored.files.get("csv") if stored else None
    if table is None or not table.extras.get("datastore_active"):
        return None
    return tk.url_for("api.action", ver=3, logic_function="datastore_search", _external=True, resource_id=table.id)
