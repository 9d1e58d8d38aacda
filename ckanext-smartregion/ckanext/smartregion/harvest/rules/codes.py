"""Rules for coded values: what a far end writes in words or in somebody else's addresses becomes an EU address."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from ckanext.smartregion.harvest.records import Draft
from ckanext.smartregion.schemas import Concept, vocabulary

Spellings = dict[tuple[str, str], str]
BETWEEN_THEMES = re.compile(r"\s*[,;/&>]\s*|\s+et\s+")
EXPORT = re.compile(r"/exports/(\w+)|[?&]format=(\w+)")


@cache
def spellings() -> Spellings:
    """What the far ends write beyond the vocabularies' own labels and aliases, by vocabulary."""
    with Path(__file__).with_name("spellings.csv").open(encoding="utf-8", newline="") as file:
        return {(row["vocabulary"], row["spelling"].casefold()): row["code"] for row in csv.DictReader(file)}


@cache
def _labels(name: str) -> dict[str, Concept]:
    concepts = vocabulary(name).concepts
    return {label.casefold(): concept for concept in reversed(concepts) for label in concept.labels.values()}


LONGEST = 300  # no code, label or address of one is longer; what is, is neither looked for nor remembered


def find(name: str, text: str) -> Concept | None:
    """The concept that exactly this text means: address, code, alias, label in any language, or known spelling."""
    return _find(name, text) if len(text) <= LONGEST else None


@lru_cache(maxsize=16384)
def _find(name: str, text: str) -> Concept | None:
    text = " ".join(text.split()).rstrip(".")
    concept = vocabulary(name).find(text) or _labels(name).get(text.casefold())
    code = spellings().get((name, text.casefold()))
    return concept or (vocabulary(name).by_code(code) if code else None)


def words(value: str) -> tuple[str, ...]:
    """What a value may mean, the fullest reading first: itself, decoded, its last segment, its search term."""
    return _words(value[:LONGEST])


@lru_cache(maxsize=8192)
def _words(value: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_readings(value)))


def _readings(value: str) -> Iterator[str]:
    yield value
    plain = unquote(value.replace("+", " ")) if "%" in value or "+" in value else value
    yield plain
    try:
        parts = urlsplit(value.replace(" ", "%20"))
    except ValueError:  # a bracket that was never closed
        return
    if parts.scheme in ("http", "https", "file"):
        terms = [term for key, found in parse_qs(parts.query).items() if "refine" in key for term in found]
        yield from terms
        yield unquote(parts.fragment or parts.path.rstrip("/").rsplit("/", 1)[-1])


def theme(values: list[str]) -> list[str]:
    """EU data themes for addresses, labels and free categories; a category in several words is read word by word."""
    found = [uri for value in values for uri in _theme(value[:LONGEST])]
    return list(dict.fromkeys(found))


@lru_cache(maxsize=4096)
def _theme(value: str) -> tuple[str, ...]:
    readings = [text for text in words(value) if "://" not in text]
    for text in (value, *readings):
        if concept := find("data-theme", text):
            return (concept.uri,)
    for text in readings:
        parts = [find("data-theme", part) for part in BETWEEN_THEMES.split(text)]
        if found := [concept.uri for concept in parts if concept]:
            return tuple(found)
    return ()


def unread_themes(values: list[str]) -> list[str]:
    """Categories in words that mean no EU theme: kept as keywords rather than guessed."""
    return [value for value in values if not _theme(value[:LONGEST]) and "://" not in value]


@lru_cache(maxsize=4096)
def frequency(value: str) -> str:
    """The EU frequency of an address, a code, a word or a sentence that begins with the word; else empty."""
    for text in words(value):
        inside = re.findall(r"\(([^)]*)\)", text)
        for part in (text, re.split(r"[:;,(]", text)[0], *inside, *text.split()[:1]):
            if concept := find("frequency", part):
                return concept.uri
    return ""


def licence(values: list[str]) -> str:
    """The first licence of a list that the EU list knows, however it was written; else empty."""
    return next((found for value in values if (found := licence_of(value))), "")


