"""Actions of the gate: the two chained writes, checking a file, the report, checking again, the overview."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model
from ckan.lib.jobs import DEFAULT_QUEUE_NAME
from ckan.logic import validate
from ckan.types import Context

from ckanext.smartregion.quality import beside, bounds, engine, gate, model, presenting, repairing, reviewing, signing
from ckanext.smartregion.quality.decision import Outcome
from ckanext.smartregion.quality.logic import schema

TEXT_LIMIT = 2_000_000


@tk.chained_action
def package_create(up: Callable[..., Any], context: Context, data_dict: dict[str, Any]) -> Any:
    """Create a dataset, or keep it a draft where it does not pass the gate."""
    return gate.write(up, context, data_dict, creating=True)


@tk.chained_action
def package_update(up: Callable[..., Any], context: Context, data_dict: dict[str, Any]) -> Any:
    """Change a dataset; a change of a published one that does not pass the gate waits."""
    return gate.write(up, context, data_dict, creating=False)


@tk.chained_action
def package_owner_org_update(up: Callable[..., Any], context: Context, data_dict: dict[str, Any]) -> Any:
    """Move a dataset to another organisation, through the gate: CKAN's own way neither checks nor indexes it."""
    if context.get("defer_commit"):  # CKAN calls it in every write of a dataset, which is judged as a whole
        return up(context, data_dict)
    tk.check_access("package_owner_org_update", context, data_dict)
    moved = {"id": tk.get_or_bust(data_dict, "id"), "owner_org": data_dict.get("organization_id") or ""}
    tk.get_action("package_patch")(tk.fresh_context(context), moved)
    return None


@tk.side_effect_free
@validate(schema.report_show)
def smartregion_quality_report_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Show where a dataset stands at the gate and the reports on its files.

    Who may change the dataset sees its newest version, published or not; others see what was published.

    :param id: id or name of the dataset
    :returns: ``{"package": {...}, "verdict", "outcome", "waiting", "created", "findings": [...], "reports": [...]}``;
        each report has the shape described in docs/quality.md
    """
    tk.check_access("smartregion_quality_report_show", context, data_dict)
    package = tk.get_action("package_show")(tk.fresh_context(context), {"id": data_dict["id"]})
    return presenting.full(package, presenting.visible_judgement(context, package))


@validate(schema.recheck)
def smartregion_quality_recheck(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Send what is held through the gate again: a draft is published, or a waiting version replaces the online one.

    :param id: id or name of the dataset
    :returns: the dataset as `package_show` gives it; a version that still does not pass raises ValidationError
    """
    tk.check_access("smartregion_quality_recheck", context, data_dict)
    package = tk.get_action("package_show")(tk.fresh_context(context), {"id": data_dict["id"]})
    newest = model.latest(package["id"])
    if newest and newest.outcome == Outcome.WAITS and newest.candidate:
        # A version is its author's, whoever lets it in: history says so, and a harvest knows its own by it.
        own = {"user": newest.author or context.get("user"), "ignore_auth": True, gate.TRUSTED_KEY: True}
        return tk.get_action("package_update")(tk.fresh_context(context, **own), dict(newest.candidate))
    wanted = {"private": False} if newest and newest.outcome == Outcome.STAYS_PRIVATE else {}
    trusted = tk.fresh_context(context, **{gate.TRUSTED_KEY: True})
    return tk.get_action("package_patch")(trusted, {"id": package["id"], "state": "active", **wanted})


