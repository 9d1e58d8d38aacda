"""Actions of harvesting: sources are made, previewed and run; runs and records are shown."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model
from ckan.logic import validate
from ckan.types import Context

from ckanext.smartregion.harvest import model
from ckanext.smartregion.harvest.engine import listing, ticking
from ckanext.smartregion.harvest.logic import schema, showing
from ckanext.smartregion.outgoing import client


@validate(schema.source_create)
def smartregion_source_create(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Make a source.

    :param name: short name, unique
    :param kind: kind of source: `opendatasoft` or `dcat`
    :param url: address of the portal or of the catalogue
    :param organization: name or id of the organisation that owns the source
    :param title: what people read (optional)
    :param schedule: cron expression in Belgian time (optional: without one the source runs by hand only)
    :param options: map of option names to values (optional), see docs/harvest.md
    :param enabled: whether the scheduler pulls it (optional: by default a source with a schedule is on)
    :param any_organization: whether datasets go to the organisation of their publisher (optional; steward only,
        and then the default)
    :returns: the source, as `smartregion_source_show` gives it
    """
    tk.check_access("smartregion_source_create", context, data_dict)
    speaks = _speaks_for_others(context, data_dict, default=True)
    row = model.Source(
        name=data_dict["name"],
        title=data_dict.get("title") or "",
        kind=data_dict["kind"],
        url=data_dict["url"],
        organization_id=data_dict["organization"],
        schedule=data_dict.get("schedule") or "",
        options=data_dict.get("options") or {},
        enabled=data_dict.get("enabled", bool(data_dict.get("schedule"))),
        any_organization=speaks,
        author=context.get("user"),
    )
    row.next_run = ticking.next_run(row)
    ckan_model.Session.add(row)
    ckan_model.Session.commit()
    return showing.source(row)


