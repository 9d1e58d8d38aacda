"""What the gate's actions take."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator

from ckanext.smartregion import config
from ckanext.smartregion.quality import model
from ckanext.smartregion.quality.signing import STATES

REASON_LIMIT = 2000


@validator_args
def report_show(not_empty: Validator, unicode_safe: Validator) -> Schema:
    """A dataset."""
    return {"id": [not_empty, unicode_safe]}


@validator_args
def recheck(not_empty: Validator, unicode_safe: Validator) -> Schema:
    """A dataset."""
    return {"id": [not_empty, unicode_safe]}


@validator_args
def named(not_empty: Validator, unicode_safe: Validator) -> Schema:
    """One thing by its id or name: an exception, a contract, a layer."""
    return {"id": [not_empty, unicode_safe]}


def last_day(value: Any) -> dt.date:
    """The last day of an exception: from today on, and within the longest term."""
    try:
        day = value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value).strip())
    except ValueError:
        raise tk.Invalid(tk._("Give the last day as year, month and day: 2027-01-31.")) from None
    longest = model.today() + dt.timedelta(days=config.quality_waiver_days())
    if day < model.today():
        raise tk.Invalid(tk._("This day is over."))
    if day > longest:
        raise tk.Invalid(tk._("An exception ends on %(day)s at the latest.") % {"day": longest.isoformat()})
    return day


def reason(value: Any) -> str:
    """A reason that says something."""
    text = str(value).strip()
    if not text:
        raise tk.Invalid(tk._("Say why: everybody reads it."))
    if len(text) > REASON_LIMIT:
        raise tk.Invalid(tk._("Say it in at most %(number)d characters.") % {"number": REASON_LIMIT})
    return text


@validator_args
def waiver_sign(not_empty: Validator, ignore_missing: Validator, unicode_safe: Validator) -> Schema:
    """A signature: which dataset, which rule, why, until when."""
    return {
        "dataset": [not_empty, unicode_safe],
        "rule": [not_empty, unicode_safe],
        "contract": [ignore_missing, unicode_safe],
        "why": [not_empty, unicode_safe, reason],
        "until": [not_empty, last_day],
    }


@validator_args
def version_confirm(not_empty: Validator, ignore_missing: Validator, unicode_safe: Validator) -> Schema:
    """A confirmation: which dataset, why, which file."""
    return {
        "dataset": [not_empty, unicode_safe],
        "why": [not_empty, unicode_safe, reason],
        "sha256": [ignore_missing, unicode_safe],
    }


@validator_args
def waiver_list(ignore_missing: Validator, unicode_safe: Validator, natural_number_validator: Validator,
                one_of: Any) -> Schema:  # fmt: skip
    """Which exceptions, and which part of the list."""
    return {
        "dataset": [ignore_missing, unicode_safe],
        "state": [ignore_missing, one_of(STATES)],
        "limit": [ignore_missing, natural_number_validator],
        "offset": [ignore_missing, natural_number_validator],
    }


@validator_args
def review(ignore_missing: Validator, unicode_safe: Validator) -> Schema:
    """One dataset, or all that are stale."""
    return {"dataset": [ignore_missing, unicode_safe]}


@validator_args
def check(not_empty: Validator, unicode_safe: Validator, ignore_missing: Validator) -> Schema:
    """A contract and a table."""
    return {
        "contract": [not_empty, unicode_safe],
        "upload": [ignore_missing],
        "text": [ignore_missing, unicode_safe],
        "organization": [ignore_missing, unicode_safe],
    }


@validator_args
def layer_build(not_empty: Validator, unicode_safe: Validator, ignore_missing: Validator,
                boolean_validator: Validator) -> Schema:  # fmt: skip
    """A layer, and whether the caller waits for it."""
    return {"id": [not_empty, unicode_safe], "background": [ignore_missing, boolean_validator]}


@validator_args
def repair(ignore_missing: Validator, unicode_safe: Validator, boolean_validator: Validator,
           natural_number_validator: Validator) -> Schema:  # fmt: skip
    """A contract and a table, or a file of a dataset; and whether columns too many are dropped."""
    return {
        "contract": [ignore_missing, unicode_safe],
        "upload": [ignore_missing],
        "text": [ignore_missing, unicode_safe],
        "dataset": [ignore_missing, unicode_safe],
        "position": [ignore_missing, natural_number_validator],
        "drop_extra": [ignore_missing, boolean_validator],
    }
