"""Rules for addresses: other people's localhost, broken percent signs, mail addresses, places given as addresses."""

from __future__ import annotations

import ipaddress
import re
from typing import Any
from urllib.parse import quote, unquote, unquote_plus, urlsplit

from shapely import from_wkt, to_geojson
from shapely.errors import ShapelyError

from ckanext.smartregion.harvest.records import Draft

ADDRESSES = ("url", "uri", "access_url", "download_url", "conforms_to", "documentation", "is_referenced_by")
SAFE = "/%:@!$&'()*+,;=~-._?#[]"


def is_web(value: Any) -> bool:
    """Whether a value is a complete web address."""
    try:
        return isinstance(value, str) and value.startswith(("http://", "https://")) and bool(urlsplit(value).hostname)
    except ValueError:  # a bracket that was never closed
        return False


def is_local(value: str) -> bool:
    """Whether an address means the machine of whoever wrote it."""
    try:
        parts = urlsplit(value)
        host = parts.hostname or ""
    except ValueError:  # unreadable is not local; whoever needs an address refuses it
        return False
    if parts.scheme == "file" or host == "localhost" or host.endswith(".local"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def encoded(value: str) -> str:
    """An address with blanks encoded and stray percent signs mended; text that is no address stays."""
    if not value.lstrip().startswith(("http://", "https://")):
        return value
    mended = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", value.strip())
    return quote(mended, SAFE)


def without_local(hosts: tuple[str, ...]) -> Any:
    """Drop addresses of the author's own machine, unless the source itself lives there."""

    def change(value: Any) -> Any:
        if isinstance(value, list):
            return [kept for kept in map(change, value) if kept]
        return "" if isinstance(value, str) and is_local(value) and not _belongs(value, hosts) else value

    return change


def _belongs(value: str, hosts: tuple[str, ...]) -> bool:
    return urlsplit(value).netloc in hosts


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


def agents(value: list[Draft]) -> list[Draft]:
    """Publishers and creators given as a search of the portal ("?refine.publisher=Ville+de...") get their name."""
    return [named for named in map(_agent, value) if named]


def _agent(agent: Draft) -> Draft:
    match = re.search(r"[?&]refine(?:\.[a-z.]+)?=(?:publisher:|creator:)?([^&]+)", agent.get("uri", ""))
    if not match:
        return agent
    name = agent.get("name") or unquote_plus(match[1]).split(" > ")[0]
    return {key: text for key, text in agent.items() if key != "uri"} | {"name": re.sub(r"\s+", " ", name).strip()}


def geometry(text: str) -> str:
    """A shape as GeoJSON, which the catalogue stores; empty when it is no shape."""
    if text.lstrip().startswith("{"):
        return text.strip()
    well_known = re.sub(r"^\s*(?:<[^>]*>|SRID=\d+;)?\s*", "", text)
    try:
        return to_geojson(from_wkt(well_known))
    except ShapelyError:
        return ""


def places(value: list[Draft]) -> list[Draft]:
    """Places given as an address that is none ("France entière") become text; known ones get https."""
    return [kept for kept in map(_place, value) if kept]


def _place(place: Draft) -> Draft:
    shapes = {key: geometry(place[key]) for key in ("geom", "bbox", "centroid") if key in place}
    place = {key: value for key, value in (place | shapes).items() if value}
    uri = place.get("uri", "")
    if re.match(r"https?://sws\.geonames\.org/", uri):
        return place | {"uri": re.sub(r"^http:", "https:", uri).rstrip("/") + "/"}
    if uri and (not is_web(uri) or "%20" in uri or " " in uri):
        rest = {key: text for key, text in place.items() if key != "uri"}
        text = unquote(uri.rstrip("/").rsplit("/", 1)[-1] if is_web(uri) else uri).strip()
        return {"text": text, **rest}
    return place
