"""Adding a source: an address is tried, what is found is shown, and only then a source is made."""

from __future__ import annotations

from typing import Any

from flask import make_response
from flask.views import MethodView

import ckan.plugins.toolkit as tk
from ckan.types import Response

from ckanext.smartregion.harvest import timetables
from ckanext.smartregion.harvest.engine.trials import Trial
from ckanext.smartregion.harvest.logic import schema
from ckanext.smartregion.harvest.views import filling, trying
from ckanext.smartregion.harvest.views.asking import ask
from ckanext.smartregion.harvesters import KINDS

DEFAULT = "0 3 * * *"


class New(MethodView):
    """Paste an address; see what is there before anything is saved."""

    def get(self) -> str:
        """The box for the address; with what was found there, or how far the worker is that looks."""
        if not (trial_id := tk.request.args.get("trial")):
            return _page({"url": tk.request.args.get("url", "")})
        if trial := trying.mine(trial_id):
            return _found(trial)
        return _page({}, errors={tk._("Address"): tk._("What was found is not kept any more. Look again.")})

    def post(self) -> Response | str:
        """Have a worker look what is there: its kind, a sample, its findings and its score."""
        form = filling.sent(tk.request.form)
        credentials, wrong = filling.login(form)
        asked = {name: form[name] for name in ("url", "kind") if form.get(name)}
        asked |= credentials or trying.login_of(trying.mine(form.get("trial", "")), form.get("url", ""))
        errors = wrong or _refused(asked)
        if errors:
            return _page(form, errors=errors)
        trial = trying.probe(asked, anew="anew" in form)
        address = tk.h.url_for("smartregion_harvest.new", trial=trial.id)
        if not tk.request.htmx:
            return tk.redirect_to(address)
        response = make_response(_found(trial))
        response.headers["HX-Push-Url"] = address
        return response


def _refused(asked: dict[str, Any]) -> dict[str, str]:
    """Why an address will not be looked at; who may not look ends here."""
    try:
        tk.check_access("smartregion_source_probe", {"user": tk.g.user}, asked)
    except tk.NotAuthorized:
        return tk.abort(403, tk._("Log in as a data officer of an organisation to add a source."))
    _, errors = tk.navl_validate(asked, schema.source_probe(), {"user": tk.g.user})
    return tk.ValidationError(errors).error_summary if errors else {}


def _found(trial: Trial) -> str:
    """What was found, with the form that makes a source of it; or how far the worker is."""
    found, form = trying.outcome(trial), {name: trial.asked.get(name, "") for name in ("url", "kind")}
    form["any_organization"] = "yes"
    if found:
        form = {**timetables.choice(DEFAULT), **form, **_suggested(found)}
    return _page(form, trial=trial, found=found, errors=trying.errors(trial))


def _suggested(found: dict[str, Any]) -> dict[str, Any]:
    """The form of the source that the likeliest kind would make: its own address, its settings, a free name."""
    if not found["kind"]:
        return {"kind": ""}
    best = found["kinds"][0]
    plain = {name: found[name] for name in ("name", "title", "kind")}
    return {**plain, "url": best["url"], **filling.settings(best["kind"], best["options"])}


def create() -> Response | str:
    """Make the source that was looked at."""
    form = filling.sent(tk.request.form)
    facts, errors = filling.facts(form, form.get("kind", ""), {})
    trial = trying.mine(form.get("trial", ""))
    facts = trying.login_of(trial, form.get("url", "")) | facts
    named = {name: form.get(name, "") for name in ("name", "kind")}
    try:
        made = None if errors else ask("smartregion_source_create", **facts, **named)
    except tk.ValidationError as error:
        made, errors = None, error.error_summary
    if made is None:
        return _page(form, trial=trial, found=trying.outcome(trial), errors=errors, filled=True)
    if made["approved"]:
        tk.h.flash_success(tk._("The source is made."))
    else:
        tk.h.flash_success(tk._("The source is made. It runs as soon as the Region's steward has approved it."))
    return tk.redirect_to("smartregion_harvest.read", name=made["name"])


def _page(
    form: dict[str, Any],
    *,
    trial: Trial | None = None,
    found: dict[str, Any] | None = None,
    errors: dict[str, Any] | None = None,
    filled: bool = False,
) -> str:
    """The page, or only what was found where it is asked for by the page itself."""
    owners = filling.organizations()
    if not owners:
        return tk.abort(403, tk._("Log in as a data officer of an organisation to add a source."))
    facts = {
        "form": form,
        "trial": trial,
        "found": found,
        "errors": errors or {},
        "filled": filled or bool(found and found["kind"]),
        "organizations": owners,
        "kinds": sorted(KINDS),
        "options": filling.options(form["kind"]) if form.get("kind") in KINDS else (),
        "approves": tk.h.check_access("smartregion_source_approve", {}),
        "has_login": bool(trying.login_of(trial, form.get("url", ""))),
    }
    return tk.render("harvest/snippets/found.html" if tk.request.htmx else "harvest/new.html", facts)
