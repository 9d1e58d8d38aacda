"""Actions of harvesting, sources: they are made, approved, previewed and run."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model
from ckan.logic import validate
from ckan.types import Context

from ckanext.smartregion import config
from ckanext.smartregion.fetch import Credentials
from ckanext.smartregion.harvest import credentials, model
from ckanext.smartregion.harvest.engine import previewing, pulse, queueing, removing, running, ticking
from ckanext.smartregion.harvest.engine import probe as probing
from ckanext.smartregion.harvest.logic import overview, schema, showing

# What a source says of itself, and may say anew.
FACTS = ("title", "url", "schedule", "zone", "options", "grace", "precedence")


@validate(schema.source_create)
def smartregion_source_create(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Make a source.

    :param name: short name, unique
    :param kind: kind of source, see docs/sources/README.md
    :param url: address of the portal or of the catalogue
    :param organization: name or id of the organisation that owns the source
    :param title: what people read (optional)
    :param schedule: cron expression (optional: without one the source runs by hand only)
    :param zone: time zone of the schedule (optional, default Europe/Brussels)
    :param options: map of option names to values (optional), see docs/harvest.md
    :param grace: how many days a dataset that has vanished is kept (optional, default 7)
    :param precedence: of two sources with the same dataset, the one with the lower number is nearer its origin
        (optional, default 50)
    :param credentials: how to log in at the far end (optional): stored encrypted and never shown again
    :param enabled: whether the scheduler pulls it (optional: by default a source with a schedule is on)
    :param any_organization: whether datasets go to the organisation of their publisher (optional; steward only,
        and then the default)
    :returns: the source, as `smartregion_source_show` gives it; what the steward makes is approved
    """
    tk.check_access("smartregion_source_create", context, data_dict)
    row = model.Source(
        name=data_dict["name"],
        kind=data_dict["kind"],
        organization_id=data_dict["organization"],
        enabled=data_dict.get("enabled", bool(data_dict.get("schedule"))),
        any_organization=_speaks_for_others(context, data_dict, default=True),
        author=context.get("user"),
        **{name: data_dict[name] for name in FACTS if data_dict.get(name) not in (None, "")},
    )
    if _may(context, "smartregion_source_approve", {}):
        row.approved, row.approved_by = model.now(), context.get("user")
    _seal(row, data_dict)
    ckan_model.Session.add(row)
    ckan_model.Session.flush()
    row.next_run = ticking.next_run(row)
    ckan_model.Session.commit()
    return showing.source(row)


