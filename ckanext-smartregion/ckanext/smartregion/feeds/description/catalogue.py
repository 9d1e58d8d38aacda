"""The catalogue's own node: who keeps it, in which languages, under which licence, and its programming interfaces.

Each organisation has a catalogue of its own within it, which its datasets make up: its shelf.
"""

from __future__ import annotations

from typing import Any

from ckanext.smartregion.feeds.description import agents
from ckanext.smartregion.feeds.description.codes import iri_of
from ckanext.smartregion.feeds.description.places import place
from ckanext.smartregion.feeds.description.portal import Portal

LANGUAGES = ("FRA", "NLD", "DEU", "ENG")
WHAT_A_SHELF_HOLDS = {
    "fr": "Les données ouvertes de {}.",
    "nl": "De open data van {}.",
    "de": "Die offenen Daten von {}.",
    "en": "The open data of {}.",
}

Record = dict[str, Any]


def catalogue_of(portal: Portal, *, modified: str | None) -> Record:
    """The catalogue, with its publisher and its contact, prepared to be written."""
    return {
        "uri": portal.base,
        "title_translated": portal.title,
        "description": portal.description,
        "url": portal.base + "/",
        "identifier": portal.base,
        "modified": modified or before_anything(portal),
        "publisher": agents.portal_publisher(portal),
        "contact": agents.portal_contact(portal),
        **_shared(portal),
    }


def before_anything(portal: Portal) -> str:
    """When a catalogue was last changed of which nothing was published yet."""
    return f"{portal.issued}T00:00:00"


def shelf_of(prepared: Record, organisation: Record | None, portal: Portal) -> Record | None:
    """The catalogue of a prepared dataset's organisation, with this dataset in it; None where there is none.

    When a shelf last changed is left out: it would change with every dataset on it.
    """
    if not organisation:
        return None
    publisher = prepared["publisher"][0]
    uri = f"{portal.base}/organization/{organisation['id']}#catalogue"
    names = publisher["name_translated"]
    return {
        "uri": uri,
        "title_translated": names,
        "description": {tag: WHAT_A_SHELF_HOLDS.get(tag, "{}").format(name) for tag, name in names.items()},
        "url": f"{portal.base}/organization/{organisation['name']}",
        "identifier": uri,
        "publisher": publisher,
        "contact": agents.organisation_contact(organisation, portal),
        "dataset": prepared["uri"],
        "record": prepared["record"]["uri"],
        **_shared(portal),
    }


def _shared(portal: Portal) -> Record:
    return {
        "license": portal.licence,
        "spatial_coverage": [place({"uri": portal.spatial}, portal)],
        "themes": portal.themes,
        "language": [iri_of("language", code) for code in LANGUAGES],
        "issued": portal.issued,
    }


def own_services(portal: Portal) -> list[Record]:
    """The programming interfaces that the portal itself offers, prepared to be written."""
    return [_service(about, portal) for about in portal.services]


def _service(about: Record, portal: Portal) -> Record:
    uri = f"{portal.base}/service/{about['name']}"
    return {
        "uri": uri,
        "identifier": uri,
        "title": about["title"],
        "description": about["description"],
        "keyword": about.get("keywords"),
        "theme": [iri_of("data-theme", code) for code in about.get("themes", ())],
        "endpoint_url": [portal.base + about["endpoint"]],
        "endpoint_description": portal.base + about["description_path"],
        "conforms_to": about.get("conforms_to") or [portal.documentation],
        "documentation": [portal.documentation],
        "license": portal.licence,
        "access_rights": iri_of("access-right", "PUBLIC"),
        "publisher": agents.portal_publisher(portal),
        "contact": agents.portal_contact(portal),
    }
