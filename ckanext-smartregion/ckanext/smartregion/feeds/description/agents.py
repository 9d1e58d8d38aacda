"""Agents: who publishes a dataset and whom to ask about it."""

from __future__ import annotations

from typing import Any

from ckanext.smartregion.feeds.description.iris import absolute, email
from ckanext.smartregion.feeds.description.portal import Portal
from ckanext.smartregion.feeds.description.values import Texts, as_list, clean, texts

PUBLISHER_TYPES = "http://purl.org/adms/publishertype/"
TYPE_OF_KIND = {
    "region": "RegionalAuthority",
    "municipality": "LocalAuthority",
    "province": "LocalAuthority",
    "agency": "LocalAuthority",
    "operator": "Company",
    "startup": "Company",
    "research": "Academia-ScientificOrganisation",
}

Agent = dict[str, Any]


def publisher(dataset: dict[str, Any], portal: Portal) -> Agent:
    """The publisher of a dataset: its organisation, else whom the metadata names, else the portal's."""
    organisation = dataset.get("organization")
    if organisation:
        return of_organisation(organisation, portal)
    named = named_agents(dataset.get("publisher"), portal)
    return named[0] if named else portal_publisher(portal)


def creators(dataset: dict[str, Any], portal: Portal) -> list[Agent]:
    """The creators that the metadata names; a publisher with another IRI than the organisation's counts as one.

    A publisher with a name alone is most often the organisation in another spelling.
    """
    named = named_agents(dataset.get("creator"), portal)
    if named or not dataset.get("organization"):
        return named
    others, own = named_agents(dataset.get("publisher"), portal), publisher(dataset, portal)["uri"]
    return [other for other in others if other["uri"] not in ("", own)]


def of_organisation(organisation: dict[str, Any], portal: Portal) -> Agent:
    """An organisation as an agent, under its number in the register of enterprises when it has one."""
    uri = absolute(organisation.get("cbe_uri")) or f"{portal.base}/organization/{organisation['id']}"
    if uri == portal.publisher["uri"]:
        return portal_publisher(portal)
    return {
        "uri": uri,
        "name_translated": organisation_name(organisation, portal),
        "type": PUBLISHER_TYPES + TYPE_OF_KIND.get(organisation.get("kind", ""), "LocalAuthority"),
        "url": absolute(organisation.get("homepage")) or f"{portal.base}/organization/{organisation['name']}",
    }


def organisation_name(organisation: dict[str, Any], portal: Portal) -> Texts:
    """The name of an organisation, per language."""
    plain = organisation.get("title") or organisation["name"]
    return texts(organisation.get("title_translated"), portal.language) or texts(plain, portal.language)


def portal_publisher(portal: Portal) -> Agent:
    """The publisher of the catalogue itself."""
    about = portal.publisher
    return {
        "uri": about["uri"],
        "name_translated": about["name"],
        "type": PUBLISHER_TYPES + TYPE_OF_KIND[about["kind"]],
        "url": about["url"],
    }


def portal_contact(portal: Portal) -> Agent:
    """Whom to ask about the catalogue; the IRI follows data.gov.be's own pattern for contacts."""
    about = portal.contact
    return {
        "uri": portal.publisher["uri"] + "/data-contact",
        "name_translated": about["name"],
        "email": email(about.get("email")) or "",
        "url": about["url"],
    }


def contacts(dataset: dict[str, Any], portal: Portal) -> list[Agent]:
    """Whom to ask about a dataset: those its metadata names, else its organisation."""
    named = [_contact(item, portal) for item in as_list(dataset.get("contact")) if isinstance(item, dict)]
    usable = [contact for contact in named if contact.get("email") or contact.get("url") or contact["name_translated"]]
    return usable or [organisation_contact(dataset.get("organization"), portal)]


def organisation_contact(organisation: dict[str, Any] | None, portal: Portal) -> Agent:
    """Whom to ask in an organisation; the portal's own contact where there is none."""
    if not organisation:
        return portal_contact(portal)
    agent = of_organisation(organisation, portal)
    if agent["uri"] == portal.publisher["uri"]:
        return portal_contact(portal)
    return {
        "uri": agent["uri"] + "/data-contact",
        "name_translated": texts(organisation.get("correspondent_name"), portal.language) or agent["name_translated"],
        "email": email(organisation.get("correspondent_email")) or "",
        "url": agent["url"],
    }


def _contact(item: dict[str, Any], portal: Portal) -> Agent:
    return {
        "uri": absolute(item.get("uri")) or "",
        "name_translated": _name(item, portal),
        "email": email(item.get("email")) or "",
        "url": absolute(item.get("url")) or "",
        "identifier": clean(item.get("identifier")),
    }


def named_agents(value: Any, portal: Portal) -> list[Agent]:
    """The agents among the values of a field; one without a name is none."""
    agents = [{**_contact(item, portal), "type": _type(item)} for item in as_list(value) if isinstance(item, dict)]
    return [agent for agent in agents if agent["name_translated"]]


def _name(item: dict[str, Any], portal: Portal) -> Texts:
    return texts(item.get("name_translated"), portal.language) or texts(item.get("name"), portal.language)


def _type(item: dict[str, Any]) -> str:
    stated = absolute(item.get("type")) or ""
    return stated if stated.startswith(PUBLISHER_TYPES) else ""
