"""Rules for addresses: other people's localhost, broken percent signs, words in place of an address, icons."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlsplit

from ckanext.smartregion.harvest.records import Draft

ADDRESSES = ("url", "uri", "access_url", "download_url", "conforms_to", "documentation", "is_referenced_by")
SAFE = "/%:@!$&'()*+,;=~-._?#[]"
ENCODED = re.compile(rf"(?:[A-Za-z0-9{re.escape(SAFE.replace('%', ''))}]|%[0-9A-Fa-f]{{2}})*")
PLAIN_WEB = re.compile(r"https?://[A-Za-z0-9._-]+(?:[:/?#]|\Z)")
LOCAL_HINTS = ("localhost", ".local", "file:", "127.", "[")  # one of these stands in every local address
ENDPOINTS = ("endpoint_description", "uri")
ICON = re.compile(r"\.(?:png|gif|ico|svg|jpe?g|webp)(?:[?#]|\Z)", re.IGNORECASE)


def is_web(value: Any) -> bool:
    """Whether a value is a complete web address."""
    if isinstance(value, str) and PLAIN_WEB.match(value):
        return True
    try:
        return isinstance(value, str) and value.startswith(("http://", "https://")) and bool(urlsplit(value).hostname)
    except ValueError:  # a bracket that was never closed
        return False


def is_local(value: str) -> bool:
    """Whether an address means the machine of whoever wrote it."""
    folded = value.casefold()
    if not any(hint in folded for hint in LOCAL_HINTS):
        return False
    try:
        parts = urlsplit(value)
        host = parts.hostname or ""
    except ValueError:  # unreadable is not local; whoever needs an address refuses it
        return False
    return parts.scheme == "file" or _is_local_host(host)


@lru_cache(maxsize=1_000)  # a source has few, and each of its files names one
def _is_local_host(host: str) -> bool:
    if host == "localhost" or host.endswith(".local"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def encoded(value: str) -> str:
    """An address with blanks encoded and stray percent signs mended; text that is no address stays."""
    if ENCODED.fullmatch(value) or not value.lstrip().startswith(("http://", "https://")):
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


def related(value: Any) -> Any:
    """Addresses only: words that the far end put where an address belongs go, also resolved against its own."""
    return [each for each in value if not is_words(each)] if isinstance(value, list) else value


def is_words(value: str) -> bool:
    """Whether a value is words: no address at all, or one whose last segment is a phrase and no file."""
    last = value.strip().rstrip("/").rsplit("/", 1)[-1].replace("%20", " ")
    return not is_web(value.strip()) or (" " in last and not re.search(r"\.\w{2,5}\Z", last))


def without_icons(value: Any) -> Any:
    """A page, or pages, none of which is only a picture."""
    if isinstance(value, list):
        return [each for each in value if not ICON.search(each)]
    return "" if ICON.search(value) else value


def serviced(resource: Draft) -> Draft:
    """A resource whose access services have an address to ask; `trueESRI:...` is none."""
    services = [_service(service) for service in resource.get("access_services", [])]
    kept = [service for service in services if service.get("endpoint_url")]
    return resource if kept == resource.get("access_services", []) else _with(resource, kept)


def _with(resource: Draft, services: list[Draft]) -> Draft:
    bare = {key: value for key, value in resource.items() if key != "access_services"}
    return bare | ({"access_services": services} if services else {})


def _service(service: Draft) -> Draft:
    kept = {key: value for key, value in service.items() if key not in ENDPOINTS or is_web(value)}
    return kept | {"endpoint_url": [each for each in service.get("endpoint_url", []) if is_web(each)]}
