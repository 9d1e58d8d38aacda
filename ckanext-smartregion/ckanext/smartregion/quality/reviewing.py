"""Check what is online again when a contract, a policy or the engine has changed: nothing is withdrawn for it.

What the new check holds opens a time of grace: until its last day the dataset's own next versions may still break the
rule, afterwards they are held. The published version stays online whatever comes.
"""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model

from ckanext.smartregion import config
from ckanext.smartregion.quality import bounds, engine, model, tables, waivers, weighing
from ckanext.smartregion.quality.decision import Outcome
from ckanext.smartregion.quality.policy import Verdict
from ckanext.smartregion.quality.waivers import Waiver
from ckanext.smartregion.schemas import ContractNotFound, file_contract

log = logging.getLogger(__name__)
DAY = dt.timedelta(days=1)
SAME, PASSES, TO_MEND, FAILED = "as before", "passes", "to be mended", "could not be checked"


def review(package_ids: list[str] | None = None) -> dict[str, int]:
    """Check datasets again, by default those whose verdict is stale; gives how many had which result."""
    counts: dict[str, int] = {}
    for package_id in stale() if package_ids is None else package_ids:
        result = review_one(package_id)
        counts[result] = counts.get(result, 0) + 1
    return counts


def stale() -> list[str]:
    """Published datasets with a file whose report is of another contract version, policy or engine than today's."""
    online = model.online_judgements()
    said = model.bindings([row["report"] for _, reports in online for row in reports if row["report"]])
    return [package_id for package_id, reports in online if any(_is_stale(row, said) for row in reports)]


def _is_stale(row: dict[str, Any], said: dict[str, tuple[str, ...]]) -> bool:
    try:
        contract = file_contract(row["contract"])
    except ContractNotFound:  # it has ended, and is no longer anything to check by
        return False
    return said.get(row["report"]) != (contract.version, contract.policy_version, engine.name(bounds.limits()))


def review_one(package_id: str) -> str:
    """Check one published dataset again and remember the verdict; gives what came of it."""
    before = model.latest(package_id, public=True)
    try:
        shown = tk.get_action("package_show")({"ignore_auth": True, "use_cache": False}, {"id": package_id})
    except tk.ObjectNotFound:
        return FAILED
    if before is None or shown["state"] != "active" or shown["private"]:
        return FAILED
    weighed = weighing.weigh(shown, {}, shown)
    if any(row["report"] is None for row in weighed.reports):
        return FAILED
    if weighed.verdict == Verdict.HOLD:
        until = model.today() + dt.timedelta(days=config.quality_grace_days())
        weighed = weighing.weigh(shown, {}, shown, grace=_grace(weighed, until, at_once=model.today() - DAY))
    if weighed.verdict == Verdict.HOLD:
        log.error("The published dataset %s could not be checked again to its end", package_id)
        return FAILED
    newest = model.latest(package_id, public=True)
    if newest is None or newest.id != before.id:  # somebody published another version meanwhile
        return SAME
    for row in weighed.reports:
        row["resource"] = shown["resources"][row["position"]]["id"]
    _remember(package_id, weighed)
    tables.schedule_of(package_id)
    return TO_MEND if any(one["signed_by"] is None for one in weighed.waivers) else PASSES


def _grace(weighed: weighing.Weighed, until: dt.date, at_once: dt.date) -> list[Waiver]:
    """An exception for each rule that would hold, of nobody's hand; what protects people is over when it begins."""
    described = [(None, finding) for finding in weighed.findings]
    broken = [(waivers.contract_name(row["contract"]), one) for row in weighed.reports for one in _findings(row)]
    found = [(contract, one) for contract, one in [*described, *broken] if one["severity"] == "block"]
    ends = {(each, waivers.key(one)): at_once if waivers.is_protected(one) else until for each, one in found}
    return [Waiver(None, contract, rule, end) for (contract, rule), end in ends.items()]


def _findings(row: dict[str, Any]) -> list[dict[str, Any]]:
    report = ckan_model.Session.get(model.Report, row["report"])
    return [*(report.body["findings"] if report else []), *row.get("converted", [])]


def _remember(package_id: str, weighed: weighing.Weighed) -> None:
    """A judgement on what is online, as if it were written again; a version that waits goes on waiting."""
    waiting = model.latest(package_id)
    row = model.Judgement(
        package_id=package_id,
        verdict=str(weighed.verdict),
        outcome=str(Outcome.AS_ASKED),
        public=True,
        findings=weighed.findings,
        reports=weighed.reports,
        waivers=weighed.waivers,
    )
    if waiting and waiting.outcome == Outcome.WAITS:
        row.created = waiting.created - dt.timedelta(microseconds=1)
    ckan_model.Session.add(row)
    ckan_model.Session.commit()
