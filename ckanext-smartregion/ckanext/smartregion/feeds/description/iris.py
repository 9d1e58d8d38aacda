"""Addresses: what may stand as an IRI in a feed, and the IRIs that we mint."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlsplit

# RFC 3987 leaves these out of an IRI; one of them is enough to make a whole page unparseable for a reader.
FORBIDDEN = re.compile(r'[\s<>"{}|\\^`]')
STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*:")
# What most addresses of the web are made of: these need no second look.
PLAIN = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]+)?(?:[/?#][A-Za-z0-9/?#=&.,;:+~!$*()@_-]*)?")
EMAIL = re.compile(r"^[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+$")


def absolute(text: Any) -> str | None:
    """The text as an absolute, escaped IRI, or nothing when it cannot be one."""
    return _absolute(text) if isinstance(text, str) and text else None


@lru_cache(maxsize=10_000)
def _absolute(text: str) -> str | None:
    if PLAIN.fullmatch(text):
        return text
    bare = text.strip()
    if not bare.isprintable():
        bare = "".join(letter for letter in bare if unicodedata.category(letter) not in ("Cc", "Cs", "Cn"))
    if bare.startswith("www."):
        bare = f"https://{bare}"
    if not SCHEME.match(bare) or not _has_host(bare):
        return None
    return FORBIDDEN.sub(lambda match: quote(match.group()), STRAY_PERCENT.sub("%25", bare))


def _has_host(iri: str) -> bool:
    if not iri.lower().startswith(("http:", "https:")):
        return True
    try:
        return bool(urlsplit(iri).hostname)
    except ValueError:
        return False


def addresses_apart(field: str, texts: dict[str, str]) -> dict[str, Any]:
    """The texts of a field under its name, and those of them that are addresses under ``<field>_addresses``."""
    if not texts:
        return {field: {}, f"{field}_addresses": []}
    found = {tag: absolute(text) for tag, text in texts.items() if text.startswith(("http://", "https://"))}
    addresses = list(dict.fromkeys(address for address in found.values() if address))
    return {field: {tag: text for tag, text in texts.items() if not found.get(tag)}, f"{field}_addresses": addresses}


def email(text: Any) -> str | None:
    """The bare e-mail address, or nothing when the text is not one."""
    bare = str(text or "").strip().removeprefix("mailto:")
    return bare if EMAIL.match(bare) else None


def dataset_iri(dataset: dict[str, Any], base: str) -> str:
    """A dataset's IRI: its own when it brings one, else the one under our address."""
    return absolute(dataset.get("uri")) or home(dataset, base)


def distribution_iri(resource: dict[str, Any], dataset: dict[str, Any], base: str) -> str:
    """A distribution's IRI: its own when it brings one that is not just the address of the file, else ours."""
    stated = absolute(resource.get("uri"))
    if stated and stated not in {absolute(resource.get(field)) for field in ("url", "access_url", "download_url")}:
        return stated
    return f"{home(dataset, base)}/resource/{resource['id']}"


def home(dataset: dict[str, Any], base: str) -> str:
    """Where a dataset lives with us, whatever IRI it brings: the root of the IRIs that we mint for its parts."""
    return f"{base}/dataset/{dataset['id']}"


def part_iri(whole: str, part: str) -> str:
    """The IRI of something that exists only as part of something else, such as its record or its contact."""
    return f"{whole}#{part}"
