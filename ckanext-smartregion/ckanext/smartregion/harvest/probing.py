"""Which kind of source an answer is: by its content; and at which usual places of a host to ask next. Pure.

The rules are data, in probing.json: `signs` (what the answer of a kind holds, what follows for the source, and why),
`places` (well-known paths), `derived` (paths that follow from a given one), `pages` and `links` (what a page tells).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from ckanext.smartregion.harvest.mapping.plone import types
from ckanext.smartregion.harvest.reading import inventory_table, rdf
from ckanext.smartregion.harvest.reading.json_answers import read_json
from ckanext.smartregion.harvest.records import ListingError
from ckanext.smartregion.schemas import LANGUAGES

RULES: dict[str, list[dict[str, Any]]] = json.loads(Path(__file__).with_name("probing.json").read_text("utf-8"))
# Of a text and of a page so much is looked at; a zip and a JSON are read as a whole, within what was let through.
MOST_TEXT = 1024 * 1024
MOST_PAGE = 256 * 1024
MOST_LINKS = 4
# First parts of a path that are pages of a portal, and not the folder in which it stands.
PAGES = frozenset({"api", "dataset", "datasets", "explore", "organization", "group", "search", "pages", "home"}) | {
    *LANGUAGES,
    "geonetwork",
}
ZIP = b"PK\x03\x04"
ROOT = re.compile(rb"<(?:[\w.-]+:)?([A-Za-z][\w.-]*)[\s/>]")
PROLOGUE = re.compile(rb"<\?.*?\?>|<!--.*?-->|<!doctype[^>\[]*(?:\[.*?\])?[^>]*>", re.IGNORECASE | re.DOTALL)
# Written for programs: such an address is asked without the manners that are due to pages for people.
FOR_PROGRAMS = re.compile(r"/api/|/@|csw|gbfs|ocpi|\.(json|xml|rdf|ttl|jsonld|nt|nq|trig|csv|xlsx|zip)$", re.IGNORECASE)


@dataclass(frozen=True)
class Guess:
    """A kind that an address may be of: the source it would make, how sure that is (0 to 100), and why."""

    kind: str
    url: str
    rank: int
    why: dict[str, str]
    options: Mapping[str, Any] = field(default_factory=dict)
    title: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The guess as pages and API show it."""
        return {"kind": self.kind, "url": self.url, "options": dict(self.options), "why": self.why}


@dataclass(frozen=True)
class Place:
    """An address that is worth asking, because a kind may be found there; `beside` also when these were found."""

    kind: str
    url: str
    beside: tuple[str, ...] = ()


@dataclass(frozen=True)
class Clues:
    """What a web page tells: the kinds whose software made it, addresses that it links to, and what it is called."""

    kinds: tuple[str, ...] = ()
    links: tuple[Place, ...] = ()
    title: str = ""


# -- by content


def is_for_programs(url: str) -> bool:
    """Whether an address looks like one of an interface or a file, and not of a page for people."""
    parts = urlsplit(url)
    return bool(FOR_PROGRAMS.search(parts.path) or "service=csw" in parts.query.lower())


def form(body: bytes) -> str:
    """What an answer is made of: zip, json, html, xml, text, or nothing at all."""
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if not start:
        return ""
    if body.startswith(ZIP):
        return "zip"
    if not rdf.syntax(body):
        return "html"
    if start in b"{[":
        return "json"
    return "xml" if start == b"<" and _root(body) else "text"


def recognised(body: bytes, url: str) -> Guess | None:
    """The kind of an answer by its content; None where it is none that we know."""
    kind = form(body)
    found = _json(body, url) if kind == "json" else None
    looked = "text" if kind == "json" and found is None else kind
    return next((_guess(sign, url, found) for sign in _signs(looked) if _holds(sign, body, url, found)), None)


