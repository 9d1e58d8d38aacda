"""The catalogue's own node: who keeps it, in which languages, under which licence, and its programming interfaces."""

from __future__ import annotations

from typing import Any

from ckanext.smartregion.feeds import agents
from ckanext.smartregion.feeds.codes import iri_of
from ckanext.smartregion.feeds.places import place
from ckanext.smartregion.feeds.portal import Portal

LANGUAGES = ("FRA", "NLD", "DEU", "ENG")


def catalogue_of(portal: Portal, *, modified: str | None) -> dict[str, Any]:
    """The catalogue, with its publisher and its contact, prepared to be written."""
    return {
        "uri": portal.base,
        "title_translated": portal.title,
        "description": portal.description,
        "url": portal.base + "/",
        "license": portal.licence,
        "spatial_coverage": [place({"uri": portal.spatial}, portal)],
        "themes": portal.themes,
        "language": [iri_of("language", code) for code in LANGUAGES],
        "issued": portal.issued,
        "modified": modified or f"{portal.issued}T00:00:00",
        "publisher": agents.portal_publisher(portal),
        "contact": agents.portal_contact(portal),
    }


def own_services(portal: Portal) -> list[dict[str, Any]]:
    """The programming interfaces that the portal itself offers, prepared to be written."""
    return [_service(about, portal) for about in portal.services]


def _service(about: dict[str, Any], portal: Portal) -> dict[str, Any]:
    return {
        "uri": f"{portal.base}/service/{about['name']}",
        "title": about["title"],
        "description": about["description"],
        "endpoint_url": [portal.base + about["endpoint"]],
        "endpoint_description": portal.base + about["description_path"],
        "documentation": [portal.documentation],
        "license": portal.licence,
        "access_rights": iri_of("access-right", "PUBLIC"),
        "publisher": agents.portal_publisher(portal),
        "contact": agents.portal_contact(portal),
    }