def licence_of(value: str) -> str:
    """The EU address of one licence, however it was written; empty for a text that names none."""
    return _licence(value) if len(value) <= LONGEST else ""


@lru_cache(maxsize=4096)
def _licence(value: str) -> str:
    return next((concept.uri for text in _licence_spellings(value) if (concept := find("licence", text))), "")


def _licence_spellings(value: str) -> Iterator[str]:
    plain = unquote(re.sub(r"\s+", " ", value)).strip()
    yield plain
    bare = re.sub(r"(/legalcode|/deed)(\.\w+)?/?$", "/", plain)
    for scheme in ("http://", "https://"):
        address = re.sub(r"^https?://(www\.)?", scheme, bare)
        yield from (address, address.rstrip("/"), address.rstrip("/") + "/")
    match = re.search(r"\((CC[^)]*)\)", plain)
    if match:
        yield match[1]
    # A licence in words becomes a relative address under the catalogue's own ("https://portal/CC BY 4.0").
    if "://" in plain:
        yield plain.rstrip("/").rsplit("/", 1)[-1]


def file_type(resource: Draft) -> Concept | None:
    """The file type of a resource: by the export it is, its format, its media type, the ending of its address."""
    for value in (_export(resource), resource.get("format"), resource.get("mimetype"), _ending(resource)):
        for text in words(value) if value else ():
            if concept := _file_type(text):
                return concept
    return None


@lru_cache(maxsize=4096)
def _file_type(text: str) -> Concept | None:
    media = re.sub(r"^.*media-types/", "", text)
    return find("file-type", text) or find("file-type", media) or _media_types().get(media.casefold())


@cache
def _media_types() -> dict[str, Concept]:
    listed = [(concept.extra.get("media_type"), concept) for concept in reversed(vocabulary("file-type").concepts)]
    return {media: concept for media, concept in listed if media}


def _export(resource: Draft) -> str:
    """An export says in its address what it is, while its media type may only say that it is zipped."""
    match = EXPORT.search(resource.get("url", ""))
    return (match[1] or match[2]) if match else ""


def _ending(resource: Draft) -> str:
    """What stands behind the last dot of the path; the dots of the host are none of it."""
    folder, _, tail = re.split(r"[?#]", resource.get("url", ""), maxsplit=1)[0].rpartition("/")
    return tail.rpartition(".")[2] if "." in tail and not folder.endswith("/") else ""


@lru_cache(maxsize=4096)
def media_type(value: str) -> str:
    """`text/csv` for IANA's address of it; empty for what is no media type."""
    short = re.sub(r"^https?://(www\.)?iana\.org/assignments/media-types/", "", value.strip()).casefold()
    return short if re.fullmatch(r"[a-z]+/[a-z0-9.+-]+", short) else ""


def coded(name: str, values: Any) -> Any:
    """EU addresses for a value or a list of values of one vocabulary; what it does not know goes."""
    if isinstance(values, str):
        return next((found.uri for text in words(values) if (found := find(name, text))), "")
    return [uri for uri in dict.fromkeys(coded(name, value) for value in values) if uri]


def laws(values: list[str]) -> list[str]:
    """Laws under the addresses of our list, also with https or a trailing part; a law it does not hold stays."""
    return list(dict.fromkeys(_law(value) for value in values))


def _law(value: str) -> str:
    address = re.sub(r"^https:", "http:", value.strip()).rstrip("/")
    concept = find("legislation", value) or find("legislation", address) or find("legislation", address + "/oj")
    return concept.uri if concept else value


def hvd(values: list[str]) -> list[str]:
    """The high-value categories among addresses of any kind."""
    return [uri for value in values if "/bna/" in value and (uri := coded("hvd-category", value))]


def hvd_in_theme(draft: Draft) -> Draft:
    """High-value categories that stand among the themes move to their own field."""
    themes = draft.get("theme", [])
    if not (found := hvd(themes)):
        return {}
    own = draft.get("hvd_category", [])
    return {"theme": [each for each in themes if not hvd([each])], "hvd_category": list(dict.fromkeys([*own, *found]))}
