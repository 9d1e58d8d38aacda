"""What the actions of harvesting take."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from flask import has_request_context

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model
from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory

from ckanext.smartregion.fetch import FetchError
from ckanext.smartregion.fetch.address import split
from ckanext.smartregion.harvest import model, schedule
from ckanext.smartregion.harvest.options import refusal, unknown
from ckanext.smartregion.harvesters import KINDS
from ckanext.smartregion.schemas import LANGUAGES

# What stands below /harvest beside the sources.
PAGES = {"metrics", "new", "notices"}


def known_kind(value: Any) -> Any:
    """A kind of source that somebody wrote a harvester for."""
    if value not in KINDS:
        raise tk.Invalid(tk._("There is no kind of source %(kind)s. Use one of: %(kinds)s.") % _kinds(value))
    return value


def _kinds(value: Any) -> dict[str, str]:
    return {"kind": str(value), "kinds": ", ".join(sorted(KINDS))}


def web_address(value: Any) -> Any:
    """A complete http or https address; whether it may be called is settled when it is called."""
    try:
        split(str(value))
    except FetchError as error:
        raise tk.Invalid(error.text(_language())) from None
    return value


def _language() -> str:
    """The reader's language; on the command line there is nobody but an administrator."""
    return (tk.h.lang() or "fr").split("_")[0] if has_request_context() else "en"


def cron(value: Any) -> Any:
    """A cron expression of five fields."""
    try:
        return schedule.check(str(value))
    except schedule.ScheduleError as error:
        sentence = tk._("%(text)s is no schedule. Give five fields: minute, hour, day, month, weekday.")
        raise tk.Invalid(sentence % {"text": error.expression}) from None


def organization(value: Any) -> Any:
    """The id of an organisation that exists, by its name or id."""
    group = ckan_model.Group.get(value)
    if group is None or not group.is_organization or group.state != "active":
        sentence = tk._("There is no organisation %(name)s. Choose one of the list of organisations.")
        raise tk.Invalid(sentence % {"name": value})
    return group.id if group else value


def free_name(value: Any) -> Any:
    """A name that no other source has, and no page below /harvest."""
    if value in PAGES:
        raise tk.Invalid(tk._("The name %(name)s is taken by a page. Choose another name.") % {"name": value})
    if model.find_source(str(value)):
        raise tk.Invalid(tk._("There is a source %(name)s already. Choose another name.") % {"name": value})
    return value


def options(value: Any) -> Any:
    """Options as a map of names to plain values."""
    if not isinstance(value, dict) or any(isinstance(each, (dict, list)) for each in value.values()):
        raise tk.Invalid(tk._("Options are pairs of a name and a value."))
    return {str(name): each for name, each in value.items()}


def options_of_kind(key: Any, data: dict[Any, Any], errors: dict[Any, Any], context: Any) -> None:
    """Options that the kind of the source has, with values that they take."""
    given = data.get(key)
    if not isinstance(given, dict):
        return
    row = model.find_source(str(data.get(("id",)) or ""))
    harvester = KINDS.get(str(row.kind if row else data.get(("kind",))))
    known = harvester.options if harvester else ()
    if harvester and (refused := unknown(known, given) or refusal(known, given)):
        raise tk.Invalid(refused.get(_language(), refused["fr"]))


def time_zone(value: Any) -> Any:
    """The name of a time zone."""
    if value not in available_timezones():
        raise tk.Invalid(tk._("There is no time zone %(name)s. Write for example Europe/Brussels.") % {"name": value})
    return value


def not_negative(value: Any) -> Any:
    """A number that is zero or more."""
    if value < 0:
        raise tk.Invalid(tk._("Give a number that is zero or more."))
    return value


def login(value: Any) -> Any:
    """How to log in: a map of scheme, secret and, but for a token, name; or nothing."""
    if value and not (isinstance(value, dict) and set(value) <= {"scheme", "name", "secret"}):
        raise tk.Invalid(tk._("Credentials are a map of scheme (basic, bearer, header, query), name and secret."))
    return value or None


@validator_args
def source_create(
    not_empty: Validator,
    unicode_safe: Validator,
    ignore_missing: Validator,
    ignore_empty: Validator,
    boolean_validator: Validator,
    int_validator: Validator,
    name_validator: Validator,
) -> Schema:
    """A new source."""
    return {
        "name": [not_empty, unicode_safe, name_validator, free_name],
        "title": [ignore_missing, unicode_safe],
        "kind": [not_empty, unicode_safe, known_kind],
        "url": [not_empty, unicode_safe, web_address],
        "organization": [not_empty, unicode_safe, organization],
        "schedule": [ignore_empty, unicode_safe, cron],
        "options": [ignore_missing, options, options_of_kind],
        "zone": [ignore_empty, unicode_safe, time_zone],
        "grace": [ignore_missing, int_validator, not_negative],
        "precedence": [ignore_missing, int_validator, not_negative],
        "credentials": [ignore_missing, login],
        "enabled": [ignore_missing, boolean_validator],
        "any_organization": [ignore_missing, boolean_validator],
    }


@validator_args
def source_probe(
    not_empty: Validator,
    unicode_safe: Validator,
    ignore_missing: Validator,
    ignore_empty: Validator,
    boolean_validator: Validator,
) -> Schema:
    """An address to probe, and what is known of it."""
    return {
        "url": [not_empty, unicode_safe, web_address],
        "kind": [ignore_empty, unicode_safe, known_kind],
        "options": [ignore_missing, options, options_of_kind],
        "organization": [ignore_empty, unicode_safe, organization],
        "credentials": [ignore_missing, login],
        "any_organization": [ignore_missing, boolean_validator],
    }


