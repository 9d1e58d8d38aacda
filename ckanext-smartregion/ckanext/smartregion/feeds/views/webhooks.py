"""The page of the webhooks: one's own with how they fare, and a form for a new one."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.smartregion import interface
from ckanext.smartregion.feeds.logic.hooks import NARROWING
from ckanext.smartregion.schemas import dataset_contracts, vocabulary

HOME = "smartregion_feeds.webhooks"


def index() -> Any:
    """The reader's webhooks; who is not signed in is asked to."""
    if tk.current_user.is_anonymous:
        return tk.redirect_to("user.login", came_from=tk.h.url_for(HOME))
    return _page()


def create() -> Any:
    """Make a webhook; its secret is shown on the page that answers, and never again."""
    if tk.current_user.is_anonymous:
        return tk.abort(403, tk._("Log in to have changes sent to you."))
    form = {name: tk.request.form.get(name, "").strip() for name in ("address", "owner_org", *NARROWING)}
    try:
        made = tk.get_action("smartregion_webhook_create")({}, {name: text for name, text in form.items() if text})
    except tk.ValidationError as error:
        errors = {
            name: "; ".join(map(str, texts)) for name, texts in error.error_dict.items() if isinstance(texts, list)
        }
        return _page(form=form, errors=errors), 400
    except tk.NotAuthorized:
        return _page(form=form, errors={"owner_org": tk._("You may not publish for this organisation.")}), 403
    return _page(made=made), {"Cache-Control": "no-store"}


def act(id: str, verb: str) -> Any:
    """Pause, resume, delete or try a webhook."""
    try:
        outcome = tk.get_action(f"smartregion_webhook_{verb}")({}, {"id": id})
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return tk.abort(404, tk._("There is no webhook with this id."))
    if verb == "test" and outcome["delivered"]:
        tk.h.flash_success(tk._("The message arrived."))
    elif verb == "test":
        tk.h.flash_error(tk._("The message did not arrive.") + " " + outcome["reason"][interface.language()])
    return tk.redirect_to(HOME)


def _page(**more: Any) -> str:
    mine = tk.get_action("organization_list_for_user")({}, {"permission": "create_dataset"})
    facts = {
        "webhooks": tk.get_action("smartregion_webhook_list")({}, {}),
        "organizations": mine,
        "themes": vocabulary("data-theme").concepts,
        "types": list(dataset_contracts()),
        "language": interface.language(),
        "form": {},
        "errors": {},
    }
    return tk.render("feeds/webhooks.html", facts | more)
