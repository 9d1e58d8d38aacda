"""From the sheet of an ISO record to a draft: which fact becomes which field. Cleaning is left to the rules. Pure."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from ckanext.smartregion.harvest.mapping.iso_links import pages, resources
from ckanext.smartregion.harvest.records import Draft
from ckanext.smartregion.harvest.rules.addresses import is_web
from ckanext.smartregion.harvest.rules.codes import licence

Sheet = dict[str, Any]

THEME = "http://publications.europa.eu/resource/authority/data-theme/"
ACCESS = "http://publications.europa.eu/resource/authority/access-right/"
GEOSPATIAL = "http://publications.europa.eu/resource/authority/dataset-type/GEOSPATIAL"
CRS = "http://www.opengis.net/def/crs/EPSG/0/"
INSPIRE = re.compile(r"inspire\.ec\.europa\.eu/theme/(\w\w)$", re.IGNORECASE)
TOPIC = re.compile(r"inspire\.ec\.europa\.eu/metadata-codelist/TopicCategory/(\w+)$", re.IGNORECASE)
LIMITATION = re.compile(r"LimitationsOnPublicAccess/(\w+)$")
# Lists that steer the far end's own catalogue and say nothing of the data.
INTERNAL = re.compile(r"infraSIG|SpatialScope|SpatialDataServiceCategory|PriorityDataset", re.IGNORECASE)
PUBLISHERS = ("publisher", "owner", "distributor", "custodian", "resourceProvider", "pointOfContact")
CREATORS = ("author", "originator")
METRES = {"m": 1, "metre": 1, "meter": 1, "metres": 1, "meters": 1, "mètre": 1, "mètres": 1, "epsg::9001": 1,
          "km": 1000, "kilometre": 1000, "kilometres": 1000, "cm": 0.01, "centimetre": 0.01}  # fmt: skip


def draft(sheet: Sheet) -> Draft:
    """The fields of a dataset as the record states them."""
    names = [_joined(each) for each in sheet["identifiers"]]
    found: Draft = {
        "title_translated": sheet["title"],
        "notes_translated": sheet["abstract"],
        "tags_translated": _tags(sheet),
        "theme": _themes(sheet),
        "identifier": sheet["identifier"],
        "alternate_identifier": [name for name in names if name and name != sheet["identifier"]],
        "uri": next((name for name in names if is_web(name)), ""),
        "url": sheet["page"] if is_web(sheet["page"]) else "",
        "language": sheet["languages"] or ([sheet["language"]] if sheet["language"] else []),
        "issued": _date(sheet, "publication") or _date(sheet, "creation"),
        "modified": _date(sheet, "revision") or sheet["datestamp"],
        "frequency": sheet["frequency"],
        "access_rights": _access(sheet),
        "license": list(_licences(sheet)),
        "publisher": _publishers(sheet),
        "creator": [_agent(each) for each in sheet["contacts"] if each.get("role") in CREATORS],
        "contact": _contacts(sheet),
        "spatial_coverage": list(_places(sheet)),
        "temporal_coverage": [_some(period) for period in sheet["periods"] if _some(period)],
        "spatial_resolution_in_meters": _resolution(sheet),
        "conforms_to": list(_standards(sheet)),
        "provenance": sheet["lineage"],
        "documentation": pages(sheet),
        "dcat_type": "" if sheet["level"] == "nonGeographicDataset" else GEOSPATIAL,
        "resources": resources(sheet),
    }
    return {field: value for field, value in found.items() if value}


def _joined(identifier: dict[str, str]) -> str:
    """An identifier with its space: an address where the space is one that ends as addresses do."""
    text, space = identifier["text"], identifier["space"]
    if identifier["address"]:
        return identifier["address"]
    return space + text if is_web(space) and space.endswith(("/", "#", "=")) and not is_web(text) else text


def _tags(sheet: Sheet) -> dict[str, list[str]]:
    tags: dict[str, list[str]] = {}
    for group in sheet["keywords"]:
        for word in group["words"] if not INTERNAL.search(group["thesaurus"]) else ():
            for tag, text in word["texts"].items():
                tags.setdefault(tag, []).append(text)
    return tags


@cache
def _codes() -> dict[tuple[str, str], str]:
    """EU themes by topic category, INSPIRE code and INSPIRE label."""
    found: dict[tuple[str, str], str] = {}
    with Path(__file__).with_name("iso_themes.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for name in (row["code"], row["fr"], row["nl"], row["de"], row["en"]):
                found[row["list"], name.casefold()] = THEME + row["theme"]
    return found


def inspire_theme(address: str) -> str:
    """The EU theme of an address in INSPIRE's registry: one of its themes, or a topic category; else empty."""
    if match := TOPIC.search(address):
        return _codes().get(("topic", match[1].casefold()), "")
    match = INSPIRE.search(address)
    return _codes().get(("inspire", match[1].casefold()), "") if match else ""


