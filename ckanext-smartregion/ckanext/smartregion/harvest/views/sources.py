"""The pages of sources: all of them, one, its preview, its form, and its buttons."""

from __future__ import annotations

from typing import Any

from flask import make_response
from flask.views import MethodView

import ckan.plugins.toolkit as tk
from ckan.types import Response

from ckanext.smartregion.harvest import model
from ckanext.smartregion.harvest.engine.trials import Trial
from ckanext.smartregion.harvest.views import filling, trying
from ckanext.smartregion.harvest.views.asking import ask, attempt, chosen, may, page_number, paged, window
from ckanext.smartregion.harvesters import KINDS

RECORD_STATES = ("published", "held", "linked", "missing", "withdrawn")


def index() -> str:
    """All sources: what is in trouble first, then those that are pulled; filtered by state, kind and text."""
    filters, number = chosen("state", "kind", "q"), page_number()
    sums = ask("smartregion_source_overview")
    facts = {
        "sums": sums,
        "total": ask("smartregion_source_overview", **filters)["sources"] if filters else sums["sources"],
        "list": paged(ask("smartregion_source_list", order="urgency", **filters, **window(number)), number),
        "filters": filters,
        "may_add": filling.organizations() != [],
    }
    return tk.render("harvest/index.html", facts)


def read(name: str) -> str:
    """A source: its facts, what its last run did, its runs, and its records with search and paging."""
    source = ask("smartregion_source_show", id=name)
    filters, number = chosen("state", "q"), page_number()
    if filters.get("state") not in RECORD_STATES:
        filters.pop("state", None)
    runs = ask("smartregion_run_list", source=name, limit=10)
    facts = {
        "source": source,
        "runs": runs,
        "told": next((run for run in runs if any(run["tally"].values())), None),
        "list": paged(ask("smartregion_record_list", source=name, **filters, **window(number)), number),
        "filters": filters,
        "states": RECORD_STATES,
        # Who may change a source may run, preview, switch and remove it: one right, asked for once.
        "may": {
            "act": may("smartregion_source_update", id=name),
            "approve": may("smartregion_source_approve", id=name),
        },
    }
    return tk.render("harvest/read.html", facts)


class Preview(MethodView):
    """What a run would do now: a worker lists the source, the page shows how far it is and then the plan."""

    def get(self, name: str) -> str:
        """The plan, or how far it is; asked for by the page itself, that part alone."""
        return self._page(name)

    def post(self, name: str) -> Response:
        """Have it made anew, whatever is kept."""
        self._row(name, anew=True)
        return tk.redirect_to("smartregion_harvest.preview", name=name)

    def _page(self, name: str) -> str:
        source, trial = self._row(name)
        facts = {
            "source": source,
            "trial": trial,
            "plan": trying.outcome(trial),
            "errors": trying.errors(trial),
            "may_approve": may("smartregion_source_approve", id=name),
        }
        return tk.render("harvest/snippets/preview.html" if tk.request.htmx else "harvest/preview.html", facts)

    def _row(self, name: str, *, anew: bool = False) -> tuple[dict[str, Any], Trial]:
        source = ask("smartregion_source_show", id=name)
        row = model.find_source(name)
        if row is None or not may("smartregion_source_preview", id=name):
            return tk.abort(403, tk._("Log in as a data officer of this organisation to do this."))
        return source, trying.preview(row, anew=anew)


def act(name: str, verb: str) -> Response | Any:
    """Run a source now, switch it on or off, let it rest or go on, approve it."""
    said = {
        "run": tk._("The run is queued; this page shows what comes of it."),
        "enable": tk._("The source is on."),
        "disable": tk._("The source is off. Its datasets stay."),
        "pause": tk._("The source rests until it is resumed."),
        "resume": tk._("The source is pulled again by its schedule."),
        "approve": tk._("The source is approved. It may run."),
    }
    done = attempt(f"smartregion_source_{verb}", said[verb], id=name)
    if done and verb == "run":
        return tk.redirect_to("smartregion_harvest.run_read", id=done["id"])
    return tk.redirect_to("smartregion_harvest.read", name=name)


