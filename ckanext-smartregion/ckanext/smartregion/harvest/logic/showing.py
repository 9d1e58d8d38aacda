"""Sources, runs, records and outcomes as plain data, and what of them a reader may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model
from ckan.types import Context

from ckanext.smartregion import config
from ckanext.smartregion.harvest import condition, model, schedule
from ckanext.smartregion.harvest.condition import Facts
from ckanext.smartregion.harvest.engine import closing
from ckanext.smartregion.harvest.model import conditions
from ckanext.smartregion.harvest.versions import diff

NEXT = 3
TREND = 10  # runs
ASKED = 100


def find(name: str) -> model.Source:
    """A source by its name or id; raises ObjectNotFound."""
    row = model.find_source(name)
    if row is None:
        raise tk.ObjectNotFound(tk._("There is no source %(name)s.") % {"name": name})
    return row


def find_record(name: str) -> tuple[model.Record, ckan_model.Package]:
    """A record by its id, or by the name or id of its dataset; raises ObjectNotFound."""
    row = ckan_model.Session.get(model.Record, name)
    package = ckan_model.Package.get(row.package_id if row else name)
    if row is None and package:
        query = ckan_model.Session.query(model.Record).filter_by(package_id=package.id)
        row = query.order_by(sa.case((model.Record.state == "linked", 1), else_=0)).first()
    if row is None or package is None:
        raise tk.ObjectNotFound(tk._("There is no such record."))
    return row, package


SOURCE = ("id", "name", "kind", "url", "schedule", "zone", "options", "enabled", "paused", "grace", "precedence")


def source(row: model.Source) -> dict[str, Any]:
    """A source with its last runs and its next times; its credentials are never shown."""
    return sources([row])[0]


def sources(rows: list[model.Source], known: Mapping[str, Facts] | None = None) -> list[dict[str, Any]]:
    """Sources as `source` gives each, in the same number of statements however many they are.

    ``known`` are the facts of each by its id, where they are at hand.
    """
    ids = [row.id for row in rows]
    owners, states = model.owners(rows), model.count_by_state(ids)
    found = model.last_runs(ids, TREND)
    shown = {each["id"]: each for each in runs([run for last in found.values() for run in last])}
    known, moment = known or conditions.facts(rows), model.now()
    return [
        {
            **_source(row, owners.get(row.organization_id), states[row.id], [shown[run.id] for run in found[row.id]]),
            "state": model.state_of(row),
            "condition": asdict(condition.condition(known[row.id], moment)),
        }
        for row in rows
    ]


def _source(
    row: model.Source, owner: ckan_model.Group | None, datasets: dict[str, int], last: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in (*SOURCE, "approved_by", "any_organization")},
        "title": row.title or row.name,
        "approved": _text(row.approved),
        "has_credentials": bool(row.credentials),
        "organization": owner.name if owner else None,
        "organization_title": owner.title if owner else None,
        "created": row.created.isoformat(),
        "listed": _text(row.listed),
        "next_run": _text(row.next_run) if row.enabled and not row.paused else None,
        "next_runs": [moment.isoformat() for moment in _next(row)],
        "last_run": last[0] if last else None,
        "trend": [{name: run[name] for name in IN_TREND} for run in reversed(last)],
        "datasets": datasets,
    }


def _next(row: model.Source) -> list[Any]:
    if not row.enabled or row.paused or not row.schedule:
        return []
    return schedule.following(row.schedule, row.name, model.now(), config.harvest_jitter(), NEXT, row.zone)


RUN = ("source_id", "status", "stage", "trigger", "author", "pages", "listed", "total", "tally", "notes", "error")
IN_TREND = ("id", "status", "queued", "finished", "counts")
CONFIRMATION = ("confirmed", "confirmed_by", "confirmed_why")


def run(row: model.Run) -> dict[str, Any]:
    """A run with its counts; those of one under way are as of now."""
    return runs([row])[0]


def runs(rows: list[model.Run]) -> list[dict[str, Any]]:
    """Runs as `run` gives each, in the same number of statements however many they are."""
    live = [row.id for row in rows if row.status in model.LIVE]
    progress = model.progress(live) if live else {}
    return [_run(row, *progress.get(row.id, (None, 0))) for row in rows]


def _run(row: model.Run, found: dict[str, int] | None, waiting: int) -> dict[str, Any]:
    counts = row.counts if found is None else closing.counts(row, found)
    return {
        "id": row.id,
        **{name: getattr(row, name) for name in (*RUN, *CONFIRMATION)},
        **{name: _text(getattr(row, name)) for name in ("queued", "not_before", "started", "heartbeat", "finished")},
        "counts": {name: counts.get(name, 0) for name in closing.OUTCOMES},
        "waiting": waiting,
    }


def asked(row: model.Run) -> list[dict[str, Any]]:
    """The first datasets that a run would withdraw if somebody confirmed it."""
    if row.status != "asking":
        return []
    found = model.asked(row.id, ASKED)
    return [{"remote_id": remote_id, "dataset": each.name, "title": each.title} for remote_id, each in found]


PROBLEMS, FIRST = 30, 10  # groups, and records of each


def problems(run_id: str) -> list[dict[str, Any]]:
    """What was wrong with records of a run: each sentence once, with how many records and the first of them."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in model.problems(run_id, groups=PROBLEMS, shown=FIRST):
        facts = {"outcome": row.outcome, "key": row.key, "problem": row.problem, "count": row.number, "records": []}
        group = found.setdefault((row.outcome, row.key), facts)
        group["records"].append({"remote_id": row.remote_id, "title": row.title, "record_id": row.record_id})
    return list(found.values())[:PROBLEMS]


