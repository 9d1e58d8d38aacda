"""The page that explains the feeds, and the page of all changes of a dataset."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from flask import request

import ckan.plugins.toolkit as tk

from ckanext.dcat.utils import catalog_uri
from ckanext.smartregion import config, facets
from ckanext.smartregion.directory import by_title
from ckanext.smartregion.feeds import model, picture
from ckanext.smartregion.feeds.conformance import scoring
from ckanext.smartregion.feeds.forms import FORMS
from ckanext.smartregion.feeds.logic import asking, overview, publishing
from ckanext.smartregion.feeds.logic.alone import withdrawn
from ckanext.smartregion.feeds.paging import Cursor
from ckanext.smartregion.feeds.problems import Problem
from ckanext.smartregion.feeds.profiles import DEFAULT, PROFILES
from ckanext.smartregion.helpers import NOTATIONS
from ckanext.smartregion.interface import language
from ckanext.smartregion.schemas import dataset_contracts, vocabulary

DAYS = 30
ASKED = ("organization", "theme", "type", "hvd", "modified_since", "profile")  # what the form narrows a feed by
ALL_CHANGES = 1000


def feeds() -> str:
    """What the feeds are, how to begin, and how they stand."""
    _refuse_others(*ASKED, "format")
    publishing.publish()
    snapshot, base = model.latest(), catalog_uri().rstrip("/")
    counts = overview.profile_counts()
    return tk.render(
        "feeds/page.html",
        {
            "base": base,
            "datasets": counts.get(DEFAULT, 0),
            "newest": model.moment_of(snapshot),
            "waiting": model.stale(),
            "cursor": str(Cursor(snapshot, 0)),
            "retention": config.feeds_retention_days(),
            "notations": NOTATIONS,
            "profiles": _profiles(counts),
            "narrowing": _narrowing(base),
            "days": _days(),
            "dump": next(iter(tk.get_action("smartregion_feed_dumps_list")({}, {})), None),
            "quality": _quality(),
        },
    )


def changes(id: str) -> str:
    """All changes of a dataset that the public log still holds."""
    _refuse_others()
    publishing.publish()
    version = model.current(id)
    if version is None:
        return tk.abort(404, tk._("There is no published dataset of this name."))
    if version.kind == "Delete":
        return tk.abort(410, withdrawn(version).detail)
    past = tk.h.smartregion_feed_past(version.package_id, ALL_CHANGES)
    return tk.render(
        "feeds/changes.html", {"past": past, "pkg": version.dataset, "retention": config.feeds_retention_days()}
    )


def _refuse_others(*known: str) -> None:
    """Refuse to programs a parameter that is not known here; links that people follow are often sent with some."""
    if request.accept_mimetypes.best_match(["application/json", "text/html"], "text/html") != "text/html":
        asking.refuse_others(request.args, known)


def _profiles(counts: dict[str, int]) -> list[dict[str, Any]]:
    """Each profile with its title, how many datasets it holds, and the end of the address of its feeds."""
    return [
        {
            "name": name,
            "title": facets.text(profile.title, language()),
            "conforms_to": profile.conforms_to,
            "count": counts.get(name, 0),
            "query": "" if name == DEFAULT else f"?profile={name}",
        }
        for name, profile in PROFILES.items()
    ]


def _narrowing(base: str) -> dict[str, Any]:
    """What the form offers and was given; the address that it makes, or why it makes none."""
    given = {name: request.args[name].strip() for name in ASKED if request.args.get(name, "").strip()}
    given = {name: value for name, value in given.items() if (name, value) != ("profile", DEFAULT)}
    extension = request.args.get("format") or "ttl"
    built = error = ""
    if "format" in request.args:
        try:
            asking.read(extension, given)
            built = f"{base}/catalog.{extension}" + (f"?{urlencode(given)}" if given else "")
        except Problem as problem:
            error = problem.detail
    themes = ((concept.code, concept.label(language())) for concept in vocabulary("data-theme").concepts)
    owners = ((name, tk.h.smartregion_owner(name)) for name in overview.owners())
    return {
        "given": {**given, "format": extension},
        "built": built,
        "error": error,
        "choices": {
            "organization": sorted(owners, key=by_title),
            "theme": sorted(themes, key=by_title),
            "type": [(name, facets.theme(name) or name) for name in dataset_contracts()],
            "profile": [(name, name) for name in PROFILES],
            "format": [(name, NOTATIONS[name]) for name in FORMS if name in NOTATIONS],
        },
    }


def _days() -> dict[str, Any]:
    """The changes of the last days as a picture, and how many there were of each kind."""
    now = dt.datetime.now(dt.UTC)
    today = now.astimezone(tk.h.get_display_timezone()).date()
    bars = picture.bars(overview.daily(now - dt.timedelta(days=DAYS)), today, DAYS)
    sums = {kind: sum(bar["numbers"][kind] for bar in bars) for kind in picture.LAYERS}
    return {
        "bars": bars,
        "sums": sums,
        "total": sum(sums.values()),
        "most": max(sum(bar["numbers"].values()) for bar in bars),
        "number": DAYS,
        "width": picture.width(DAYS),
        "height": picture.HEIGHT,
        "bar": picture.WIDTH,
        "layers": picture.LAYERS,
    }


def _quality() -> dict[str, Any] | None:
    """The sums of the last judgement, and the mean score in the shape that the picture of a score takes."""
    totals = tk.get_action("smartregion_feed_quality_list")({}, {"rows": 0})["totals"]
    if not totals["datasets"]:
        return None
    parts = [{**part, "points": round(totals["parts"][part["name"]])} for part in scoring.parts()]
    points = round(totals["points"])
    score = {"points": points, "most": totals["most"], "parts": parts}
    return {**totals, "score": score, "label": scoring.rating(points)["label"], "by_profile": overview.valid_counts()}
