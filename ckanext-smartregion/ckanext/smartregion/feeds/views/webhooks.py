"""The page of the webhooks: one's own with how they fare, and a form for a new one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.smartregion import facets, interface, territory
from ckanext.smartregion.directory import by_title
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
    language = interface.language()
    themes = vocabulary("data-theme").concepts
    facts = {
        "webhooks": tk.get_action("smartregion_webhook_list")({}, {}),
        "in_words": _in_words,
        "organizations": mine,
        "owners": _named((one["name"], one["title_translated"]) for one in territory.organizations()),
        "municipalities": _named((one.nis, one.titles) for one in territory.municipalities()),
        "themes": sorted(((one.code, one.label(language)) for one in themes), key=by_title),
        "types": [(name, facets.theme(name) or name) for name in dataset_contracts()],
        "language": language,
        "form": {},
        "errors": {},
    }
    return tk.render("feeds/webhooks.html", facts | more)


def _named(owners: Iterable[tuple[str | None, dict[str, str]]]) -> list[tuple[str, str]]:
    """What a field offers: each code with the name that people read."""
    named = ((code, facets.text(titles, interface.language())) for code, titles in owners if code)
    return sorted(named, key=by_title)


def _in_words(facet: str) -> str:
    """What narrows a webhook, as `theme:TRAN`, in the words of the page."""
    name, _, value = facet.partition(":")
    language = interface.language()
    if name == "municipality":
        place = territory.by_nis(value)
        return facets.text(place.titles, language) if place else value
    if name == "theme":
        concept = vocabulary("data-theme").by_code(value)
        return concept.label(language) if concept else value
    if name == "hvd":
        return tk._("High-value datasets only")
    return (facets.organization(value, language) if name == "organization" else facets.theme(value)) or value