@validate(schema.source_probe)
def smartregion_source_probe(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Find which kind of source an address is, and map a sample of at most 20 records; nothing is saved.

    :param url: any address: of a portal, a page of it, an interface or a file
    :param kind: kind of source, where it is known (optional: it is found by the content of the address and by the usual
        places of its host)
    :param options: map of option names to values (optional)
    :param organization: name or id of the organisation that the source would be of (optional)
    :param credentials: how to log in at the far end (optional)
    :param any_organization: whether datasets would go to the organisation of their publisher (optional)
    :returns: ``{"url", "kind", "kinds": [{"kind", "url", "options", "why"}], "name", "title", "sample", "seen",
        "total", "score", "findings", "error"}``: the likeliest kind first, of which the sample is; its steps as
        `smartregion_source_preview` shows them; ``error`` says what to do where nothing was found or listed
    """
    tk.check_access("smartregion_source_probe", context, data_dict)
    wanted = probing.Wanted(
        data_dict["url"],
        data_dict.get("kind") or "",
        data_dict.get("options") or {},
        data_dict.get("organization") or "",
        _speaks_for_others(context, data_dict, default=True),
        _logins(data_dict["url"], data_dict.get("credentials")),
    )
    return probing.probe(wanted, _told(context))


@validate(schema.source_update)
def smartregion_source_update(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Change a source; what is not named stays, and so do its datasets.

    :param id: name or id of the source
    :param title: what people read (optional)
    :param url: address (optional)
    :param organization: name or id of the organisation (optional)
    :param schedule: cron expression; empty for none (optional)
    :param zone: time zone of the schedule (optional)
    :param options: all options anew (optional)
    :param grace: how many days a dataset that has vanished is kept (optional)
    :param precedence: the lower, the nearer to the origin of its datasets (optional)
    :param credentials: how to log in at the far end, empty for nothing (optional)
    :param any_organization: whether datasets go to the organisation of their publisher (optional; steward only)
    :returns: the source, as `smartregion_source_show` gives it
    """
    tk.check_access("smartregion_source_update", context, data_dict)
    row = showing.find(data_dict["id"])
    for name in FACTS:
        if name in data_dict:
            setattr(row, name, data_dict[name])
    _seal(row, data_dict)
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
    :returns: ``{"id", "name", "title", "kind", "url", "organization", "schedule", "options", "enabled", ...}``, with
        its ``state`` (on, off, resting, waits), its ``condition`` as `smartregion_source_condition` gives it, and the
        counts of its last ten runs (``trend``)
    """
    tk.check_access("smartregion_source_show", context, data_dict)
    return showing.source(showing.find(data_dict["id"]))


@tk.side_effect_free
@validate(schema.source_list)
def smartregion_source_list(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """List all sources by name, each as `smartregion_source_show` gives it.

    :param state: only those that are on, off, resting, that wait for the steward's approval (waits), or that are
        troubled, failing or silent: trouble (optional)
    :param kind: only those of this kind (optional)
    :param q: only those with this text in name, title, address or organisation (optional)
    :param order: name, or urgency: what is in trouble first (optional, default name)
    :param limit: how many (optional: all)
    :param offset: how many to leave out before (optional)
    :returns: rows as `smartregion_source_show` gives them
    """
    tk.check_access("smartregion_source_list", context, data_dict)
    found = overview.standings(data_dict)
    if data_dict.get("order") == "urgency":
        found.sort(key=lambda each: each.urgency)
    offset, limit = data_dict.get("offset", 0), data_dict.get("limit", len(found))
    shown = found[offset : offset + limit]
    return showing.sources([each.row for each in shown], {each.row.id: each.facts for each in shown})


@tk.side_effect_free
@validate(schema.source_overview)
def smartregion_source_overview(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Sum up the sources: how many are in each state, how many are in trouble, how many datasets they gave.

    :param state: only those in this state, as in `smartregion_source_list` (optional)
    :param kind: only those of this kind (optional)
    :param q: only those with this text in name, title, address or organisation (optional)
    :returns: ``{"sources", "on", "resting", "waits", "off", "trouble", "published", "held", "kinds"}``
    """
    tk.check_access("smartregion_source_overview", context, data_dict)
    return overview.sums(overview.standings(data_dict))


@validate(schema.source_delete)
def smartregion_source_delete(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Remove a source with its runs; its datasets stay in the catalogue unless they are withdrawn first.

    :param id: name or id of the source
    :param withdraw: take its datasets out of the catalogue before (optional, default false)
    :returns: the source as it was, and how many of its datasets were ``withdrawn``
    """
    tk.check_access("smartregion_source_delete", context, data_dict)
    row = showing.find(data_dict["id"])
    shown, withdrawn = showing.source(row), 0
    if data_dict.get("withdraw"):
        try:
            total, told = shown["datasets"]["published"] + shown["datasets"]["held"], _told(context)
            withdrawn = removing.withdraw_all(row, lambda done: told("removing", {"withdrawn": done, "total": total}))
        except running.BusyError:
            sentence = tk._("This source is being run. Cancel its run or wait for its end, then remove it.")
            raise tk.ValidationError({"id": [sentence]}) from None
    ckan_model.Session.delete(row)
    ckan_model.Session.commit()
    return {**shown, "withdrawn": withdrawn}


@validate(schema.named)
def smartregion_source_preview(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Show what a run would do, writing nothing: the plan with its counts, and why a listing broke off.

    Of a long list only the beginning is read (`smartregion.harvest.preview_pages`, `preview_seconds`); a note says so.

    :param id: name or id of the source
    :returns: ``{"source", "complete", "error", "pages", "listed", "total", "notes", ...}`` with the counts and what
        would happen to each record; ``complete`` says whether the list was read to its end
    """
    tk.check_access("smartregion_source_preview", context, data_dict)
    row = showing.find(data_dict["id"])
    bound = previewing.Bound(config.harvest_preview_pages(), config.harvest_preview_seconds())
    return {"source": row.name, **previewing.preview(row, bound, _told(context)).as_dict()}


@validate(schema.source_run)
def smartregion_source_run(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Queue a run of a source now; gives the run, or the one that is queued or running already.

    :param id: name or id of the source
    :param confirm_withdrawals: withdraw what has vanished even if it is much (optional, default false)
    :param why: why so much may go (with confirm_withdrawals)
    :returns: the run, as `smartregion_run_list` gives it
    """
    tk.check_access("smartregion_source_run", context, data_dict)
    row = showing.find(data_dict["id"])
    if not row.approved:
        sentence = tk._("This source waits for the steward's approval. Its preview can be seen already.")
        raise tk.ValidationError({"id": [sentence]})
    if (live := model.live_run(row.id)) is not None:
        return showing.run(live)
    facts = {"confirmed": bool(data_dict.get("confirm_withdrawals")), "why": data_dict.get("why")}
    run = ticking.make_run(row, "person", context.get("user"), **facts)
    queueing.enqueue(run)
    return showing.run(run)


def _seal(row: model.Source, data_dict: dict[str, Any]) -> None:
    """Keep credentials encrypted and bound to the source's host; none where they are given as empty."""
    if "credentials" not in data_dict:
        return
    if not data_dict["credentials"]:
        row.credentials = None
        return
    (given,) = _logins(row.url, data_dict["credentials"])
    row.credentials = credentials.seal(given.as_dict())


def _logins(url: str, given: dict[str, str] | None) -> tuple[Credentials, ...]:
    """Credentials that only the host of an address sees; none where none are given."""
    if not given:
        return ()
    try:
        return (Credentials.of(url, **{"scheme": "bearer", "secret": "", **given}),)
    except ValueError as error:
        raise tk.ValidationError({"credentials": [str(error)]}) from None


def _told(context: Context) -> pulse.Told:
    """Who is told how far a preview or a probe is: whoever calls the action here may listen."""
    return context.get("smartregion_told") or pulse.silent


def _may(context: Context, action: str, data_dict: dict[str, Any]) -> bool:
    try:
        return tk.check_access(action, tk.fresh_context(context), data_dict)
    except tk.NotAuthorized:
        return False


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
