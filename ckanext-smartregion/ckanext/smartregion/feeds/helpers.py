"""Template helpers of the feeds."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.smartregion import translations
from ckanext.smartregion.feeds import model, wording
from ckanext.smartregion.feeds.logic import overview, publishing, structured
from ckanext.smartregion.feeds.logic.judging import report_of
from ckanext.smartregion.feeds.profiles import profiles_of
from ckanext.smartregion.interface import language

SHOWN = 5  # of what is to be mended; the rest is folded


def smartregion_feed_quality(pkg: dict[str, Any]) -> dict[str, Any] | None:
    """The report on how the feed describes a dataset, and whether the reader may mend it; None for an unpublished one.

    Visitors are shown what was published last: only for an officer, who may have changed it a moment ago, is what
    waits published first.
    """
    if pkg.get("state") != "active" or pkg.get("private"):
        return None
    may_mend = tk.h.check_access("package_update", {"id": pkg["id"]})
    if may_mend:
        publishing.publish()
    version = model.current(pkg["id"])
    report = report_of(version) if version else None
    return {**report, "may_mend": may_mend} if report else None


def smartregion_structured(pkg: dict[str, Any]) -> list[Any]:
    """The dataset in schema.org and in Croissant, as texts of scripts; none while it is not published."""
    if pkg.get("state") != "active" or pkg.get("private"):
        return []
    return [tk.literal(text) for text in structured.in_page(pkg["id"], language())]


def smartregion_feed_text(texts: dict[str, str]) -> str:
    """A text of many languages in the language of the page, else in French."""
    return translations.localised(texts, language())


def smartregion_feed_mending(report: dict[str, Any], pkg: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """What an officer can mend, each with the address of its field: ``first`` wins most points, ``more`` the rest."""
    mend = [each | {"address": _address(each, pkg)} for each in report["mend"]]
    told = {(each["form"], each["field"], each["resource"]) for each in mend}
    found = [each | {"points": 0, "address": _address(each, pkg)} for each in report["results"]]
    theirs = [each for each in found if each["form"] != "portal"]
    more = [each for each in theirs if (each["form"], each["field"], each["resource"]) not in told]
    return {"first": mend[:SHOWN], "more": mend[SHOWN:] + more}


def smartregion_feed_past(package_id: str, limit: int) -> dict[str, Any] | None:
    """What the feed said of a published dataset: its newest changes in words, the newest first.

    ``more`` is whether there are older ones. None where the public log holds nothing of it.
    """
    past = overview.past(package_id, limit + 1)
    if past is None:
        return None
    files = wording.file_names(past.dataset, language())
    changes = [
        {
            "kind": version.kind,
            "published": version.published,
            "fields": wording.told(past.dataset["type"], version.fields, language(), files),
            "is_rewriting": version.kind == "Update" and not version.fields,
        }
        for version in past.versions[:limit]
    ]
    return {"changes": changes, "more": len(past.versions) > limit}


def smartregion_feed_profiles(pkg: dict[str, Any]) -> list[str]:
    """The names of the profiles that a dataset belongs to."""
    return profiles_of(pkg)


def _address(place: dict[str, Any], pkg: dict[str, Any]) -> str:
    """The field of the form in which something is mended; nothing where the portal itself would have to."""
    anchor = f"#field-{place['field']}"
    if place["form"] == "dataset" and place["field"] == "resources":
        return tk.h.url_for(f"{pkg['type']}_resource.new", id=pkg["name"])
    if place["form"] == "dataset":
        return tk.h.url_for(f"{pkg['type']}.edit", id=pkg["name"]) + anchor
    if place["form"] == "file" and place["resource"]:
        return tk.h.url_for(f"{pkg['type']}_resource.edit", id=pkg["name"], resource_id=place["resource"]) + anchor
    owner = pkg.get("organization")
    if place["form"] == "organisation" and owner and tk.h.check_access("organization_update", {"id": owner["id"]}):
        return tk.h.url_for("organization.edit", id=owner["name"]) + anchor
    return ""
