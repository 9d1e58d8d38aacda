"""Sources, runs, records and outcomes as plain data, and what of them a reader may see."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model
from ckan.types import Context

from ckanext.smartregion import config
from ckanext.smartregion.harvest import model, schedule
from ckanext.smartregion.harvest.engine import running

NEXT = 3


def source(row: model.Source) -> dict[str, Any]:
    """A source with its last run and its next times."""
    organization = ckan_model.Group.get(row.organization_id)
    last = next(iter(model.runs(row.id, 1)), None)
    return {
        **{name: getattr(row, name) for name in ("id", "name", "kind", "url", "schedule", "options", "enabled")},
        "title": row.title or row.name,
        "any_organization": row.any_organization,
        "organization": organization.name if organization else None,
        "created": row.created.isoformat(),
        "next_run": _text(row.next_run) if row.enabled else None,
        "next_runs": [moment.isoformat() for moment in _next(row)],
        "last_run": run(last) if last else None,
        "datasets": model.count_by_state(row.id),
    }


def _next(row: model.Source) -> list[Any]:
    if not row.enabled or not row.schedule:
        return []
    return schedule.following(row.schedule, row.name, model.now(), config.harvest_jitter(), NEXT)


def run(row: model.Run) -> dict[str, Any]:
    """A run with its counts."""
    return {
        "id": row.id,
        "source_id": row.source_id,
        **{name: getattr(row, name) for name in ("status", "trigger", "author", "confirmed", "notes", "error")},
        **{name: _text(getattr(row, name)) for name in ("queued", "started", "finished")},
        "counts": {name: row.counts.get(name, 0) for name in running.OUTCOMES},
    }


def outcome(row: model.Outcome, package: ckan_model.Package | None) -> dict[str, Any]:
    """What a run did to one remote item."""
    names = ("outcome", "remote_id", "address", "title", "package_id", "changes", "problem")
    return {**{name: getattr(row, name) for name in names}, "dataset": package.name if package else None}


def record(row: model.Record, package: ckan_model.Package) -> dict[str, Any]:
    """What one remote item has become."""
    names = ("remote_id", "address", "state", "hash", "run_id", "changes", "package_id")
    return {
        **{name: getattr(row, name) for name in names},
        "dataset": package.name,
        "title": package.title,
        "first_seen": _text(row.first_seen),
        "changed": _text(row.changed),
    }


def sees_all(context: Context, name: str) -> bool:
    """Whether the reader may see what is not published: held, refused and failed records."""
    try:
        return tk.check_access("smartregion_source_inspect", tk.fresh_context(context), {"id": name})
    except tk.NotAuthorized:
        return False


def _text(moment: Any) -> str | None:
    return moment.isoformat() if moment else None
