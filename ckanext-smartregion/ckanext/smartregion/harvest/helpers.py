"""What the pages of harvesting show, in the reader's language."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from babel.dates import format_timedelta

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model

from ckanext.smartregion.harvest import model, picture
from ckanext.smartregion.harvest.condition import SENTENCES
from ckanext.smartregion.harvest.logic import showing
from ckanext.smartregion.harvest.model import notices
from ckanext.smartregion.harvest.notices import audience
from ckanext.smartregion.harvest.rules import FINDINGS, LABELS
from ckanext.smartregion.harvest.timetables import OWN, TIMETABLES
from ckanext.smartregion.harvesters import KINDS
from ckanext.smartregion.helpers import LANGUAGE_NAMES
from ckanext.smartregion.interface import language
from ckanext.smartregion.schemas import dataset_contracts

UNREAD = {each.name: each for each in FINDINGS}
SHOWN = 300  # characters of a value


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for what is collected here and translated where it is shown
    return text


WORDS = {
    "queued": N_("queued"),
    "running": N_("running"),
    "done": N_("done"),
    "incomplete": N_("incomplete"),
    "asking": N_("asks"),
    "failed": N_("failed"),
    "cancelled": N_("cancelled"),
    "created": N_("created"),
    "updated": N_("updated"),
    "unchanged": N_("unchanged"),
    "withdrawn": N_("withdrawn"),
    "linked": N_("linked"),
    "missing": N_("missing"),
    "held": N_("held"),
    "published": N_("published"),
    "schedule": N_("by schedule"),
    "person": N_("by hand"),
    "on": N_("on"),
    "off": N_("off"),
    "resting": N_("resting"),
    "waits": N_("waits for approval"),
    "trouble": N_("in trouble"),
    "listing": N_("Listing"),
    "applying": N_("Writing"),
    "closing": N_("Closing"),
}


def smartregion_harvest_text(texts: dict[str, str] | None) -> str:
    """A sentence of a run in the reader's language."""
    if not texts:
        return ""
    return texts.get((tk.h.lang() or "fr").split("_")[0]) or texts.get("fr", "")


def smartregion_harvest_title(texts: dict[str, str] | str | None) -> str:
    """The title of a dataset in the reader's language, else in any that it has."""
    if not isinstance(texts, dict):
        return texts or ""
    return smartregion_harvest_text(texts) or next((text for text in texts.values() if text), "")


def smartregion_harvest_rule(name: str) -> str:
    """What a rule does, in the reader's language."""
    return smartregion_harvest_text(LABELS.get(name)) or name


def smartregion_harvest_finding(name: str) -> dict[str, str]:
    """What a finding says, and what can be done about it."""
    entry = UNREAD.get(name)
    if entry is None:
        return {"label": name, "advice": ""}
    return {"label": smartregion_harvest_text(entry.label), "advice": smartregion_harvest_text(entry.advice)}


def smartregion_harvest_kind(kind: str) -> str:
    """A kind of source in the reader's language."""
    return smartregion_harvest_text(KINDS[kind].title) if kind in KINDS else kind


def smartregion_harvest_moment(text: str | None) -> str:
    """A moment in the reader's language and in Belgian time."""
    return tk.h.render_datetime(dt.datetime.fromisoformat(text), with_hours=True) if text else ""


def smartregion_harvest_ago(text: str | None) -> str:
    """How long ago a moment was, or how soon it comes: 3 hours ago, in 20 minutes."""
    if not text:
        return ""
    away = dt.datetime.fromisoformat(text) - model.now()
    return format_timedelta(away, add_direction=True, locale=language(), threshold=1.1)


def smartregion_harvest_next(text: str | None) -> str:
    """How soon a run comes; what is due waits for the scheduler's next look."""
    if not text:
        return ""
    return smartregion_harvest_ago(text) if dt.datetime.fromisoformat(text) > model.now() else tk._("at any moment")


def smartregion_harvest_lasted(run: Mapping[str, Any]) -> str:
    """How long a run took, or takes so far."""
    if not run["started"]:
        return ""
    end = dt.datetime.fromisoformat(run["finished"]) if run["finished"] else model.now()
    time = end - dt.datetime.fromisoformat(run["started"])
    if time < dt.timedelta(seconds=1):
        return tk._("less than a second")
    return format_timedelta(time, locale=language(), threshold=1.6)


def smartregion_harvest_schedule(cron: str) -> str:
    """A schedule in words, where it is one of the timetables that the form offers; else nothing."""
    return next((smartregion_harvest_text(row["label"]) for row in TIMETABLES if row["cron"] == cron), "")


def smartregion_harvest_timetables() -> list[dict[str, str]]:
    """The schedules that the form offers, the last one for an expression of one's own."""
    offered = [{"value": row["cron"], "text": smartregion_harvest_text(row["label"])} for row in TIMETABLES]
    return [*offered, {"value": OWN, "text": tk._("As the expression below says")}]


