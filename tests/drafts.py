"""Drafts for tests of the rules: one with a flaw in a single field, and what the rules make of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ckanext.smartregion.harvest.records import Source
from ckanext.smartregion.harvest.rules import normalise

SOURCE = Source("test", "dcat", "https://data.example.be/catalog.ttl")
EU = "http://publications.europa.eu/resource/authority"
TITLE = {"title_translated": {"fr": "Parkings"}}
FILE = {"url": "https://data.example.be/a.csv", "format": "csv"}
TODAY = dt.date(2026, 11, 5)


def clean(field: str, value: Any, source: Source = SOURCE, **others: Any) -> Any:
    """The value of one field after all rules."""
    return normalise({**TITLE, field: value, **others}, source).dataset.get(field)


def resource(**facts: Any) -> dict[str, Any]:
    """One resource after all rules."""
    return normalise({**TITLE, "resources": [FILE | facts]}, SOURCE).dataset["resources"][0]


def applied(draft: dict[str, Any], source: Source = SOURCE) -> set[str]:
    """The names of the rules that changed a draft."""
    return {change.rule for change in normalise(TITLE | draft, source).changes}


def unread(name: str, draft: dict[str, Any]) -> list[tuple[str, Any]]:
    """Field and value of every finding of this name."""
    findings = normalise(TITLE | draft, SOURCE, today=TODAY).findings
    return [(finding.field, finding.value) for finding in findings if finding.rule == name]
