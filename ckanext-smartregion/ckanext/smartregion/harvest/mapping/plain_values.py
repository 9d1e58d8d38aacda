"""How values are read from a far end's JSON, where one field may hold a text, a list, a map or any of them as text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urljoin

from ckanext.smartregion.harvest.rules.addresses import is_web

LANGUAGE_TAG = re.compile(r"[a-zA-Z]{2,3}(?:[-_][a-zA-Z]{2,4})?")


def plain(value: Any) -> Any:
    """A list or map that was stored as JSON text is that list or map; anything else stays."""
    if isinstance(value, str) and value.strip()[:1] in ("[", "{"):
        try:
            return json.loads(value, parse_constant=lambda _: None)
        except (ValueError, RecursionError):
            return value
    return value


def text(value: Any) -> str:
    """One value as text: of a language map the French one, else the first; of a list the first; of a map its name."""
    value = plain(value)
    if isinstance(value, Mapping):
        tagged = [value[key] for key in ("fr", "name", "title", "label", "value", "@id", "id") if value.get(key)]
        return text(next(iter([*tagged, *value.values()]), ""))
    if isinstance(value, list):
        return text(next((each for each in value if each), ""))
    return "" if value is None or isinstance(value, bool) else str(value).strip()


def texts(value: Any) -> list[str]:
    """The values of a field as texts, in their order, each once; a map with lists in it counts with keys and lists."""
    value = plain(value)
    if isinstance(value, list):
        found = [part for each in value for part in texts(each)]
    elif isinstance(value, Mapping) and any(isinstance(each, list) for each in value.values()):
        found = [part for key, each in value.items() for part in (str(key), *texts(each))]
    else:
        found = [text(value)]
    return [each for each in dict.fromkeys(found) if each]


def translated(value: Any) -> dict[str, str]:
    """A text by language tag, "" for a text without one; empty for no text."""
    value = plain(value)
    if is_language_map(value):
        return {tag: found for tag, each in value.items() if (found := text(each))}
    found = text(value)
    return {"": found} if found else {}


def is_language_map(value: Any) -> bool:
    """Whether a value is a map from language tags to texts or lists of texts."""
    return isinstance(value, Mapping) and bool(value) and all(LANGUAGE_TAG.fullmatch(str(key)) for key in value)


def first(facts: Mapping[str, Any], names: Iterable[str]) -> str:
    """The first of these fields that says anything, as text."""
    return next((found for name in names if (found := text(facts.get(name)))), "")


def parts(value: Any) -> list[dict[str, Any]]:
    """The maps of a field that holds one or several; a bare text stands for a map with a name."""
    value = plain(value)
    found = value if isinstance(value, list) else [value]
    maps = (each if isinstance(each, Mapping) else {"name": text(each)} for each in map(plain, found))
    return [dict(each) for each in maps if any(each.values())]


def address(value: Any, base: str) -> str:
    """A web address, made whole where it is relative to the portal; empty when it is none."""
    found = text(value)
    if found.startswith("/") and not found.startswith("//"):
        found = urljoin(base + "/", found)
    return found if is_web(found) else ""


def shape(value: Any) -> str:
    """A geometry as GeoJSON text; empty when it is none."""
    value = plain(value)
    return json.dumps(value, separators=(",", ":")) if isinstance(value, Mapping) and value.get("type") else ""


def filled(found: dict[str, Any]) -> dict[str, Any]:
    """Only the fields that say anything."""
    return {field: value for field, value in found.items() if value not in (None, "", [], {})}