@validator_args
def source_update(
    not_empty: Validator,
    unicode_safe: Validator,
    ignore_missing: Validator,
    boolean_validator: Validator,
    int_validator: Validator,
) -> Schema:
    """Changes of a source; what is not named stays."""
    return {
        "id": [not_empty, unicode_safe],
        "title": [ignore_missing, unicode_safe],
        "url": [ignore_missing, unicode_safe, web_address],
        "organization": [ignore_missing, unicode_safe, organization],
        "schedule": [ignore_missing, unicode_safe, cron],
        "options": [ignore_missing, options, options_of_kind],
        "zone": [ignore_missing, unicode_safe, time_zone],
        "grace": [ignore_missing, int_validator, not_negative],
        "precedence": [ignore_missing, int_validator, not_negative],
        "credentials": [ignore_missing, login],
        "any_organization": [ignore_missing, boolean_validator],
    }


@validator_args
def source_overview(unicode_safe: Validator, ignore_missing: Validator) -> Schema:
    """Which sources."""
    return {name: [ignore_missing, unicode_safe] for name in ("state", "kind", "q")}


@validator_args
def source_list(ignore_missing: Validator, natural_number_validator: Validator, one_of: ValidatorFactory) -> Schema:
    """Which sources, in which order, how many of them."""
    number = [ignore_missing, natural_number_validator]
    return {
        **source_overview(),
        "order": [ignore_missing, one_of(["name", "urgency"])],
        "limit": number,
        "offset": number,
    }


@validator_args
def named(not_empty: Validator, unicode_safe: Validator) -> Schema:
    """One thing by its name or id."""
    return {"id": [not_empty, unicode_safe]}


@validator_args
def source_delete(
    not_empty: Validator, unicode_safe: Validator, ignore_missing: Validator, boolean_validator: Validator
) -> Schema:
    """A source, and whether its datasets go with it."""
    return {"id": [not_empty, unicode_safe], "withdraw": [ignore_missing, boolean_validator]}


@validator_args
def source_run(
    not_empty: Validator, unicode_safe: Validator, ignore_missing: Validator, boolean_validator: Validator
) -> Schema:
    """A source, and whether many withdrawals are meant, and why."""
    return {
        "id": [not_empty, unicode_safe],
        "confirm_withdrawals": [ignore_missing, boolean_validator],
        "why": [ignore_missing, unicode_safe],
    }


@validator_args
def run_show(
    not_empty: Validator, unicode_safe: Validator, ignore_missing: Validator, natural_number_validator: Validator
) -> Schema:
    """A run, and which of its outcomes."""
    return {
        "id": [not_empty, unicode_safe],
        "outcome": [ignore_missing, unicode_safe],
        "problem": [ignore_missing, unicode_safe],
        "error": [ignore_missing, unicode_safe],
        "limit": [ignore_missing, natural_number_validator],
        "offset": [ignore_missing, natural_number_validator],
    }


@validator_args
def run_list(unicode_safe: Validator, ignore_missing: Validator, natural_number_validator: Validator) -> Schema:
    """A source and a number of runs."""
    return {"source": [ignore_missing, unicode_safe], "limit": [ignore_missing, natural_number_validator]}


@validator_args
def run_confirm(not_empty: Validator, unicode_safe: Validator) -> Schema:
    """A run, and why its withdrawals are meant."""
    return {"id": [not_empty, unicode_safe], "why": [not_empty, unicode_safe]}


@validator_args
def record_list(
    not_empty: Validator, unicode_safe: Validator, ignore_missing: Validator, natural_number_validator: Validator
) -> Schema:
    """A source, and which of its records."""
    return {
        "source": [not_empty, unicode_safe],
        "state": [ignore_missing, unicode_safe],
        "q": [ignore_missing, unicode_safe],
        "limit": [ignore_missing, natural_number_validator],
        "offset": [ignore_missing, natural_number_validator],
    }


@validator_args
def record_give_back(not_empty: Validator, unicode_safe: Validator, ignore_missing: Validator) -> Schema:
    """A record and the fields that its source may speak for again."""
    return {"id": [not_empty, unicode_safe], "fields": [ignore_missing, names]}


def names(value: Any) -> Any:
    """A list of names."""
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise tk.Invalid(tk._("Give a list of names of fields."))
    return value


def offered_language(value: Any) -> Any:
    """A language that mails are written in; empty for the one of the organisation."""
    if value and value not in LANGUAGES:
        sentence = tk._("%(value)s is no language of this portal. Choose one of: %(languages)s.")
        raise tk.Invalid(sentence % {"value": value, "languages": ", ".join(LANGUAGES)})
    return value or None


@validator_args
def notice_list(ignore_missing: Validator, boolean_validator: Validator, natural_number_validator: Validator) -> Schema:
    """Which notices."""
    number = [ignore_missing, natural_number_validator]
    return {"unread": [ignore_missing, boolean_validator], "limit": number, "offset": number}


@validator_args
def notice_read(unicode_safe: Validator, ignore_missing: Validator) -> Schema:
    """One notice, or all of them."""
    return {"id": [ignore_missing, unicode_safe]}


@validator_args
def digest_set(ignore_missing: Validator, boolean_validator: Validator, unicode_safe: Validator) -> Schema:
    """Whether to get mails, and in which language; what is not named stays."""
    return {"mail": [ignore_missing, boolean_validator], "language": [ignore_missing, unicode_safe, offered_language]}


@validator_args
def source_condition(unicode_safe: Validator, ignore_missing: Validator) -> Schema:
    """One source, or all of them."""
    return {"id": [ignore_missing, unicode_safe]}