def outcome(row: model.Outcome, package: ckan_model.Package | None) -> dict[str, Any]:
    """What a run did to one remote item."""
    names = ("outcome", "remote_id", "record_id", "address", "title", "package_id", "changes", "findings", "problem")
    return {**{name: getattr(row, name) for name in names}, "dataset": package.name if package else None}


def record(row: model.Record, package: ckan_model.Package) -> dict[str, Any]:
    """What one remote item has become."""
    names = ("id", "remote_id", "address", "state", "hash", "run_id", "changes", "findings", "package_id")
    moments = ("first_seen", "changed", "missing_since")
    return {
        **{name: getattr(row, name) for name in names},
        **{name: _text(getattr(row, name)) for name in moments},
        "dataset": package.name,
        "type": package.type,
        "title": package.title,
    }


def whole_record(row: model.Record, package: ckan_model.Package, *, everything: bool) -> dict[str, Any]:
    """A record with its source, its versions, what the far end sent last, and the fields that people wrote.

    Without `everything` versions that were held or have failed are left out.
    """
    owner = ckan_model.Session.get(model.Source, row.source_id)
    found = model.versions(row.id, everything=everything)
    kept = [version for version in found if version.dataset is not None]
    former = {kept[at].id: kept[at + 1].dataset for at in range(len(kept) - 1)}
    return {
        **record(row, package),
        "source": owner.name if owner else None,
        "source_title": (owner.title or owner.name) if owner else None,
        "last_seen": last_seen(row, owner),
        "versions": [_version(version, former.get(version.id)) for version in found],
        "raw": kept[0].raw if kept else None,
        "edits": [
            {"field": edit.field, "author": edit.author, "moment": _text(edit.moment)}
            for edit in model.edits(row.package_id)
        ],
    }


def last_seen(row: model.Record, owner: model.Source | None) -> str | None:
    """When the far end last named a record: at the last complete listing, unless it is missing or gone."""
    listed = owner.listed if owner and row.state != "withdrawn" else None
    return _text(row.missing_since or listed or row.changed)


def _version(row: model.Outcome, former: dict[str, Any] | None) -> dict[str, Any]:
    changed = diff(former, row.dataset) if former is not None and row.dataset is not None else []
    names = ("run_id", "outcome", "changes", "findings", "problem", "dataset")
    return {**{name: getattr(row, name) for name in names}, "moment": _text(row.moment), "diff": changed}


def sees_all(context: Context, name: str) -> bool:
    """Whether the reader may see what is not published: held, refused and failed records."""
    try:
        return tk.check_access("smartregion_source_inspect", tk.fresh_context(context), {"id": name})
    except tk.NotAuthorized:
        return False


def _text(moment: Any) -> str | None:
    return moment.isoformat() if moment else None