@validate(schema.review)
def smartregion_quality_review(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Have what is published checked again by today's contracts, in the background; nothing is withdrawn.

    What is found then is to be mended within `smartregion.quality.grace_days`: see docs/quality.md.

    :param dataset: id or name of one dataset (optional; without it all whose verdict is stale)
    :returns: ``{"job": id of the job}``
    """
    tk.check_access("smartregion_quality_review", context, data_dict)
    wanted = [signing.dataset(data_dict["dataset"]).id] if data_dict.get("dataset") else None
    job = tk.enqueue_job(reviewing.review, [wanted], title="Check published datasets again", queue=DEFAULT_QUEUE_NAME)
    return {"job": job.id}


@validate(schema.check)
def smartregion_check(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Check a file without publishing it: the same engine and the same report as at the gate.

    :param contract: name of the contract, of a table or of a format
    :param upload: the file (multipart), or
    :param text: the table as text, at most 2 MB
    :param organization: id or name of the organisation in whose published tables keys are looked up (optional: the only
        one for which the caller may publish; without one the report says that they were not looked up)
    :returns: a report, as described in docs/quality.md
    """
    tk.check_access("smartregion_check", context, data_dict)
    contract = repairing.file_contract_of(data_dict["contract"])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        write_input(data_dict, path)
        published = beside.published_by(_owner(context, data_dict), contract, Path(folder))
        return engine.check(path, contract, limits=bounds.limits(), published=published).to_dict()


def _owner(context: Context, data_dict: dict[str, Any]) -> str | None:
    """For whom a table is checked: the organisation that is named, or the only one the caller publishes for."""
    if name := data_dict.get("organization"):
        group = ckan_model.Group.get(name)
        if group is None or not group.is_organization:
            raise tk.ValidationError({"organization": [tk._("There is no such organisation.")]})
        return group.id
    wanted = {"permission": "create_dataset"}
    found = tk.get_action("organization_list_for_user")(tk.fresh_context(context), wanted)
    return found[0]["id"] if len(found) == 1 else None


def write_input(data_dict: dict[str, Any], path: Path) -> None:
    """Write the table that a call brings, as a file or as text."""
    if upload := data_dict.get("upload"):
        upload.save(path)
        return
    text = data_dict.get("text") or ""
    if not text or len(text) > TEXT_LIMIT:
        raise tk.ValidationError({"text": [tk._("Give a file, or a text of at most 2 MB.")]})
    path.write_text(text, encoding="utf-8")


@tk.side_effect_free
def smartregion_quality_overview(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Count where the region's datasets stand at the gate.

    :returns: ``{"published": n, "published with warnings": n, "held": n, "waiting": n}``
    """
    tk.check_access("smartregion_quality_overview", context, data_dict)
    newest = model.newest_of_each()
    rows = ckan_model.Session.execute(
        sa.select(newest.c.outcome, newest.c.verdict, newest.c.public, sa.func.count()).group_by(
            newest.c.outcome, newest.c.verdict, newest.c.public
        )
    )
    counts = {"published": 0, "published with warnings": 0, "held": 0, "waiting": 0}
    for outcome, verdict, public, number in rows:
        if word := presenting.standing(outcome, verdict, public):
            counts[word] += number
    return counts


@tk.side_effect_free
def smartregion_quality_list(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """List the datasets that are held or wait, as far as the caller may change them; newest first.

    :returns: rows of ``{"id", "name", "title", "organization", "standing", "verdict", "created", "url"}``
    """
    tk.check_access("smartregion_quality_list", context, data_dict)
    return presenting.held(context)


@tk.side_effect_free
def smartregion_publication_lacks(context: Context, data_dict: dict[str, Any]) -> list[str]:
    """Name what a description lacks for publication, before it is written; files are not checked.

    :param dataset: the description as `package_create` takes it, with its ``type`` and ``owner_org``
    :returns: names of empty fields that block publication, after what the contract assumes and the organisation answers
        was filled in; a field of a file as ``resources/FIELD``
    """
    tk.check_access("smartregion_publication_lacks", context, data_dict)
    dataset = tk.get_or_bust(data_dict, "dataset")
    if not isinstance(dataset, dict):
        raise tk.ValidationError({"dataset": [tk._("Give the dataset as a map of field names to values.")]})
    return gate.lacking(dataset)