def _themes(sheet: Sheet) -> list[str]:
    readings = [("topic", topic) for topic in sheet["topics"] if topic]
    for group in sheet["keywords"]:
        inspire = "inspire" in group["thesaurus"].casefold() and not INTERNAL.search(group["thesaurus"])
        for word in group["words"]:
            code = INSPIRE.search(word["address"] or "")
            readings += [("inspire", code[1])] if code else []
            readings += [("inspire", text) for text in word["texts"].values()] if inspire else []
    found = (_codes().get((name, text.casefold())) for name, text in readings)
    return list(dict.fromkeys(theme for theme in found if theme))


def _date(sheet: Sheet, kind: str) -> str:
    """The latest date of a kind: a record may tell every revision."""
    return max((each["date"] for each in sheet["dates"] if each["type"] == kind), default="")


def _access(sheet: Sheet) -> str:
    limits = [match[1] for each in sheet["constraints"] if (match := LIMITATION.search(each["address"] or ""))]
    if not limits:
        return ""
    return ACCESS + ("PUBLIC" if set(limits) == {"noLimitations"} else "RESTRICTED")


def _licences(sheet: Sheet) -> Iterator[str]:
    """What is said of use: addresses first, then words; limits of public access are rights of access, no licence."""
    said = [each for each in sheet["constraints"] if not LIMITATION.search(each["address"] or "")]
    said = [each for each in said if each["use"] or not each["access"]]
    for each in said:
        yield from [each["address"]] if each["address"] else []
        for text in each["texts"].values():
            yield from said_licences(text)
            yield text


def said_licences(text: str) -> list[str]:
    """The addresses inside a text that are those of known licences."""
    return [address for address in re.findall(r"https?://[^\s<>\"]*[^\s<>\".,;)]", text) if licence([address])]


def _publishers(sheet: Sheet) -> list[Draft]:
    """Whoever publishes: the first role of the list that anybody has."""
    for role in PUBLISHERS:
        if found := [_agent(each) for each in sheet["contacts"] if each.get("role") == role and _agent(each)]:
            return [agent for number, agent in enumerate(found) if agent not in found[:number]]
    return []


def _agent(contact: dict[str, str]) -> Draft:
    facts = {
        "name": contact.get("organisation") or contact.get("name") or "",
        "email": contact.get("email", ""),
        "url": contact.get("url", ""),
    }
    return _some(facts) if facts["name"] else {}


def _contacts(sheet: Sheet) -> list[Draft]:
    """Whom to write to: the points of contact, else anybody with a mail address."""
    everybody = [each for each in sheet["contacts"] if each.get("email")]
    chosen = [each for each in everybody if each.get("role") == "pointOfContact"] or everybody
    return [_agent(each) for each in chosen if _agent(each)]


def _places(sheet: Sheet) -> Iterator[Draft]:
    for extent in sheet["extents"]:
        names = extent["names"]
        place = {
            "uri": next((name for name in names if is_web(name)), ""),
            "text": next((name for name in names if not is_web(name)), ""),
            "bbox": _outline(extent["boxes"][0]) if extent["boxes"] else "",
        }
        if _some(place):
            yield _some(place)


def _outline(box: dict[str, float]) -> str:
    """A box as WKT; sides that were exchanged are put right, for no place here crosses the date line."""
    (west, east), (south, north) = sorted((box["west"], box["east"])), sorted((box["south"], box["north"]))
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    return f"POLYGON (({', '.join(f'{x} {y}' for x, y in corners)}))"


def _resolution(sheet: Sheet) -> str:
    """The finest distance in metres; a scale is no distance and is left alone."""
    found = []
    for each in sheet["distances"]:
        unit = str(each["unit"] or "").casefold()
        factor = next(
            (factor for name, factor in METRES.items() if unit == name or unit.endswith((f"#{name}", f":{name}"))), 0
        )
        if factor and re.fullmatch(r"\d+(\.\d+)?", str(each["value"] or "")):
            found.append(float(each["value"]) * factor)
    return f"{min(found):g}" if found else ""


def _standards(sheet: Sheet) -> Iterator[str]:
    """Reference systems as addresses, and the specifications that the data passed."""
    for each in sheet["systems"]:
        code = re.fullmatch(r"(?:urn:ogc:def:crs:)?(?:EPSG:*)?(\d{4,5})", each["text"].strip(), re.IGNORECASE)
        if address := each["address"] or (CRS + code[1] if code else ""):
            yield address
    yield from (each["address"] or each["text"] for each in sheet["conformity"] if each["passed"])


def _some(facts: Draft) -> Draft:
    return {name: fact for name, fact in facts.items() if fact}
