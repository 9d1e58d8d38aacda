"""The page of a run, live while it is under way, with its buttons and its outcomes as a file."""

from __future__ import annotations

from typing import Any

from flask import make_response

import ckan.plugins.toolkit as tk
from ckan.types import Response

from ckanext.smartregion.harvest import model
from ckanext.smartregion.harvest.views.asking import ask, attempt, chosen, chunks, file, may, page_number, paged, window

OUTCOMES = ("created", "updated", "withdrawn", "missing", "linked", "held", "failed")
FILTERS = ("outcome", "problem", "error")
COLUMNS = ("outcome", "remote_id", "title", "dataset", "address", "problem", "findings", "changes")


def run_read(id: str) -> str:
    """A run: where it stands, what it did to each record, what it asks."""
    return tk.render("harvest/run.html", _facts(id))


def progress(id: str) -> Response:
    """Where a run stands, alone while it is under way; with all of its page once it has ended."""
    run = ask("smartregion_run_show", id=id, limit=0)
    if run["status"] in model.LIVE:
        facts = {"run": run, "live": True, "may_act": may("smartregion_run_cancel", id=id)}
        return make_response(tk.render("harvest/snippets/progress.html", facts))
    response = make_response(tk.render("harvest/snippets/run.html", _facts(id)))
    response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#sr-run", "outerHTML"
    return response


def _facts(id: str) -> dict[str, Any]:
    filters, number = chosen(*FILTERS), page_number()
    run = ask("smartregion_run_show", id=id, **filters, **window(number))
    return {
        "run": run,
        "live": run["status"] in model.LIVE,
        "list": paged(run["outcomes"], number),
        "filters": filters,
        "outcomes": OUTCOMES,
        "may_act": may("smartregion_run_cancel", id=id),
    }


def run_act(id: str, verb: str) -> Response:
    """Let a run withdraw what it asks about, with the reason; or stop it."""
    if verb == "confirm":
        why = tk.request.form.get("why", "").strip()
        attempt("smartregion_run_confirm", tk._("Confirmed: the run goes on and withdraws them."), id=id, why=why)
    else:
        attempt("smartregion_run_cancel", tk._("The run is stopped. What it has done stays done."), id=id)
    return tk.redirect_to("smartregion_harvest.run_read", id=id)


def outcomes(id: str, form: str) -> Response:
    """What a run did to each record, as a file; problems in the reader's language in CSV, in all four in JSON."""
    filters = chosen(*FILTERS)
    ask("smartregion_run_show", id=id, limit=1)

    def load(limit: int, offset: int) -> list[dict[str, Any]]:
        rows = ask("smartregion_run_show", id=id, limit=limit, offset=offset, **filters)["outcomes"]
        return rows if form == "json" else [row | {"problem": _sentence(row["problem"])} for row in rows]

    return file(f"run-{id[:8]}", form, chunks(load), COLUMNS)


def _sentence(texts: dict[str, str] | None) -> str:
    return tk.h.smartregion_harvest_text(texts)
