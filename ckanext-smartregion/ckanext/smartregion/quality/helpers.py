"""Template helpers of the gate."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.smartregion import translations
from ckanext.smartregion.interface import language
from ckanext.smartregion.quality.policy import SEVERITIES


def smartregion_quality_text(texts: dict[str, str] | None) -> str:
    """A text of many languages in the language of the page, else in French."""
    return translations.localised(texts, language())


def smartregion_by_severity(findings: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Findings by severity, blocking ones first; severities without any are left out."""
    groups = [(level, [finding for finding in findings if finding["severity"] == level]) for level in SEVERITIES]
    return [(level, found) for level, found in groups if found]


def smartregion_severity_label(severity: str) -> str:
    """What a severity means to a person."""
    return {"block": tk._("Must be mended"), "warn": tk._("Should be mended"), "note": tk._("Good to know")}[severity]


def smartregion_verdict_label(verdict: str | None) -> str:
    """What a verdict means to a person."""
    labels = {
        "publish": tk._("Checked: no fault found"),
        "publish with warnings": tk._("Checked: published with warnings"),
        "hold": tk._("Held: faults must be mended first"),
    }
    return labels.get(verdict or "", tk._("Not checked"))
