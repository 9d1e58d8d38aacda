"""The form of a source, between what people fill in and what the actions take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.smartregion.directory import in_order
from ckanext.smartregion.harvest import timetables
from ckanext.smartregion.harvest.options import COMMON, refusal
from ckanext.smartregion.harvest.records import Option
from ckanext.smartregion.harvesters import KINDS

PREFIX = "option."
PLAIN = ("title", "url", "organization", "zone", "grace", "precedence")
KEEP, NONE = "keep", "none"


def options(kind: str) -> tuple[Option, ...]:
    """The options that a form offers for a kind of source: its own, then those that every kind has."""
    common = {option.name for option in COMMON}
    return (*(option for option in KINDS[kind].options if option.name not in common), *COMMON)


def organizations() -> list[dict[str, str]]:
    """The organisations that the reader may make a source for, by the name that people read."""
    if not tk.g.user:
        return []
    if tk.h.check_access("smartregion_source_create", {}):
        names = tk.get_action("organization_list")({}, {})
    else:
        query = {"permission": "create_dataset"}
        names = [each["name"] for each in tk.get_action("organization_list_for_user")({}, query)]
    found = [{"name": name, "title": tk.h.smartregion_owner(name)} for name in names]
    return sorted(found, key=lambda each: in_order(each["title"]))


def given(source: Mapping[str, Any]) -> dict[str, Any]:
    """A source as its form shows it."""
    plain = {name: source[name] for name in PLAIN}
    plain["any_organization"] = "yes" if source["any_organization"] else ""
    return {**plain, **settings(source["kind"], source["options"]), **timetables.choice(source["schedule"])}


def settings(kind: str, chosen: Mapping[str, Any]) -> dict[str, Any]:
    """The options of a source as its form shows them: those that its kind declares, and the others one a line."""
    declared = {option.name for option in options(kind)} if kind in KINDS else set()
    others = {name: value for name, value in chosen.items() if name not in declared}
    return {
        **{f"{PREFIX}{name}": value for name, value in chosen.items() if name in declared},
        "others": "\n".join(f"{name} = {value}" for name, value in others.items()),
    }


def sent(form: Mapping[str, str]) -> dict[str, str]:
    """What was filled in, without blanks around."""
    return {name: value.strip() for name, value in form.items()}


def facts(form: Mapping[str, str], kind: str, former: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """What the action takes, and what is wrong with the form."""
    found: dict[str, Any] = {name: form[name] for name in PLAIN if form.get(name)}
    if form.get("speaks"):  # the box is there: that it is not ticked says something
        found["any_organization"] = form.get("any_organization") == "yes"
    credentials, wrong_login = login(form)
    found.update(credentials)
    if "timetable" in form:
        found["schedule"] = form.get("cron", "") if form["timetable"] == timetables.OWN else form["timetable"]
    chosen, errors = _others(form.get("others", ""))
    errors.update(wrong_login)
    declared = options(kind) if kind in KINDS else ()
    for option in declared:
        if (value := form.get(f"{PREFIX}{option.name}", "")) not in ("", str(option.default)):
            chosen[option.name] = value
    if wrong := refusal(declared, chosen):
        errors[tk._("Settings")] = tk.h.smartregion_harvest_text(wrong)
    # What reads the same stays what it was: 50 is not to become "50".
    found["options"] = {
        name: former[name] if str(former.get(name)) == value else value for name, value in chosen.items()
    }
    return found, errors


def login(form: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Credentials that were filled in, and what is wrong with them; empty ones remove those that are kept."""
    scheme, name, secret = (form.get(field, "") for field in ("login", "login_name", "login_secret"))
    if scheme == NONE:
        return {"credentials": {}}, {}
    if scheme in (KEEP, ""):
        return {}, {}
    if not secret or not (name or scheme == "bearer"):
        return {}, {tk._("Credentials"): tk._("Give the secret, and the name unless it is a token.")}
    return {"credentials": {"scheme": scheme, "name": name, "secret": secret}}, {}


def _others(text: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Settings of which only their far end knows the name, one a line."""
    pairs = [line.partition("=") for line in text.splitlines() if line.strip()]
    wrong = [name.strip() for name, equals, _ in pairs if not equals or not name.strip()]
    if wrong:
        sentence = tk._("“%(line)s” is no setting. Write one a line, as name = value.") % {"line": wrong[0]}
        return {}, {tk._("Other settings"): sentence}
    return {name.strip(): value.strip() for name, _, value in pairs}, {}
