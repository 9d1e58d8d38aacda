"""From a step of the plan to the catalogue: one call of a CKAN action each, so that every write meets the gate."""

from __future__ import annotations

import copy
import uuid
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model
from ckan.lib.munge import munge_title_to_name

from ckanext.smartregion.harvest import model
from ckanext.smartregion.harvest.engine.owners import owner
from ckanext.smartregion.harvest.plan import Step, identity
from ckanext.smartregion.harvest.records import Candidate
from ckanext.smartregion.harvest.sentences import say
from ckanext.smartregion.schemas import dataset_contracts

LONGEST_VALUE = 500


def package_id(source_id: str, key: str) -> str:
    """The same for the same remote item, so that a crash between two writes can't make a second dataset."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{source_id}/{key}"))


def apply(source: model.Source, run: model.Run, step: Step) -> str:
    """Do one step and remember it; gives the outcome: created, updated, withdrawn, held or failed."""
    try:
        outcome, package, problem = _do(source, step)
    except tk.ValidationError as error:
        ckan_model.Session.rollback()
        outcome, package, problem = _refused(step, error)
    except Exception as error:  # one record never stops the others
        ckan_model.Session.rollback()
        outcome, package, problem = "failed", _package_of(step), say("failed", reason=_reason(error))
    _remember(source, run, step, outcome, package, problem)
    ckan_model.Session.commit()
    return outcome


def _do(source: model.Source, step: Step) -> tuple[str, str | None, dict[str, str] | None]:
    if step.act == "withdraw":
        tk.get_action("package_delete")(_context(), {"id": _package_of(step)})
        return "withdrawn", _package_of(step), None
    if step.candidate is None:
        return "failed", _package_of(step), step.problem
    return (*_write(source, step, step.candidate), None)


def _write(source: model.Source, step: Step, candidate: Candidate) -> tuple[str, str]:
    """Create or update the dataset; the gate decides whether it is published."""
    identifier = _package_of(step) or package_id(source.id, identity(step.remote_id))
    present = _present(identifier)
    # A copy to the bottom: the gate writes into the files it takes in, and the candidate's hash must not follow.
    data = {
        **copy.deepcopy(candidate.dataset),
        "id": identifier,
        "owner_org": owner(source, candidate),
        "state": "active",
    }
    if present is None:
        data["name"] = _free_name(data["title_translated"], identifier)
        result = tk.get_action("package_create")(_context(), data)
    else:
        resources = _same_resources(data.get("resources", []), present)
        data = _emptied(data, present) | {"name": present["name"], "resources": resources}
        result = tk.get_action("package_update")(_context(), data)
    if result["state"] == "draft":
        return "held", identifier
    return ("created" if present is None else "updated"), identifier


def _context() -> Any:
    """The site itself writes: rights were settled when the source was made."""
    site = tk.get_action("get_site_user")({"ignore_auth": True}, {})
    return {"ignore_auth": True, "user": site["name"]}


def _present(identifier: str) -> dict[str, Any] | None:
    if ckan_model.Package.get(identifier) is None:
        return None
    return tk.get_action("package_show")(_context(), {"id": identifier})


def _emptied(data: dict[str, Any], present: dict[str, Any]) -> dict[str, Any]:
    """What the far end no longer says is empty, not as it was: the gate has to see a licence that is gone."""
    fields = {field["field_name"] for field in dataset_contracts()[data["type"]]["dataset_fields"]}
    gone = {name for name in fields & present.keys() if name not in data and present[name]}
    return data | {name: type(present[name])() for name in gone}


def _same_resources(resources: list[dict[str, Any]], present: dict[str, Any]) -> list[dict[str, Any]]:
    """A file keeps its id, and with it its views, its table and its last valid version, as long as its address does."""
    known = {each.get("source_url") or each.get("url"): each["id"] for each in present.get("resources", [])}
    return [each | ({"id": known[each["url"]]} if each["url"] in known else {}) for each in resources]


def _free_name(titles: dict[str, str], identifier: str) -> str:
    """A readable address; a second dataset of the same title gets six signs of its own."""
    name = munge_title_to_name(titles.get("fr") or next(iter(titles.values())))[:90].strip("-") or "dataset"
    return name if ckan_model.Package.get(name) is None else f"{name}-{identifier[:6]}"


def _refused(step: Step, error: tk.ValidationError) -> tuple[str, str | None, dict[str, str] | None]:
    """A published dataset whose new version does not pass the gate is held; anything else was not valid."""
    if "verdict" in error.error_dict:
        return "held", _package_of(step), None
    reason = "; ".join(f"{field}: {text}" for field, text in error.error_summary.items())
    return "failed", _package_of(step), say("refused", reason=reason[:400])


def _package_of(step: Step) -> str | None:
    return step.known.package_id if step.known else None


def _remember(
    source: model.Source, run: model.Run, step: Step, outcome: str, package: str | None, problem: dict[str, str] | None
) -> None:
    """Store what was done: with the run, and in the mapping unless it failed."""
    changes = [_shortened(change.as_dict()) for change in step.candidate.changes] if step.candidate else []
    record = step.record
    ckan_model.Session.add(
        model.Outcome(
            run_id=run.id,
            outcome=outcome,
            remote_id=step.remote_id,
            address=record.address if record else "",
            title=_title(step),
            package_id=package,
            changes=changes,
            problem=problem,
        )
    )
    if outcome != "failed" and package:
        _map(source, run, step, outcome, package, changes)


def _map(
    source: model.Source, run: model.Run, step: Step, outcome: str, package: str, changes: list[dict[str, Any]]
) -> None:
    key = identity(step.remote_id)
    row = model.record(source.id, key)
    if row is None:
        row = model.Record(source_id=source.id, key=key, remote_id=step.remote_id, package_id=package)
        ckan_model.Session.add(row)
    row.run_id, row.changed = run.id, model.now()
    row.state = {"held": "held", "withdrawn": "withdrawn"}.get(outcome, "published")
    if step.candidate and step.record:
        # A held version is remembered as well: the same again is no news and is not judged again.
        row.hash, row.changes, row.address = step.candidate.hash, changes, step.record.address


def _title(step: Step) -> str:
    titles = step.candidate.dataset.get("title_translated", {}) if step.candidate else {}
    return titles.get("fr") or next(iter(titles.values()), "")


def _shortened(change: dict[str, Any]) -> dict[str, Any]:
    """Whole descriptions and lists of files would drown what was changed in them."""
    return {key: _cut(value) if key in ("before", "after") else value for key, value in change.items()}


def _cut(value: Any) -> Any:
    text = value if isinstance(value, str) else None if value is None else tk.h.dump_json(value, ensure_ascii=False)
    if text is None or len(text) <= LONGEST_VALUE:
        return value
    return text[:LONGEST_VALUE] + "…"


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:200]
