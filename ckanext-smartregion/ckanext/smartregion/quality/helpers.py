"""Template helpers of the gate."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from babel.dates import format_date
from babel.units import format_unit

import ckan.plugins.toolkit as tk

from ckanext.smartregion import config, translations
from ckanext.smartregion.belgium import BELGIUM
from ckanext.smartregion.interface import language
from ckanext.smartregion.quality import model, tables
from ckanext.smartregion.quality.policy import SEVERITIES
from ckanext.smartregion.quality.waivers import blocking, contract_name, key


def smartregion_quality_text(texts: dict[str, str] | None) -> str:
    """A text of many languages in the language of the page, else in French."""
    return translations.localised(texts, language())


@tk.chained_helper
def datastore_dictionary(
    listed: Callable[..., list[dict[str, Any]]], resource_id: str, include_columns: list[str] | None = None
) -> list[dict[str, Any]]:
    """The columns of a table with label and notes in the language of the page; CKAN shows those of its loading."""
    return [_in_words(column) for column in listed(resource_id, include_columns)]


def _in_words(column: dict[str, Any]) -> dict[str, Any]:
    info = column.get("info") or {}
    said = {name: smartregion_quality_text(info.get(f"{name}_translated")) for name in ("label", "notes")}
    return {**column, "info": {**info, **{name: text for name, text in said.items() if text}}}


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


def smartregion_waivers(package: dict[str, Any]) -> list[dict[str, Any]]:
    """The exceptions on a dataset that everybody who sees it may read: those in force, and those that have ended and on
    which what is online still rests.
    """
    counted = {one["id"] for one in (package.get("verdict") or {}).get("waived", [])}
    found = tk.get_action("smartregion_waiver_list")({}, {"dataset": package["id"]})
    return [one for one in found if one["state"] == "in force" or (one["state"] == "ended" and one["id"] in counted)]


def smartregion_waivable(shown: dict[str, Any]) -> list[dict[str, Any]]:
    """What holds a dataset and could be excused, from its report: ``{"value", "label", "where", "count"}``."""
    parts = [(None, "", shown["findings"])]
    parts += [(contract_name(one["contract"]), one["name"], one["findings"]) for one in shown["reports"]]
    found: dict[str, dict[str, Any]] = {}
    for contract, where, findings in parts:
        for finding in blocking(findings):
            value = f"{contract or ''}/{key(finding)}"
            label = smartregion_quality_text(finding.get("label")) or key(finding)
            facts = {"value": value, "label": label, "column": finding.get("column") if contract else None}
            found.setdefault(value, facts | {"where": where, "count": finding.get("count")})
    return list(found.values())


def smartregion_waiver_term() -> dict[str, str]:
    """The days between which an exception may end, and the one that is proposed: three months from today."""
    today, longest = model.today(), config.quality_waiver_days()
    days = {"first": 0, "proposed": min(90, longest), "last": longest}
    return {name: (today + dt.timedelta(days=number)).isoformat() for name, number in days.items()}


def smartregion_left_out(left: dict[str, Any]) -> str:
    """Why rows are not in a layer, as a sentence."""
    reasons = {
        "licence": tk._("The licence does not go together with that of the layer, or forbids reuse."),
        "not-judged": tk._("This version has not passed the gate under this contract."),
        "not-stored": tk._("The file is not stored here."),
        "not-read": tk._("The file could not be read again."),
        "no-key": tk._("The rows have no key."),
        "repeated": tk._("The same organisation says it in a newer file, or twice."),
        "published-nearer": tk._("%(name)s, which stands nearer, publishes the same.") % {"name": left["by"]},
    }
    reason = reasons[str(left["reason"])]
    if left["rows"] is None:
        return reason
    rows = tk.ungettext("%(num)d row", "%(num)d rows", left["rows"]) % {"num": left["rows"]}
    return f"{rows}. {reason}"


def smartregion_quality_day(text: str | None) -> str:
    """A day, or the Belgian day of a moment, in the reader's language: 31 janvier 2027."""
    if not text:
        return ""
    moment = dt.datetime.fromisoformat(text)
    day = moment.astimezone(BELGIUM).date() if moment.tzinfo else moment.date()
    return format_date(day, "long", locale=language())


def smartregion_quality_size(size: int) -> str:
    """A number of bytes in the reader's language: 16,6 ko; CKAN's French has no unit for it."""
    for unit, factor in (("gigabyte", 10**9), ("megabyte", 10**6), ("kilobyte", 10**3)):
        if size >= factor:
            return format_unit(round(size / factor, 1), f"digital-{unit}", "short", locale=language())
    return format_unit(size, "digital-byte", "short", locale=language())


def smartregion_parquet(package: dict[str, Any], resource: dict[str, Any]) -> str | None:
    """Where the table of a resource can be had as Parquet, where it can."""
    found = tables.parquet(resource)
    return tk.url_for("smartregion_quality.parquet", id=package["name"], resource_id=resource["id"]) if found else None
