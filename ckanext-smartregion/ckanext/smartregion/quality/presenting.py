"""Judgements as people and programs see them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model
from ckan.types import Context

from ckanext.smartregion.quality import model, reach, succession, waivers
from ckanext.smartregion.quality.decision import Outcome
from ckanext.smartregion.quality.policy import Verdict
from ckanext.smartregion.quality.waivers import Waiver
from ckanext.smartregion.schemas import names_format

# What a report is made from, and what stands among its findings.
ASIDE = {"profile", "converted", "compared"}
HELD = {Outcome.STAYS_DRAFT, Outcome.STAYS_PRIVATE}


def standing(outcome: str, verdict: str, public: bool) -> str | None:
    """One word for where a dataset stands: published, published with warnings, held or waiting."""
    if outcome == Outcome.WAITS:
        return "waiting"
    if outcome in HELD:
        return "held"
    if not public:
        return None
    return "published with warnings" if verdict == Verdict.WARN else "published"


def may_change(context: Context, package_id: str) -> bool:
    """Whether the caller may change the dataset, and so may see what is held."""
    try:
        return tk.check_access("package_update", tk.fresh_context(context), {"id": package_id})
    except tk.NotAuthorized:
        return False


def visible_judgement(context: Context, package: dict[str, Any]) -> model.Judgement | None:
    """The newest judgement for those who may change the dataset, the newest published one for all others."""
    if may_change(context, package["id"]):
        return model.latest(package["id"])
    return model.latest(package["id"], public=True)


def short(package: dict[str, Any], judgement: model.Judgement | None) -> dict[str, Any] | None:
    """What `package_show` adds: the verdict, whether a version waits, and where the report is."""
    if judgement is None:
        return None
    return {
        "verdict": judgement.verdict,
        "outcome": judgement.outcome,
        "waiting": judgement.outcome == Outcome.WAITS,
        "report": tk.url_for("smartregion_quality.report", id=package["name"], _external=True),
        "waived": judgement.waivers,
        "mend_by": mend_by(judgement.waivers),
    }


def mend_by(counted: list[dict[str, Any]]) -> str | None:
    """The day until which what a review found is to be mended, of the exceptions that counted."""
    return min((one["until"] for one in counted if one["signed_by"] is None), default=None)


def full(package: dict[str, Any], judgement: model.Judgement | None) -> dict[str, Any]:
    """A judgement with the whole of its reports."""
    facts = {"package": {key: package.get(key) for key in ("id", "name", "title", "type", "state", "organization")}}
    if judgement is None:
        return facts | {
            "verdict": None,
            "outcome": None,
            "waiting": False,
            "findings": [],
            "reports": [],
            "waivers": [],
        }
    resources = (judgement.candidate or package).get("resources") or package["resources"]
    return facts | {
        "verdict": judgement.verdict,
        "outcome": judgement.outcome,
        "waiting": judgement.outcome == Outcome.WAITS,
        "created": judgement.created.isoformat(),
        "findings": judgement.findings,
        "reports": [_report(row, resources) for row in judgement.reports],
        "waivers": judgement.waivers,
        "mend_by": mend_by(judgement.waivers),
    }


def _report(row: dict[str, Any], resources: list[dict[str, Any]]) -> dict[str, Any]:
    """A row of a judgement with the body of its report and the resource that it is about."""
    stored = ckan_model.Session.get(model.Report, row["report"]) if row["report"] else None
    here = resources[row["position"]] if row["position"] < len(resources) else {}
    body = stored.body if stored else {"findings": []}
    counted = [Waiver.from_dict(one) for one in row.get("waived", [])]
    listed = [*body["findings"], *row.get("converted", [])]
    findings = waivers.applied(listed, waivers.contract_name(row["contract"]), counted) + row.get("compared", [])
    shown = {key: value for key, value in {**body, **row}.items() if key not in ASIDE}
    waits = succession.is_unconfirmed(row.get("compared", []))
    facts = {"resource_id": here.get("id"), "to_confirm": waits, "is_table": not names_format(row["contract"])}
    return {**shown, "findings": findings, **facts}


def held(context: Context) -> list[dict[str, Any]]:
    """The datasets that are held, wait or are to be mended, and that the caller may change."""
    newest = model.newest_of_each(reach.changeable(context))
    group: Any = ckan_model.meta.metadata.tables["group"]
    query = sa.select(newest, group.c.name.label("owner"), group.c.title.label("owner_title"))
    query = query.join(group, group.c.id == newest.c.owner_org, isouter=True)
    to_mend = newest.c.waivers.contains([{"signed_by": None}])
    query = query.where(sa.or_(newest.c.outcome != Outcome.AS_ASKED, to_mend)).order_by(newest.c.created.desc())
    return [_row(row) for row in ckan_model.Session.execute(query).mappings()]


def _row(row: Any) -> dict[str, Any]:
    return {
        "id": row["package_id"],
        "name": row["name"],
        "title": row["title"],
        "organization": {"name": row["owner"], "title": row["owner_title"]} if row["owner"] else None,
        "standing": standing(row["outcome"], row["verdict"], row["public"]),
        "mend_by": mend_by(row["waivers"]),
        "verdict": row["verdict"],
        "created": row["created"].isoformat(),
        "url": tk.url_for("smartregion_quality.report", id=row["name"], _external=True),
    }
