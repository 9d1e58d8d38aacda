"""From one dataset of a data.json (Project Open Data 1.1, DCAT-US) to a draft. Cleaning is left to the rules. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ckanext.smartregion.harvest.mapping.plain_values import filled, first, parts, plain, shape, text, texts, translated
from ckanext.smartregion.harvest.records import Draft
from ckanext.smartregion.harvest.rules.addresses import is_web

Facts = Mapping[str, Any]

ACCESS = {"public": "PUBLIC", "restricted public": "RESTRICTED", "non-public": "NON_PUBLIC"}
NUMBER = r"\s*(-?\d+(?:\.\d+)?)\s*"
RECTANGLE = re.compile(",".join([NUMBER] * 4))


def remote_id(facts: Facts) -> str:
    """What a dataset is recognised by: its identifier, else its address, else its landing page; empty for none."""
    return first(facts, ("identifier", "@id", "landingPage"))


def draft(facts: Facts) -> Draft:
    """The fields of a dataset as its publisher states them."""
    name, repeated = remote_id(facts), text(facts.get("modified"))
    # Some publishers write into `modified` how often they modify.
    often = text(facts.get("accrualPeriodicity")) or (repeated if repeated.startswith("R/") else "")
    access = text(facts.get("accessLevel"))
    return filled(
        {
            "title_translated": translated(facts.get("title")),
            "notes_translated": translated(facts.get("description")),
            "tags_translated": {"": words} if (words := texts(facts.get("keyword"))) else {},
            "identifier": name,
            "uri": next((uri for key in ("@id", "identifier") if is_web(uri := text(facts.get(key)))), ""),
            "url": text(facts.get("landingPage")),
            "language": texts(facts.get("language")),
            "theme": texts(facts.get("theme")),
            "license": texts(facts.get("license")),
            "rights": texts(facts.get("rights")),
            "issued": text(facts.get("issued")),
            "modified": "" if repeated.startswith("R/") else repeated,
            "frequency": often,
            "access_rights": ACCESS.get(access.casefold(), access),
            "publisher": [found for each in parts(facts.get("publisher")) if (found := _agent(each))],
            "contact": [found for each in parts(facts.get("contactPoint")) if (found := _agent(each))],
            "temporal_coverage": [found for each in texts(facts.get("temporal")) if (found := _period(each))],
            "spatial_coverage": list(_places(facts.get("spatial"))),
            "conforms_to": texts(facts.get("conformsTo")),
            "documentation": list(_pages(facts)),
            "resources": [_resource(each) for each in _distributions(facts)],
        }
    )


def _agent(agent: Facts) -> Draft:
    """A publisher or a contact; the bodies above a publisher are not who publishes."""
    return filled(
        {
            "name": first(agent, ("name", "fn", "foaf:name", "vcard:fn")),
            "email": first(agent, ("hasEmail", "email", "mbox", "vcard:hasEmail")),
            "url": first(agent, ("homepage", "hasURL")),
            "uri": uri if is_web(uri := text(agent.get("@id"))) else "",
        }
    )


def _period(written: str) -> Draft:
    """`start/end`; an end that is a duration or left open is none."""
    start, slash, end = (part.strip() for part in written.partition("/"))
    if not slash or "/" in end:
        return {"text": written}
    bounds = {"start": start, "end": end}
    return {bound: day for bound, day in bounds.items() if day and day != ".." and not day.startswith(("P", "R"))}


def _places(value: Any) -> Iterator[Draft]:
    """Places as a rectangle (west, south, east, north), a geometry, an address or words."""
    value = plain(value)
    if isinstance(value, list) and len(value) == 4 and all(isinstance(each, (int, float)) for each in value):
        value = ",".join(str(each) for each in value)
    for each in map(plain, value if isinstance(value, list) else [value]):
        if isinstance(each, Mapping) and (rectangle := _envelope(each)):
            yield {"bbox": rectangle}
        elif outline := shape(each):
            yield {"geom": outline}
        elif found := text(each):
            numbers = RECTANGLE.fullmatch(found)
            if numbers:
                yield {"bbox": _polygon(*(float(number) for number in numbers.groups()))}
            else:
                yield {"uri": found} if is_web(found) else {"text": found}


def _envelope(value: Facts) -> str:
    """Two opposite corners, as ArcGIS writes them, as a polygon."""
    corners = value.get("coordinates")
    if str(value.get("type")).casefold() != "envelope" or not isinstance(corners, list) or len(corners) != 2:
        return ""
    try:
        (left, top), (right, bottom) = ((float(corner[0]), float(corner[1])) for corner in corners)
    except (TypeError, ValueError, IndexError, KeyError):
        return ""
    return _polygon(min(left, right), min(top, bottom), max(left, right), max(top, bottom))


def _polygon(west: float, south: float, east: float, north: float) -> str:
    corners = [[west, south], [west, north], [east, north], [east, south], [west, south]]
    return json.dumps({"type": "Polygon", "coordinates": [corners]}, separators=(",", ":"))


def _pages(facts: Facts) -> Iterator[str]:
    """Pages about the data; several may stand in one text."""
    for each in dict.fromkeys([*texts(facts.get("describedBy")), *texts(facts.get("references"))]):
        yield from (page.strip() for page in re.split(r"[,\s]+(?=https?://)", each) if is_web(page.strip()))


def _distributions(facts: Facts) -> list[dict[str, Any]]:
    """The distributions; the former version of the standard wrote a single one into the dataset."""
    listed = parts(facts.get("distribution"))
    former = filled({key: facts.get(key) for key in ("accessURL", "webService", "format")})
    return listed or ([former] if former.keys() - {"format"} else [])


def _resource(facts: Facts) -> Draft:
    access, download = first(facts, ("accessURL", "webService")), text(facts.get("downloadURL"))
    return filled(
        {
            "name_translated": translated(facts.get("title")),
            "description_translated": translated(facts.get("description")),
            "url": download or access,
            "access_url": access,
            "download_url": download,
            "format": text(facts.get("format")),
            "mimetype": text(facts.get("mediaType")),
            "size": first(facts, ("byteSize", "size")),
            "license": texts(facts.get("license")),
            "rights": texts(facts.get("rights")),
            "issued": text(facts.get("issued")),
            "modified": text(facts.get("modified")),
            "conforms_to": texts(facts.get("conformsTo")),
        }
    )
