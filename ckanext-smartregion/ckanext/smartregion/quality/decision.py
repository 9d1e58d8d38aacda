"""What a verdict means for a dataset: publish it, keep it a draft, or let the new version wait. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from ckanext.smartregion.quality.policy import SEVERITIES, Verdict


class Outcome(StrEnum):
    """What happens to the write."""

    AS_ASKED = "as asked"
    STAYS_DRAFT = "stays a draft"
    STAYS_PRIVATE = "stays private"
    WAITS = "waits"


def outcome(verdict: str, *, wants_public: bool, was_public: bool, was_private: bool = False) -> Outcome:
    """What happens to a write, from the verdict and from what the dataset was and shall be.

    A held version never replaces a published one: it waits. What was not public stays hidden.
    """
    if verdict != Verdict.HOLD or not wants_public:
        return Outcome.AS_ASKED
    if was_public:
        return Outcome.WAITS
    return Outcome.STAYS_PRIVATE if was_private else Outcome.STAYS_DRAFT


def missing_fields(fields: list[dict[str, Any]], values: dict[str, Any], resource: str | None = None) -> list[dict]:
    """Findings for the fields of a dataset contract that are empty although publication needs them."""
    return [
        {
            "rule": "missing-field",
            "severity": field["publication"],
            "column": field["field_name"],
            "label": field["label"],
            "help": field.get("help_text") or {},
            "resource": resource,
        }
        for field in fields
        if field.get("publication") in SEVERITIES and is_empty(values.get(field["field_name"]))
    ]


def is_empty(value: Any) -> bool:
    """Whether nothing is said: no text in any language, no entry in any list."""
    if isinstance(value, dict):
        return all(is_empty(part) for part in value.values())
    if isinstance(value, (list, tuple, set)):
        return all(is_empty(part) for part in value)
    return value is None or (isinstance(value, str) and value.strip() in {"", "[]", "{}", "null"})
