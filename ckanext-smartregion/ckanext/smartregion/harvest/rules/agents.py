"""Rules for who publishes: names out of search addresses, encoded names, one publisher of several, mail addresses."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote, unquote_plus

from ckanext.smartregion import territory
from ckanext.smartregion.harvest.records import Draft
from ckanext.smartregion.harvest.rules.addresses import is_local

SEARCH = re.compile(r"[?&]refine(?:\.[a-z.]+)?=(?:(?:publisher|creator)(?::|%3A))?([^&]+)", re.IGNORECASE)
ENCODED = re.compile(r"%[0-9A-Fa-f]{2}|\w\+\w")
LONGEST_NAME = 300


def owner_of(text: str) -> territory.Owner | None:
    """The owner in the territory whom a name, code or address means beyond doubt."""
    return _owner(text) if len(text) <= LONGEST_NAME else None


@lru_cache(maxsize=4096)
def _owner(text: str) -> territory.Owner | None:
    return territory.find(text).owner


def searched(value: list[Draft]) -> list[Draft]:
    """Publishers and creators named only in an address get their name: a search of the portal, or a localhost."""
    return [named for named in map(_searched, value) if named]


def _searched(agent: Draft) -> Draft:
    uri = agent.get("uri", "")
    match = SEARCH.search(uri)
    if not match and not is_local(uri):
        return agent
    inside = unquote_plus(match[1]) if match else unquote(uri.rstrip("/").rsplit("/", 1)[-1])
    name = agent.get("name") or inside.strip('"').split(" > ")[0]
    return {key: text for key, text in agent.items() if key != "uri"} | {"name": " ".join(name.split())}


def spelled(value: list[Draft]) -> list[Draft]:
    """Names without the encoding of addresses, without needless blanks, without the ".0" of a code read as number."""
    return [_spelled(agent) for agent in value]


def _spelled(agent: Draft) -> Draft:
    name = agent.get("name")
    if not name:
        return agent
    plain = unquote_plus(name) if "%" in name and ENCODED.search(name) else name
    plain = plain.replace("+", " ") if re.search(r"\w\+\w+\+\w", plain) else plain
    plain = re.sub(r"(\d{5})\.0", r"\1", plain) if re.fullmatch(r"\s*\d{5}\.0\s*", plain) else plain
    return agent | {"name": " ".join(plain.split())}


def one(draft: Draft) -> Draft:
    """One publisher, as DCAT-AP has it: the first whom the territory knows, else the first."""
    agents = draft.get("publisher", [])
    if len(agents) < 2:
        return {}
    known = (each for each in agents if owner_of(each.get("name", "")) or owner_of(each.get("uri", "")))
    return {"publisher": [next(known, agents[0])]}


def mail(value: str) -> str:
    """A mail address without `mailto:`, however often it stands there; empty when it is none."""
    bare = re.sub(r"(?i)^\s*(mailto\s*:\s*)+", "", unquote(value)).strip().strip("<>")
    return bare if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", bare) else ""


def contacts(value: list[Draft]) -> list[Draft]:
    """Contacts whose mail address is one, each once."""
    mended = [{**contact, "email": mail(contact.get("email", ""))} for contact in value]
    kept = [{key: text for key, text in contact.items() if text} for contact in mended]
    unique = {(contact.get("email"), contact.get("name")): contact for contact in kept if contact.keys() - {"uri"}}
    return list(unique.values())
