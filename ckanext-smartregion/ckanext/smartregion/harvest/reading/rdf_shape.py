"""RDF/XML put into the one shape that every reader accepts: plain UTF-8, one node per property, no stray text."""

from __future__ import annotations

import re
from html import escape
from xml.etree import ElementTree as ET

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
XHTML = "{http://www.w3.org/1999/xhtml}"
# Written without their prefix by those who never met a strict reader.
UNQUALIFIED = ("about", "ID", "resource", "nodeID", "datatype", "parseType")
ROOT = RDF + "RDF"


def reshaped(body: bytes) -> tuple[bytes, list[str]]:
    """A well-formed document in the plain shape, and the names of the rules that it took."""
    # Entities are bounded before: nested ones are refused, those of other files taken out, expat counts the rest.
    root = ET.fromstring(body)  # noqa: S314
    rules: dict[str, None] = {}
    for node in list(root) if root.tag == ROOT else [root]:
        _node(node, rules)
    return ET.tostring(root, encoding="utf-8"), list(rules)


def _node(node: ET.Element, rules: dict[str, None]) -> None:
    """An element that stands for a thing: its children are properties, text between them says nothing."""
    node.text = None
    _qualify(node, rules)
    for prop in list(node):
        prop.tail = None
        _property(node, prop, rules)


def _property(node: ET.Element, prop: ET.Element, rules: dict[str, None]) -> None:
    _qualify(prop, rules)
    kind = prop.get(RDF + "parseType")
    if kind == "Literal":
        return
    if kind == "Resource":
        _node(prop, rules)
        return
    children = list(prop)
    if children and all(_is_markup(child) for child in children):
        _as_text(prop, rules)
        return
    if children or RDF + "resource" in prop.attrib:
        prop.text = None
    if not children:
        return
    prop.attrib.pop(RDF + "resource", None)
    for child in children:
        child.tail = None
        _node(child, rules)
    if len(children) > 1 and kind != "Collection":
        _part(node, prop, children)
        rules["nodes-parted"] = None


def _part(node: ET.Element, prop: ET.Element, children: list[ET.Element]) -> None:
    """Several things inside one property each get a property of their own."""
    place = list(node).index(prop)
    for number, child in enumerate(children[1:], start=1):
        twin = ET.Element(prop.tag, dict(prop.attrib))
        prop.remove(child)
        twin.append(child)
        node.insert(place + number, twin)


def _qualify(element: ET.Element, rules: dict[str, None]) -> None:
    for name in [name for name in element.attrib if not name.startswith("{")]:
        value = element.attrib.pop(name)
        if name in UNQUALIFIED:
            element.attrib.setdefault(RDF + name, value)
            rules["attributes-qualified"] = None
    identifier = element.get(RDF + "ID")
    if identifier is not None and not re.fullmatch(r"[^\W\d][\w.-]*", identifier):
        del element.attrib[RDF + "ID"]
        element.attrib.setdefault(RDF + "about", "#" + identifier)


def _is_markup(element: ET.Element) -> bool:
    return not element.tag.startswith("{") or element.tag.startswith(XHTML)


def _as_text(prop: ET.Element, rules: dict[str, None]) -> None:
    """HTML that stands in a property without saying that it is a literal: read as the text it is meant to be."""
    inner = escape(prop.text or "", quote=False) + "".join(ET.tostring(child, encoding="unicode") for child in prop)
    for child in list(prop):
        prop.remove(child)
    prop.text = re.sub(r'\sxmlns(?::\w+)?="[^"]*"|(?<=</)html:|(?<=<)html:', "", inner)
    rules["markup-as-text"] = None
