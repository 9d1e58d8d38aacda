"""The pages of harvesting: all sources, one source, one run."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

import ckan.plugins.toolkit as tk
from ckan.types import Response

smartregion_harvest = Blueprint("smartregion_harvest", __name__, url_prefix="/harvest")

STATES = ("published", "held", "withdrawn")


def index() -> str:
    """All sources with their state, those that are pulled first."""
    sources = tk.get_action("smartregion_source_list")({}, {})
    return tk.render("harvest/index.html", {"sources": sorted(sources, key=lambda source: not source["enabled"])})


def read(name: str) -> Any:
    """A source: its facts, its runs, its records with the rules that were applied."""
    try:
        source = tk.get_action("smartregion_source_show")({}, {"id": name})
    except tk.ObjectNotFound:
        return tk.abort(404, tk._("There is no such source."))
    state = tk.request.args.get("state")
    wanted = {"source": name, **({"state": state} if state in STATES else {})}
    return tk.render(
        "harvest/read.html",
        {
            "source": source,
            "runs": tk.get_action("smartregion_run_list")({}, {"source": name, "limit": 10}),
            "records": tk.get_action("smartregion_record_list")({}, wanted),
            "state": state if state in STATES else None,
            "may_run": tk.h.check_access("smartregion_source_run", {"id": name}),
        },
    )


def run_read(id: str) -> Any:
    """A run: what it did to each record."""
    try:
        run = tk.get_action("smartregion_run_show")({}, {"id": id})
    except tk.ObjectNotFound:
        return tk.abort(404, tk._("There is no such run."))
    source = tk.get_action("smartregion_source_show")({}, {"id": run["source"]})
    return tk.render("harvest/run.html", {"run": run, "source": source})


def act(name: str, verb: str) -> Response | Any:
    """Run a source now, or switch it on or off."""
    data = {"id": name}
    if verb == "run" and tk.request.form.get("confirm_withdrawals"):
        data["confirm_withdrawals"] = "true"
    try:
        done = tk.get_action(f"smartregion_source_{verb}")({}, data)
    except tk.NotAuthorized:
        return tk.abort(403, tk._("Log in as a data officer of this organisation to do this."))
    except tk.ObjectNotFound:
        return tk.abort(404, tk._("There is no such source."))
    if verb == "run":
        tk.h.flash_success(tk._("The run is queued; this page shows what comes of it."))
        return tk.redirect_to("smartregion_harvest.run_read", id=done["id"])
    return tk.redirect_to("smartregion_harvest.read", name=name)


smartregion_harvest.add_url_rule("/", view_func=index, strict_slashes=False)
smartregion_harvest.add_url_rule("/<name>", view_func=read)
smartregion_harvest.add_url_rule("/run/<id>", view_func=run_read)
smartregion_harvest.add_url_rule("/<name>/<any(run, enable, disable):verb>", view_func=act, methods=["POST"])
