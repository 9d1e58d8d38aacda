"""How values are read from the tree of a DCAT dataset, however the far end chose to nest them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ckanext.smartregion.harvest.rules.addresses import is_local

Tree = dict[str, Any]

AUTHORITY = "http://publications.europa.eu/resource/authority/"
LABELS = ("skos:prefLabel", "foaf:name", "rdfs:label", "dct:title", "rdf:value", "vcard:fn")
FRENCH = re.compile(r"/fr(?:/|$)|[._-]fr(?:[._/-]|$)|lang(?:uage)?=fr", re.IGNORECASE)


def texts(tree: Tree, name: str, *, every: bool = False) -> dict[str, Any]:
    """The literals of a property by language tag ("" for none): all of them, or the longest of each language."""
    found: dict[str, Any] = {}
    for value in tree.get(name, []):
        text, tag = value.get("@value", ""), value.get("@language", "").lower()
        if not text.strip():
            continue
        if every:
            found.setdefault(tag, []).append(text)
        else:
            found[tag] = max(found.get(tag, ""), text, key=len)
    return found


def values(tree: Tree, *names: str) -> list[str]:
    """The values of the first property that has any: addresses, literals, and the labels of nested nodes."""
    for name in names:
        found = [text for value in tree.get(name, []) for text in _readings(value)]
        if found:
            return list(dict.fromkeys(found))
    return []


def first(tree: Tree, *names: str) -> str:
    """The first of the values, or nothing."""
    return next(iter(values(tree, *names)), "")


def _readings(value: Tree | str) -> Iterator[str]:
    if isinstance(value, str):
        yield value
        return
    if value.get("@id"):
        yield value["@id"]
        if value["@id"].startswith(AUTHORITY):
            return
    if value.get("@value"):
        yield value["@value"]
    # A nested node with an address is known by it; its labels serve when the address says nothing to us.
    yield from (label["@value"] for name in LABELS for label in value.get(name, []) if label.get("@value"))
    # A licence may hide in the type of a node that is called by an address of nobody's.
    hidden = (each["@id"] for each in value.get("dct:type", []) if each.get("@id"))
    yield from (address for address in hidden if "@id" not in value or address.startswith(AUTHORITY))


def addresses(tree: Tree, name: str) -> list[str]:
    """The addresses of a property, the French page of several first."""
    found = [value.get("@id") or value.get("@value", "") for value in tree.get(name, [])]
    return sorted(filter(None, found), key=lambda address: not FRENCH.search(address))


def label(tree: Tree) -> str:
    """The name of a node: in French, else in the first language it has one."""
    for name in LABELS:
        found = texts(tree, name)
        for tag in ("fr", "", "nl", "de", "en", *found):
            if found.get(tag):
                return found[tag]
    return ""


def agents(tree: Tree, name: str) -> list[Tree]:
    """Publishers or creators with what is known of them."""
    return [found for agent in tree.get(name, []) if (found := _agent(agent))]


def own_address(tree: Tree) -> str:
    """The address of a node, unless it is one of its author's own machine."""
    address = tree.get("@id", "")
    return "" if is_local(address) else address


def _agent(agent: Tree) -> Tree:
    facts = {
        "uri": own_address(agent),
        "name": label(agent) or agent.get("@value", ""),
        "email": first(agent, "foaf:mbox", "vcard:hasEmail"),
        "url": next(iter(addresses(agent, "foaf:homepage")), ""),
        "type": first(agent, "dct:type"),
    }
    return {key: fact for key, fact in facts.items() if fact}


def contacts(tree: Tree) -> list[Tree]:
    """Contact points; a mail address may be an address, a literal or a node."""
    found = []
    for contact in tree.get("dcat:contactPoint", []):
        facts = {
            "uri": own_address(contact),
            "name": label(contact) or first(contact, "vcard:organization-name"),
            "email": first(contact, "vcard:hasEmail", "vcard:email"),
            "url": first(contact, "vcard:hasURL", "vcard:hasUrl"),
        }
        found.append({key: fact for key, fact in facts.items() if fact})
    return [contact for contact in found if contact]


def members(tree: Tree) -> list[Tree]:
    """Publishers with the mail address of somebody who answers for them: for datasets that name no contact."""
    found = []
    for agent in tree.get("dct:publisher", []):
        email = first(agent, "foaf:mbox") or next(
            (first(each, "foaf:mbox") for each in agent.get("foaf:member", [])), ""
        )
        if email:
            found.append({"name": label(agent), "email": email})
    return found


def periods(tree: Tree) -> list[Tree]:
    """Periods with start and end, or the text that stands for one."""
    found = []
    for period in tree.get("dct:temporal", []):
        facts = {
            "start": first(period, "dcat:startDate", "schema:startDate"),
            "end": first(period, "dcat:endDate", "schema:endDate"),
            "text": period.get("@value", ""),
        }
        found.append({key: fact for key, fact in facts.items() if fact})
    return [period for period in found if period]


def places(tree: Tree) -> list[Tree]:
    """Places with address, name and outline."""
    found = []
    for place in tree.get("dct:spatial", []):
        facts = {
            "uri": place.get("@id", ""),
            "text": label(place) or place.get("@value", ""),
            "bbox": first(place, "dcat:bbox"),
            "geom": first(place, "locn:geometry", "ogc:asWKT"),
            "centroid": first(place, "dcat:centroid"),
        }
        found.append({key: fact for key, fact in facts.items() if fact})
    return [place for place in found if place]
