"""Contracts that files no longer name: a table is not freed from its check by leaving its contract's name out."""

from __future__ import annotations

from typing import Any

from ckan import model as ckan_model

from ckanext.smartregion.quality import model
from ckanext.smartregion.quality.policy import Verdict
from ckanext.smartregion.quality.rules import filled, rules
from ckanext.smartregion.quality.waivers import contract_name, is_unreadable

RULE = "contract-removed"


def lost(values: dict[str, Any], present: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Findings for files without a contract that this dataset once had judged by one.

    A file is known by its resource, or by its bytes where these were held: as a new resource they are no better.
    """
    free = [resource for resource in values.get("resources") or [] if not resource.get("schema")]
    if not present or not free:
        return []
    by_resource, by_bytes = _known(present)
    found = []
    for resource in free:
        contract = by_resource.get(resource.get("id") or "") or by_bytes.get(resource.get("hash") or "")
        if contract:
            found.append(_finding(resource, contract))
    return found


def _known(present: dict[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    """Contracts by resource, and those that held bytes by their hash; what is online counts, whatever was said."""
    by_resource: dict[str, str] = {}
    by_bytes: dict[str, str] = {}
    for row, public in model.judged_files(present["id"]):
        if row["verdict"] == Verdict.HOLD and not public and _is_no_such_table(row):
            continue
        by_resource[row.get("resource") or ""] = row["contract"]
        if row["verdict"] == Verdict.HOLD:
            by_bytes[row["sha256"] or ""] = row["contract"]
    if present["state"] == "active":
        by_resource |= {each["id"]: each["schema"] for each in present["resources"] if each.get("schema")}
    return {key: value for key, value in by_resource.items() if key}, {k: v for k, v in by_bytes.items() if k}


def _is_no_such_table(row: dict[str, Any]) -> bool:
    """Whether the file was no table of this contract at all: then its name was a mistake, which anybody may mend."""
    report = ckan_model.Session.get(model.Report, row["report"]) if row["report"] else None
    return report is None or any(is_unreadable(finding) for finding in report.body["findings"])


def _finding(resource: dict[str, Any], contract: str) -> dict[str, Any]:
    texts = rules()[RULE]
    name = resource.get("name") or resource.get("url") or ""
    told = {"contract": contract_name(contract), "file": name}
    return {
        "rule": RULE,
        "severity": texts["severity"],
        "column": None,
        "label": texts["label"],
        "message": filled(texts["message"], told),
        "fix": filled(texts["fix"], told),
        "resource": name,
    }
