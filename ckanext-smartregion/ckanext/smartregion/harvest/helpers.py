"""What the pages of harvesting show."""

from __future__ import annotations

import datetime as dt

import ckan.plugins.toolkit as tk

from ckanext.smartregion.harvest.rules import LABELS
from ckanext.smartregion.harvesters import KINDS


def smartregion_harvest_text(texts: dict[str, str] | None) -> str:
    """A sentence of a run in the reader's language."""
    if not texts:
        return ""
    return texts.get((tk.h.lang() or "fr").split("_")[0]) or texts.get("fr", "")


def smartregion_harvest_rule(name: str) -> str:
    """What a rule does, in the reader's language."""
    return smartregion_harvest_text(LABELS.get(name)) or name


def smartregion_harvest_kind(kind: str) -> str:
    """A kind of source in the reader's language."""
    return smartregion_harvest_text(KINDS[kind].title) if kind in KINDS else kind


def smartregion_harvest_moment(text: str | None) -> str:
    """A moment in the reader's language and in Belgian time."""
    return tk.h.render_datetime(dt.datetime.fromisoformat(text), with_hours=True) if text else ""


def smartregion_harvest_word(word: str) -> str:
    """A status or outcome in the reader's language."""
    words = {
        "queued": tk._("queued"),
        "running": tk._("running"),
        "done": tk._("done"),
        "incomplete": tk._("incomplete"),
        "failed": tk._("failed"),
        "created": tk._("created"),
        "updated": tk._("updated"),
        "unchanged": tk._("unchanged"),
        "withdrawn": tk._("withdrawn"),
        "held": tk._("held"),
        "published": tk._("published"),
        "schedule": tk._("by schedule"),
        "person": tk._("by hand"),
    }
    return words.get(word, word)
