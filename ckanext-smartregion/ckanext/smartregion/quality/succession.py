"""Compare the files of a new version with the published ones that they follow, and tell what is not plausible.

A comparison is made once, between two files: bytes that are online already keep what was said of them when they came.
"""

from __future__ import annotations

from typing import Any

from ckan import model as ckan_model

from ckanext.smartregion.quality import checking, model, waivers
from ckanext.smartregion.quality.plausibility import confirmed, implausible
from ckanext.smartregion.quality.policy import verdict_of, worst
from ckanext.smartregion.quality.waivers import Waiver, contract_name
from ckanext.smartregion.schemas import file_contract
from ckanext.smartregion.schemas.named import FileContract

Row = dict[str, Any]
"""What a judgement says of one file: see `checking.check_resources`."""


def compared(
    rows: list[Row], resources: list[dict[str, Any]], present: dict[str, Any] | None, exceptions: list[Waiver]
) -> list[Row]:
    """The rows, each with what is not plausible beside the file of the last published version that it follows.

    ``against`` is the SHA-256 of that file, ``compared`` the findings, excused or confirmed where they are.
    """
    checked = [row for row in rows if row["report"]]
    online = model.latest(present["id"], public=True) if present and checked else None
    former = [row for row in online.reports if row["report"]] if online else []
    if not present or not former:
        return rows
    followed = _followed(checked, former, resources)
    return [
        _compared(row, followed[row["position"]], present["id"], exceptions) if row["position"] in followed else row
        for row in rows
    ]


def _followed(rows: list[Row], former: list[Row], resources: list[dict[str, Any]]) -> dict[int, Row]:
    """By position, the published file that each follows: of the same resource, else the only other one of its contract.

    So a file does not escape by being taken away and added anew.
    """
    by_resource = {row["resource"]: row for row in former if row.get("resource")}
    found: dict[int, Row] = {}
    for row in rows:
        one = by_resource.get(resources[row["position"]].get("id") or "")
        if one and _contract(one) == _contract(row):
            found[row["position"]] = one
    left = [row for row in former if row not in found.values()]
    fresh = [row for row in rows if row["position"] not in found]
    for row in fresh:
        rivals, same = ([one for one in some if _contract(one) == _contract(row)] for some in (fresh, left))
        if len(rivals) == len(same) == 1:
            found[row["position"]] = same[0]
    return found


def _contract(row: Row) -> str | None:
    return contract_name(row["contract"])


def _compared(row: Row, former: Row, package_id: str, exceptions: list[Waiver]) -> Row:
    if row["sha256"] == former["sha256"]:
        against, found = former.get("against"), former.get("compared", [])
    else:
        against, found = former["sha256"], _found(row, former, package_id, exceptions)
    return {
        **row,
        "against": against,
        "compared": found,
        "verdict": str(worst([row["verdict"], verdict_of(finding["severity"] for finding in found)])),
        "waived": waivers.used([{"waived": one} for one in row["waived"]], found),
    }


def _found(row: Row, former: Row, package_id: str, exceptions: list[Waiver]) -> list[dict[str, Any]]:
    contract = file_contract(row["contract"])
    new, old = _profile(row, contract), _profile(former, contract)
    if not new or not old:
        return []
    found = implausible(new, old, contract)
    if any(finding["severity"] == "block" for finding in found):
        found = confirmed(found, model.confirmation(package_id, row["sha256"]))
    return waivers.applied(found, contract.name, exceptions)


def _profile(row: Row, contract: FileContract) -> dict[str, Any] | None:
    """The profile in a report; where an older engine made none, that of the same bytes examined today."""
    stored = ckan_model.Session.get(model.Report, row["report"])
    if stored is None or "profile" not in stored.body:
        stored = checking.report_on(row["sha256"], contract)
    return stored.body.get("profile")


def unconfirmed(package_id: str) -> list[str]:
    """The SHA-256 of each file in the newest version of a dataset that is held until somebody confirms it."""
    newest = model.latest(package_id)
    rows = newest.reports if newest else []
    return list(dict.fromkeys(row["sha256"] for row in rows if is_unconfirmed(row.get("compared", []))))


def is_unconfirmed(findings: list[dict[str, Any]]) -> bool:
    """Whether one of these findings holds a file until it is confirmed."""
    return any(finding["severity"] == "block" for finding in findings)
