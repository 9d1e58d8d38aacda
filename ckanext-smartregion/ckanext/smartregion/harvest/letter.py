"""The mail of the day: what it says, in four languages, and when its hour has come. Pure."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, select_autoescape

from ckanext.smartregion.harvest.schedule import ZONE

TEXTS: dict[str, dict[str, str]] = json.loads(Path(__file__).with_name("letter.json").read_text("utf-8"))
TEMPLATES = Path(__file__).with_name("templates") / "notices/mail"
# More than this nobody reads in a mail; the rest stands on the page.
MOST = 40

_environment = Environment(
    loader=FileSystemLoader(TEMPLATES), autoescape=select_autoescape(["html"]), trim_blocks=True, lstrip_blocks=True
)


@dataclass(frozen=True)
class Line:
    """One notice in a mail: the source, its organisation, what is told, where to read on, when it was found."""

    organization: str
    source: str
    kind: str
    text: str
    url: str
    moment: dt.datetime

    def when(self, language: str) -> str:
        """The day and the hour in Belgian time."""
        local = self.moment.astimezone(ZoneInfo(ZONE))
        return f"{format_date(local, 'long', locale=language)}, {local:%H:%M}"


@dataclass(frozen=True)
class Letter:
    """A mail in two forms."""

    subject: str
    text: str
    html: str


def compose(language: str, reader: str, site: str, page: str, lines: Sequence[Line], total: int) -> Letter:
    """The mail to one person: news by organisation; `page` is where all news and the switch for these mails are."""
    said = {name: texts[language] for name, texts in TEXTS.items()}
    names = sorted({line.organization for line in lines}, key=str.casefold)
    facts = {
        "said": said,
        "language": language,
        "reader": reader,
        "site": site,
        "page": page,
        "more": total - len(lines),
        "groups": [(name, [line for line in lines if line.organization == name]) for name in names],
    }
    subject = said["subject"] % {"site": site, "count": total}
    text, html = (_environment.get_template(f"digest.{ending}").render(facts) for ending in ("txt", "html"))
    return Letter(" ".join(subject.split()), text, html)


def clock(text: str) -> dt.time:
    """The hour of the day that a text like 7:30 names; raises ValueError with a sentence."""
    try:
        hour, minute = text.split(":")
        return dt.time(int(hour), int(minute))
    except ValueError:
        raise ValueError(f"“{text}” is no hour for the mails of the day. Write for example 7:30.") from None


def round_of(moment: dt.datetime, hour: dt.time) -> dt.datetime | None:
    """The hour of today's mails (in UTC), once it has come: a day has one round, in Belgian time."""
    local = moment.astimezone(ZoneInfo(ZONE))
    start = dt.datetime.combine(local.date(), hour, tzinfo=ZoneInfo(ZONE)).astimezone(dt.UTC)
    return start if start <= moment else None