@validate(schema.source_update)
def smartregion_source_update(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Change a source; what is not named stays, and so do its datasets.

    :param id: name or id of the source
    :param title: what people read (optional)
    :param url: address (optional)
    :param organization: name or id of the organisation (optional)
    :param schedule: cron expression; empty for none (optional)
    :param options: all options anew (optional)
    :param any_organization: whether datasets go to the organisation of their publisher (optional; steward only)
    :returns: the source, as `smartregion_source_show` gives it
    """
    tk.check_access("smartregion_source_update", context, data_dict)
    row = _source(data_dict["id"])
    for name in ("title", "url", "schedule", "options"):
        if name in data_dict:
            setattr(row, name, data_dict[name])
    row.organization_id = data_dict.get("organization", row.organization_id)
    row.any_organization = _speaks_for_others(context, data_dict, default=row.any_organization)
    row.next_run = ticking.next_run(row)
    ckan_model.Session.commit()
    return showing.source(row)


@tk.side_effect_free
@validate(schema.named)
def smartregion_source_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Show a source with its last run and its next times.

    :param id: name or id of the source
    :returns: ``{"id", "name", "title", "kind", "url", "organization", "schedule", "options", "enabled", ...}``
    """
    tk.check_access("smartregion_source_show", context, data_dict)
    return showing.source(_source(data_dict["id"]))


@tk.side_effect_free
def smartregion_source_list(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """List all sources by name, each as `smartregion_source_show` gives it.

    :returns: rows as `smartregion_source_show` gives them
    """
    tk.check_access("smartregion_source_list", context, data_dict)
    return [showing.source(row) for row in model.sources()]


@validate(schema.named)
def smartregion_source_delete(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Remove a source with its runs; its datasets stay in the catalogue.

    :param id: name or id of the source
    :returns: the source as it was
    """
    tk.check_access("smartregion_source_delete", context, data_dict)
    row = _source(data_dict["id"])
    shown = showing.source(row)
    ckan_model.Session.delete(row)
    ckan_model.Session.commit()
    return shown


@validate(schema.named)
def smartregion_source_enable(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Let the scheduler pull a source.

    :param id: name or id of the source
    :returns: the source, with its next run
    """
    tk.check_access("smartregion_source_enable", context, data_dict)
    return _switch(data_dict["id"], enabled=True)


@validate(schema.named)
def smartregion_source_disable(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Keep the scheduler from pulling a source; it can still be run by hand.

    :param id: name or id of the source
    :returns: the source
    """
    tk.check_access("smartregion_source_disable", context, data_dict)
    return _switch(data_dict["id"], enabled=False)


@validate(schema.named)
def smartregion_source_preview(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Show what a run would do, writing nothing: the plan with its counts, and why a listing broke off.

    :param id: name or id of the source
    :returns: ``{"source", "complete", "error", ...}`` with the counts and what would happen to each record
    """
    tk.check_access("smartregion_source_preview", context, data_dict)
    row = _source(data_dict["id"])
    made, found = listing.make(row, client(), confirmed=False, progress=lambda stage: None)
    return {"source": row.name, "complete": found.error is None, "error": found.error, **made.as_dict()}


@validate(schema.source_run)
def smartregion_source_run(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Queue a run of a source now; gives the run, or the one that is queued or running already.

    :param id: name or id of the source
    :param confirm_withdrawals: withdraw what has vanished even if it is much (optional, default false)
    :returns: the run, as `smartregion_run_list` gives it
    """
    tk.check_access("smartregion_source_run", context, data_dict)
    row = _source(data_dict["id"])
    confirmed = bool(data_dict.get("confirm_withdrawals"))
    run = model.live_run(row.id) or ticking.queue(row, "person", context.get("user"), confirmed=confirmed)
    return showing.run(run)


@tk.side_effect_free
@validate(schema.named)
def smartregion_run_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Show a run with what it did to each record; held and failed records only to those who may mend them.

    :param id: id of the run
    :returns: the run with its ``source`` and its ``outcomes``, one per record
    """
    tk.check_access("smartregion_run_show", context, data_dict)
    row = ckan_model.Session.get(model.Run, data_dict["id"])
    if row is None:
        raise tk.ObjectNotFound(tk._("There is no such run."))
    source = ckan_model.Session.get(model.Source, row.source_id)
    everything = showing.sees_all(context, row.source_id)
    outcomes = [showing.outcome(*pair) for pair in model.outcomes(row.id, everything=everything)]
    return {**showing.run(row), "source": source.name if source else None, "outcomes": outcomes}


@tk.side_effect_free
@validate(schema.run_list)
def smartregion_run_list(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """List the runs of a source, newest first.

    :param source: name or id of the source
    :param limit: how many (optional, default 20)
    :returns: rows of ``{"id", "status", "counts", ...}``
    """
    tk.check_access("smartregion_run_list", context, data_dict)
    row = _source(data_dict["source"])
    return [showing.run(run) for run in model.runs(row.id, min(data_dict.get("limit", 20), 1000))]


@tk.side_effect_free
@validate(schema.record_list)
def smartregion_record_list(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """List what the remote items of a source have become, with the rules applied to each.

    :param source: name or id of the source
    :param state: published, held or withdrawn (optional)
    :returns: one row per record: its remote id, its dataset, its state, the rules applied
    """
    tk.check_access("smartregion_record_list", context, data_dict)
    row = _source(data_dict["source"])
    everything = showing.sees_all(context, row.id)
    rows = model.records(row.id, data_dict.get("state"), everything=everything)
    return [showing.record(*pair) for pair in rows]


def _source(name: str) -> model.Source:
    row = model.find_source(name)
    if row is None:
        raise tk.ObjectNotFound(tk._("There is no source %(name)s.") % {"name": name})
    return row


def _switch(name: str, *, enabled: bool) -> dict[str, Any]:
    row = _source(name)
    row.enabled = enabled
    row.next_run = ticking.next_run(row)
    ckan_model.Session.commit()
    return showing.source(row)


def _speaks_for_others(context: Context, data_dict: dict[str, Any], *, default: bool) -> bool:
    """Whether a source publishes for every publisher it names: what is asked, as far as the asker may ask it."""
    asked = data_dict.get("any_organization")
    if asked is False or (asked is None and not default):
        return False
    try:
        tk.check_access("smartregion_source_speak_for_others", tk.fresh_context(context), {})
    except tk.NotAuthorized:
        if asked:
            raise
        return False
    return True
