"""What the gate's actions take."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator


@validator_args
def report_show(not_empty: Validator, unicode_safe: Validator) -> Schema:
    """A dataset."""
    return {"id": [not_empty, unicode_safe]}


@validator_args
def recheck(not_empty: Validator, unicode_safe: Validator) -> Schema:
    """A dataset."""
    return {"id": [not_empty, unicode_safe]}


@validator_args
def check(not_empty: Validator, unicode_safe: Validator, ignore_missing: Validator) -> Schema:
    """A contract and a table."""
    return {"contract": [not_empty, unicode_safe], "upload": [ignore_missing], "text": [ignore_missing, unicode_safe]}