def smartregion_harvest_field(path: str) -> str:
    """The field that a path such as `resources/ADDRESS/format` names, as the form of a dataset calls it."""
    parts = path.replace("/", ".").split(".") if "://" not in path else _parts_of_file(path)
    part = "resource_fields" if parts[0] == "resources" and len(parts) > 2 else "dataset_fields"
    name = parts[-1] if part == "resource_fields" else parts[0]
    if parts[0] == "resources" and len(parts) < 3:
        return tk._("File")
    fields = (field for contract in dataset_contracts().values() for field in contract.get(part, []))
    label = next((field["label"] for field in fields if field["field_name"] == name), None)
    return smartregion_harvest_text(label) or name


def _parts_of_file(path: str) -> list[str]:
    """`resources/ADDRESS/FIELD`, `resources.ADDRESS.FIELD` or `resources/ADDRESS` in its parts."""
    kind, address = path[:9], path[10:]
    address, sign, field = address.rpartition(path[9])
    known = {each["field_name"] for contract in dataset_contracts().values() for each in contract["resource_fields"]}
    return [kind, address, field] if sign and field in known else [kind, path[10:]]


def smartregion_harvest_value(value: Any) -> str:
    """A value as people read it: a text as it is, anything else as JSON; what is long is cut."""
    if value in (None, "", [], {}):
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def smartregion_harvest_bars(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """The last runs as bars, with the size of the picture."""
    return {"bars": picture.bars(runs), "width": picture.width(), "height": picture.HEIGHT, "bar": picture.WIDTH}


def smartregion_harvest_shares(tally: dict[str, int]) -> list[tuple[str, int, float]]:
    """How often each rule or finding came up, with the length of its bar in per cent, the most frequent first."""
    return picture.shares(sorted(tally.items(), key=lambda each: (-each[1], each[0])))


def smartregion_harvest_provenance(package_id: str) -> dict[str, Any] | None:
    """Where a dataset comes from, for its page: its source, when it was last seen, how many fields people wrote."""
    found = model.provenance(package_id)
    if found is None:
        return None
    record, source, written = found
    return {
        "record": record.id,
        "source": source.name,
        "title": source.title or source.name,
        "seen": showing.last_seen(record, source),
        "state": record.state,
        "written": written,
    }


def smartregion_harvest_word(word: str) -> str:
    """A status, a state, an outcome or a stage in the reader's language."""
    return tk._(WORDS[word]) if word in WORDS else word


def smartregion_harvest_counted(number: int, outcome: str) -> str:
    """So many records of an outcome, in the reader's language."""
    shown = {"number": tk.h.localised_number(number)}
    return {
        "created": tk.ungettext("%(number)s created", "%(number)s created", number, **shown),
        "updated": tk.ungettext("%(number)s updated", "%(number)s updated", number, **shown),
        "unchanged": tk.ungettext("%(number)s unchanged", "%(number)s unchanged", number, **shown),
        "withdrawn": tk.ungettext("%(number)s withdrawn", "%(number)s withdrawn", number, **shown),
        "linked": tk.ungettext("%(number)s linked", "%(number)s linked", number, **shown),
        "missing": tk.ungettext("%(number)s missing", "%(number)s missing", number, **shown),
        "held": tk.ungettext("%(number)s held", "%(number)s held", number, **shown),
        "failed": tk.ungettext("%(number)s failed", "%(number)s failed", number, **shown),
    }[outcome]


def smartregion_harvest_act(act: str) -> str:
    """A step of a plan in the reader's language."""
    return {
        "create": tk._("to be created"),
        "update": tk._("to be updated"),
        "hold": tk._("to be held"),
        "unchanged": tk._("unchanged"),
        "conflict": tk._("to be linked to another source's dataset"),
        "miss": tk._("to be marked as missing"),
        "withdraw": tk._("to be withdrawn"),
        "fail": tk._("can't be read"),
        "asked": tk._("asks before it withdraws"),
    }.get(act, act)


def smartregion_notice_kind(kind: str) -> str:
    """A kind of notice, or a state of a source, in the reader's language."""
    return smartregion_harvest_text(SENTENCES["kinds"].get(kind)) or kind


def smartregion_notice_unread() -> int | None:
    """How many notices the reader has not read; None for readers whom no source concerns."""
    person = None if tk.current_user.is_anonymous else ckan_model.User.get(tk.current_user.name)
    scope = audience.scope(person)
    return notices.notices(scope.wanted, person.id, unread=True).count() if person and scope else None


def smartregion_notice_languages() -> dict[str, str]:
    """The languages that mails are written in, each by its own name."""
    return LANGUAGE_NAMES
