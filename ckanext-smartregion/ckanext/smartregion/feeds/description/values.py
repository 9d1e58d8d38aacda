"""Values: the shapes in which a dictionary may hold a list, a text or a date, brought to one."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from functools import lru_cache
from typing import Any

# Characters that XML 1.0 cannot carry: one of them loses a whole page for whoever parses it.
UNPRINTABLE = re.compile(r"[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")
# Autolinks of Markdown are addresses; other markup is none of a text's business, and harvesters cut it out.
AUTOLINK = re.compile(r"<((?:https?://|mailto:)?[^<>\s]+[.@/][^<>\s]+)>")
MARKUP = re.compile(r"</?[A-Za-z][^<>]*>|<!--.*?-->", re.DOTALL)
BLOCK = re.compile(r"</?(?:p|br|div|li|ul|ol|h[1-6]|tr|table)\b[^<>]*>", re.IGNORECASE)
COMPARED = re.compile(r"<([^>]+)>")  # "<5 and >3": what is left of angle brackets would be cut out as markup
LANGUAGE_TAG = re.compile(r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$")
PARTIAL_DATE = re.compile(r"^\d{4}(-(0[1-9]|1[0-2]))?$")

Texts = dict[str, str]


def as_list(value: Any) -> list[Any]:
    """A list, whether it was stored as one, as JSON or as a single value."""
    if isinstance(value, list):
        return value
    value = from_json(value)
    if value is None or value in ("", {}):
        return []
    return value if isinstance(value, list) else [value]


def from_json(value: Any) -> Any:
    """What a text holds when it is JSON of a list or an object, else the value itself."""
    if not isinstance(value, str) or not value.lstrip().startswith(("[", "{")):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def clean(text: Any) -> str:
    """The text without what XML cannot carry, with usual blanks for no-break spaces, and without blanks around it."""
    if text is None:
        return ""
    if isinstance(text, str) and text.isprintable():  # most are, and this is quick
        return text.strip()
    return UNPRINTABLE.sub("", str(text)).replace("\u00a0", " ").strip() if text not in (None, False) else ""


def prose(text: Any) -> str:
    """The text as readers of feeds keep it: without markup, and with a new line only where a sentence or list ends.

    data.gov.be cuts out whatever stands between angle brackets, and joins lines.
    """
    if isinstance(text, str) and "<" not in text and text.isprintable():  # one line without markup, as most are
        return text.strip()
    bare = clean(text)
    if "<" not in bare and bare.isprintable():
        return bare
    bare = MARKUP.sub("", BLOCK.sub("\n", AUTOLINK.sub(r"\1", bare)))
    bare = COMPARED.sub(r"‹\1›", bare)
    lines = [line for line in map(str.strip, bare.splitlines()) if line]
    return "".join(line + ("\n" if line.endswith((".", ":", ";")) else " ") for line in lines).strip()


def texts(value: Any, language: str) -> Texts:
    """A text without markup per language tag; a text without a tag gets the given language."""
    if value is None or value == "":
        return {}
    if not isinstance(value, dict):
        value = from_json(value)
    by_language = value if isinstance(value, dict) else {language: value}
    return {tag: bare for tag, text in by_language.items() if is_tag(tag) and (bare := prose(text))}


@lru_cache(maxsize=1_000)
def is_tag(text: str) -> bool:
    """Whether a text has the form of a language's tag."""
    return bool(LANGUAGE_TAG.match(text))


def valid_date(value: Any) -> str | None:
    """The date as ISO 8601 (a year, a month, a day or a moment), or nothing when it is none."""
    return _valid_date(clean(value)) if value else None


@lru_cache(maxsize=10_000)
def _valid_date(text: str) -> str | None:
    if PARTIAL_DATE.match(text):
        return text
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return text if len(text) == len("2026-01-01") else moment.isoformat()


def whole_day(text: str) -> str:
    """The first day of a year or a month, for profiles that know no partial dates."""
    if not PARTIAL_DATE.match(text):
        return text
    year, _, month = text.partition("-")
    return date(int(year), int(month or 1), 1).isoformat()


def natural_number(value: Any) -> int | None:
    """A number of bytes, or nothing when the value is none."""
    try:
        number = int(float(value))
    except (TypeError, ValueError, OverflowError):
        return None
    return number if number >= 0 else None
