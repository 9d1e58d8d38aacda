"""RDF in any serialisation read into plain records: parsed in a child process, under limits and without a network."""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field
from typing import Any

from ckanext.smartregion.harvest.reading import reader
from ckanext.smartregion.harvest.records import Change, ListingError
from ckanext.smartregion.harvest.sentences import say

HTML = (b"<!doctype html", b"<html", b"<head", b"<body")


@dataclass(frozen=True)
class Page:
    """One page of a catalogue: its datasets and services as trees, what could not be read, where the next page is."""

    datasets: list[dict[str, Any]] = field(default_factory=list)
    services: list[dict[str, Any]] = field(default_factory=list)
    broken: list[dict[str, str]] = field(default_factory=list)
    changes: tuple[Change, ...] = ()
    languages: list[str] = field(default_factory=list)
    next: str | None = None
    total: int | None = None


def syntax(body: bytes, media_type: str = "") -> str:
    """The serialisation by content; the media type only settles what content leaves open. Empty for a web page."""
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        body = body[:4000].decode("utf-16", errors="ignore").encode()
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:2000].lower()
    if start.startswith(HTML) or b"<html" in start:
        return ""
    if start[:1] in (b"{", b"["):
        return "json-ld"
    if start.startswith((b"<?xml", b"<!doctype rdf")) or b"<rdf:rdf" in start:
        return "xml"
    by_type = {"application/trig": "trig", "application/n-quads": "nquads", "application/rdf+xml": "xml"}
    return by_type.get(media_type.split(";")[0].strip().lower(), "turtle")


def read(body: bytes, media_type: str, url: str) -> Page:
    """Read one answer of a far end, or say in a ListingError why it can't be read."""
    if not body.strip():
        raise ListingError(say("empty-body", url=url))
    kind = syntax(body, media_type)
    if not kind:
        raise ListingError(say("html", url=url))
    found = reader.read("rdf", body, url, kind=kind)
    changes = tuple(Change(**change) for change in found.pop("changes"))
    return Page(changes=changes, **found)
