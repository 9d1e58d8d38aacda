"""Actions of harvesting, runs: they are shown, confirmed and cancelled."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model
from ckan.logic import validate
from ckan.types import Context

from ckanext.smartregion.harvest import model
from ckanext.smartregion.harvest.engine import closing, queueing
from ckanext.smartregion.harvest.logic import schema, showing
from ckanext.smartregion.harvest.model import staging


@tk.side_effect_free
@validate(schema.run_show)
def smartregion_run_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Show a run with what it did to each record; held and failed records only to those who may mend them.

    :param id: id of the run
    :param outcome: only records with this outcome (optional)
    :param problem: only records with this text in their problem, title or identifier (optional)
    :param error: only records with exactly one problem, by the ``key`` that ``problems`` gives it (optional)
    :param limit: how many outcomes (optional, default 1000); 0 for the run alone, without ``problems``
    :param offset: how many outcomes to leave out before (optional)
    :returns: the run with its ``source``, its ``outcomes``, one per record, and how many there are
        (``total_outcomes``); ``problems``: what was wrong with held and failed records, each sentence once, with its
        ``outcome``, ``key``, ``count`` and the first ``records``; where it asks, the first hundred datasets that it
        asks about (``asked``)
    """
    tk.check_access("smartregion_run_show", context, data_dict)
    row = _run(data_dict["id"])
    source = ckan_model.Session.get(model.Source, row.source_id)
    wanted = {name: data_dict.get(name) for name in ("outcome", "problem", "error")}
    everything = showing.sees_all(context, row.source_id)
    found = model.outcomes(row.id, everything=everything, **wanted)
    window = {"limit": min(data_dict.get("limit", 1000), 10_000), "offset": data_dict.get("offset", 0)}
    return {
        **showing.run(row),
        "source": source.name if source else None,
        "source_title": (source.title or source.name) if source else None,
        "outcomes": [showing.outcome(*pair) for pair in found.limit(window["limit"]).offset(window["offset"])],
        "total_outcomes": found.count(),
        "problems": showing.problems(row.id) if everything and window["limit"] else [],
        "asked": showing.asked(row) if everything else [],
    }


@tk.side_effect_free
@validate(schema.run_list)
def smartregion_run_list(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """List the runs of a source, or of all, newest first.

    :param source: name or id of the source (optional)
    :param limit: how many (optional, default 20)
    :returns: rows of ``{"id", "status", "counts", ...}``
    """
    tk.check_access("smartregion_run_list", context, data_dict)
    source_id = showing.find(data_dict["source"]).id if data_dict.get("source") else None
    return showing.runs(model.runs(source_id, min(data_dict.get("limit", 20), 1000)))


@validate(schema.run_confirm)
def smartregion_run_confirm(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Let a run withdraw the datasets that it asks about: exactly those that it has found missing.

    :param id: id of the run
    :param why: why so many datasets may go; it stays with the run
    :returns: the run, queued to go on
    """
    tk.check_access("smartregion_run_confirm", context, data_dict)
    row = _run(data_dict["id"])
    if row.status != "asking":
        raise tk.ValidationError({"id": [tk._("This run asks for nothing; a newer run may have taken its place.")]})
    if live := model.live_run(row.source_id):
        sentence = tk._("Another run of this source is under way (%(run)s). Wait for its end.") % {"run": live.id}
        raise tk.ValidationError({"id": [sentence]})
    staging.mark(row.id, "asked", "todo")
    row.confirmed, row.confirmed_by, row.confirmed_why = True, context.get("user"), data_dict["why"]
    row.status, row.stage, row.queued, row.finished = "queued", "applying", model.now(), None
    ckan_model.Session.commit()
    queueing.enqueue(row)
    return showing.run(row)


@validate(schema.named)
def smartregion_run_cancel(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Stop a run that is queued, running or asking; what it has done stays done.

    :param id: id of the run
    :returns: the run
    """
    tk.check_access("smartregion_run_cancel", context, data_dict)
    row = _run(data_dict["id"])
    if row.status not in (*model.LIVE, "asking"):
        raise tk.ValidationError({"id": [tk._("This run has ended; there is nothing to cancel.")]})
    row.cancelled = True
    ckan_model.Session.commit()
    if row.status != "running":
        closing.end(row, "cancelled")
    return showing.run(row)


def _run(run_id: str) -> model.Run:
    row = ckan_model.Session.get(model.Run, run_id)
    if row is None:
        raise tk.ObjectNotFound(tk._("There is no such run."))
    return row