def recognised_by_address(url: str) -> Guess | None:
    """The kind of an answer that is too large to be looked at, as far as its address tells."""
    return next((_guess(sign, url, None) for sign in _signs("large") if _address_fits(sign, url)), None)


def _signs(kind: str) -> Iterator[dict[str, Any]]:
    return (sign for sign in RULES["signs"] if sign["form"] == kind)


def _holds(sign: dict[str, Any], body: bytes, url: str, found: Any) -> bool:
    text = body if sign["form"] == "zip" else body[:MOST_TEXT]
    return (
        _address_fits(sign, url)
        and all(word.encode() in text for word in sign.get("mentions", ()))
        and not any(word.encode() in text for word in sign.get("lacks", ()))
        and all(_at(found, path.split("."), expected) for path, expected in sign.get("holds", {}).items())
        and ("roots" not in sign or _root(body) in sign["roots"])
        and (not sign.get("table") or _is_inventory(body, url))
    )


def _address_fits(sign: dict[str, Any], url: str) -> bool:
    return "address" not in sign or bool(re.search(sign["address"], url, re.IGNORECASE))


TYPES: dict[str, Any] = {
    "any": lambda value: value is not None,
    "true": lambda value: value is True,
    "number": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "text": lambda value: isinstance(value, str) and bool(value),
    "list": lambda value: isinstance(value, list),
}


def _at(value: Any, path: list[str], expected: str) -> bool:
    """Whether a value of the expected type stands at a path, in which `*` is any member of a list or a map."""
    if not path:
        return bool(TYPES[expected](value))
    name, *rest = path
    if name == "*":
        members = value if isinstance(value, list) else list(value.values()) if isinstance(value, dict) else []
        return any(_at(member, rest, expected) for member in members[:50])
    return isinstance(value, dict) and _at(value.get(name), rest, expected)


def _guess(sign: dict[str, Any], url: str, found: Any) -> Guess:
    address = re.sub(sign["drop"], "", url, flags=re.IGNORECASE).rstrip("?&") if "drop" in sign else url
    options = {**sign.get("options", {}), **(_of_plone(found) if sign["kind"] == "plone" else {})}
    why = {language: text % {"url": url} for language, text in sign["why"].items()}
    return Guess(sign["kind"], address, sign["rank"], why, options, _text_at(found, sign.get("title", "")))


def _of_plone(found: Any) -> dict[str, Any]:
    """The type of content that is worth listing: one we know, else that of most objects."""
    shown = [str(item.get("@type") or "") for item in found["items"] if isinstance(item, dict)]
    sections = {facts.get("section"): name for name, facts in reversed(types().items()) if facts.get("section")}
    known = [name for name in types() if name in shown] or [sections[name] for name in shown if name in sections]
    usual = known[0] if known else max(shown, key=shown.count, default="")
    return {"portal_type": usual} if usual else {}


def _text_at(found: Any, path: str) -> str:
    for name in filter(None, path.split(".")):
        found = found.get(name) if isinstance(found, dict) else None
    return " ".join(found.split())[:200] if path and isinstance(found, str) else ""


def _json(body: bytes, url: str) -> Any:
    try:
        return read_json(body, url)
    except ListingError:
        return None


def _root(body: bytes) -> str:
    match = ROOT.match(PROLOGUE.sub(b"", body[:20_000]).lstrip(b"\xef\xbb\xbf \t\r\n"))
    return match[1].decode() if match else ""


def _is_inventory(body: bytes, url: str) -> bool:
    try:
        inventory_table.read(body, url)
    except ListingError:
        return False
    return True


# -- by what a page tells and by well-known paths