class Edit(MethodView):
    """The form of a source; its options are those that its kind declares."""

    def get(self, name: str) -> str:
        """The form as the source stands."""
        source = self._source(name)
        return self._page(source, filling.given(source), {})

    def post(self, name: str) -> Response | str:
        """Keep what was filled in, or show it again with what is wrong."""
        source, form = self._source(name), filling.sent(tk.request.form)
        facts, errors = filling.facts(form, source["kind"], source["options"])
        try:
            if not errors:
                ask("smartregion_source_update", id=name, **facts)
        except tk.ValidationError as error:
            errors = error.error_summary
        if errors:
            return self._page(source, form, errors)
        tk.h.flash_success(tk._("The source is changed. Its next run follows the new settings."))
        return tk.redirect_to("smartregion_harvest.read", name=name)

    def _source(self, name: str) -> dict[str, Any]:
        source = ask("smartregion_source_show", id=name)
        if not may("smartregion_source_update", id=name):
            tk.abort(403, tk._("Log in as a data officer of this organisation to do this."))
        return source

    def _page(self, source: dict[str, Any], form: dict[str, Any], errors: dict[str, Any]) -> str:
        facts = {
            "source": source,
            "form": form,
            "errors": errors,
            "options": filling.options(source["kind"]) if source["kind"] in KINDS else (),
            "organizations": _with(source, filling.organizations()),
            "has_login": source["has_credentials"],
        }
        return tk.render("harvest/edit.html", facts)


def _with(source: dict[str, Any], organizations: list[dict[str, str]]) -> list[dict[str, str]]:
    """The organisations to choose from; the one that the source is of is always among them."""
    if any(each["name"] == source["organization"] for each in organizations):
        return organizations
    title = tk.h.smartregion_owner(source["organization"], source["organization_title"])
    return [{"name": source["organization"], "title": title}, *organizations]


class Remove(MethodView):
    """Take a source away: what becomes of its datasets is asked first, and a worker does it."""

    def get(self, name: str) -> Response | str:
        """The question; or how far the worker is, and at its end the list of sources."""
        trial = trying.mine(tk.request.args.get("trial", ""))
        if trial is None:
            return self._page(name, None)
        if trial.state != "done":
            return self._page(name, trial)
        withdrawn = trying.outcome(trial)["withdrawn"]
        said = tk.ungettext("%(num)d dataset was withdrawn.", "%(num)d datasets were withdrawn.", withdrawn)
        tk.h.flash_success(f"{tk._('The source is removed.')} {said % {'num': withdrawn}}")
        address = tk.h.url_for("smartregion_harvest.index")
        if not tk.request.htmx:
            return tk.redirect_to(address)
        response = make_response("")
        response.headers["HX-Redirect"] = address
        return response

    def post(self, name: str) -> Response:
        """Let a worker remove it."""
        source = ask("smartregion_source_show", id=name)
        if not may("smartregion_source_delete", id=name):
            return tk.abort(403, tk._("Log in as a data officer of this organisation to do this."))
        trial = trying.removal(source["id"], withdraw=tk.request.form.get("datasets") == "withdraw")
        return tk.redirect_to("smartregion_harvest.remove", name=name, trial=trial.id)

    def _page(self, name: str, trial: Trial | None) -> str:
        live = bool(trial and trial.live)
        source = {"name": name, "title": name} if live else ask("smartregion_source_show", id=name)
        if not live and not may("smartregion_source_delete", id=name):
            return tk.abort(403, tk._("Log in as a data officer of this organisation to do this."))
        facts = {"source": source, "trial": trial, "errors": trying.errors(trial)}
        return tk.render("harvest/snippets/removal.html" if tk.request.htmx else "harvest/remove.html", facts)
