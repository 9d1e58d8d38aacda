"""The map of the portal for search engines: the pages of datasets with the moment of their last change. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from xml.sax.saxutils import escape

MOST = 50_000  # addresses in one file, by the protocol of sitemaps
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def pages(addresses: Iterable[tuple[str, dt.datetime]]) -> str:
    """A map of pages."""
    return f'{HEAD}<urlset xmlns="{NAMESPACE}">\n{_entries("url", addresses)}</urlset>\n'


def maps(addresses: Iterable[tuple[str, dt.datetime]]) -> str:
    """The list of the maps."""
    return f'{HEAD}<sitemapindex xmlns="{NAMESPACE}">\n{_entries("sitemap", addresses)}</sitemapindex>\n'


def _entries(element: str, addresses: Iterable[tuple[str, dt.datetime]]) -> str:
    return "".join(
        f"<{element}><loc>{escape(address)}</loc><lastmod>{changed.isoformat(timespec='seconds')}</lastmod></{element}>\n"
        for address, changed in addresses
    )