class _Page(HTMLParser):
    """The title, the links and the generator of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.titles: list[str] = []
        self.name, self.in_title = "", False
        self.links: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        if tag in ("a", "link") and facts.get("href"):
            self.links.append((facts["href"].strip(), facts.get("type", "")))
        if tag == "meta" and facts.get("property") == "og:site_name":
            self.name = facts.get("content", "")
        self.in_title = tag == "title"

    def handle_data(self, data: str) -> None:
        if self.in_title:
            self.titles.append(data)

    def handle_endtag(self, tag: str) -> None:
        self.in_title = False


def clues(body: bytes, url: str) -> Clues:
    """What a web page tells of the software behind it and of files that it offers."""
    text = body[:MOST_PAGE].decode("utf-8", errors="replace")
    kinds = tuple(rule["kind"] for rule in RULES["pages"] if re.search(rule["marks"], text, re.IGNORECASE))
    page = _Page()
    page.feed(text)
    title = " ".join((page.name or "".join(page.titles[:5])).split())[:200]
    return Clues(kinds, tuple(_linked(page.links, url)), title)


def _linked(links: list[tuple[str, str]], url: str) -> Iterator[Place]:
    found: dict[str, Place] = {}
    for href, media_type in links:
        rule = next((rule for rule in RULES["links"] if _leads(rule, href, media_type)), None)
        address = _joined(url, href) if rule else ""
        if rule and address.startswith(("http://", "https://")) and len(found) < MOST_LINKS:
            found.setdefault(address, Place(rule["kind"], address, ("ckan",)))
    yield from found.values()


def _leads(rule: dict[str, Any], href: str, media_type: str) -> bool:
    by_type = bool(rule["types"]) and bool(re.search(rule["types"], media_type, re.IGNORECASE))
    return by_type or bool(re.search(rule["address"], href, re.IGNORECASE))


def _joined(url: str, href: str) -> str:
    try:
        return urljoin(url, href).partition("#")[0]
    except ValueError:
        return ""


def places(url: str, told: Clues) -> list[Place]:
    """Where to ask, in this order: what the page's own software offers, what it links to, then the usual places."""
    parts = urlsplit(url)
    site, below = f"{parts.scheme}://{parts.netloc}", _directory(parts.path)
    usual = [Place(row["kind"], f"{site}{row['path']}", tuple(row["beside"])) for row in RULES["places"]]
    deeper = [
        Place(row["kind"], f"{site}{below}{row['path']}", tuple(row["beside"]))
        for row in RULES["places"]
        if row["below"] and below
    ]
    derived = [
        Place(rule["kind"], site + re.sub(rule["pattern"], rule["path"], parts.path))
        for rule in RULES["derived"]
        if re.match(rule["pattern"], parts.path)
    ]
    own = [place for place in [*usual, *deeper] if place.kind in told.kinds]
    ordered = [*derived, *own, *told.links, *usual, *deeper]
    found: dict[str, Place] = {}
    for place in ordered:
        found.setdefault(place.url, place)
    return [place for place in found.values() if place.url != url]


def _directory(path: str) -> str:
    """The first part of a path, under which a portal may stand; empty at the root of a site."""
    first, _, rest = path.strip("/").partition("/")
    return "" if not first or first.lower() in PAGES or ("." in first and not rest) else f"/{first}"


def ranked(guesses: list[Guess]) -> list[Guess]:
    """The best guess of each kind, the surest first."""
    best: dict[str, Guess] = {}
    for guess in sorted(guesses, key=lambda each: -each.rank):
        best.setdefault(guess.kind, guess)
    return list(best.values())


# -- what to call it

GENERIC = ("www", "data", "opendata", "donnees", "catalog", "catalogue", "portal", "portail", "api")


def suggested_name(url: str) -> str:
    """A short name from the host: what is left without the parts that any portal has."""
    host = (urlsplit(url).hostname or "").lower()
    labels = re.sub(r"[^a-z0-9.]+", "-", host).split(".")
    if all(label.isdecimal() for label in labels):
        return "source"
    own = [label for label in labels[:-1] if label not in GENERIC] or labels[:1]
    name = "-".join(own[-2:] if len(own) > 1 else own).strip("-")
    return name if len(name) > 1 else "source"
