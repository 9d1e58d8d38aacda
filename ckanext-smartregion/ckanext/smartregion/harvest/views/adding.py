"""Adding a source: an address is tried, what is found is shown, and only then a source is made."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

import ckan.plugins.toolkit as tk
from ckan.types import Response

from ckanext.smartregion.harvest import timetables
from ckanext.smartregion.harvest.views import filling
from ckanext.smartregion.harvest.views.asking import ask
from ckanext.smartregion.harvesters import KINDS

DEFAULT = "0 3 * * *"


class New(MethodView):
    """Paste an address; see what is there before anything is saved."""

    def get(self) -> str:
        """The box for the address."""
        return _page({"url": tk.request.args.get("url", "")})

    def post(self) -> str:
        """What is found at the address: its kind, a sample, its findings and its score."""
        form = filling.sent(tk.request.form)
        try:
            found = ask("smartregion_source_probe", **{name: form[name] for name in ("url", "kind") if form.get(name)})
        except tk.ValidationError as error:
            return _page(form, errors=error.error_summary)
        return _page({**timetables.choice(DEFAULT), **form, **_suggested(found)}, found=found)


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
    named = {name: form.get(name, "") for name in ("name", "kind", "organization")}
    try:
        made = None if errors else ask("smartregion_source_create", **facts, **named)
    except tk.ValidationError as error:
        made, errors = None, error.error_summary
    if made is None:
        return _page(form, errors=errors, filled=True)
    if made["approved"]:
        tk.h.flash_success(tk._("The source is made."))
    else:
        tk.h.flash_success(tk._("The source is made. It runs as soon as the Region's steward has approved it."))
    return tk.redirect_to("smartregion_harvest.read", name=made["name"])


def _page(
    form: dict[str, Any],
    *,
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
        "found": found,
        "errors": errors or {},
        "filled": filled or bool(found and found["kind"]),
        "organizations": owners,
        "kinds": sorted(KINDS),
        "options": filling.options(form["kind"]) if form.get("kind") in KINDS else (),
        "approves": tk.h.check_access("smartregion_source_approve", {}),
    }
    return tk.render("harvest/snippets/found.html" if tk.request.htmx else "harvest/new.html", facts)
