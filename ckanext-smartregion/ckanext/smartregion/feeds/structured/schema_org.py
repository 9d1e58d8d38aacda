"""A dataset in the words of schema.org, as far as Google's rules for datasets know them. Pure."""

from __future__ import annotations

import json
from typing import Any

from geomet import wkt

from ckanext.smartregion.feeds.description.codes import iri_of
from ckanext.smartregion.feeds.description.portal import Portal
from ckanext.smartregion.schemas import vocabulary

Dataset = dict[str, Any]
Node = dict[str, Any]
CONTEXT = "https://schema.org/"
SHORTEST, LONGEST = 50, 5000  # characters of a description; Google leaves out what has fewer or more
OPEN_END = ".."  # ISO 8601-2


def dataset(stored: Dataset, prepared: Dataset, portal: Portal, language: str) -> Node:
    """The document of a dataset: as everybody sees it, and made ready for a feed; texts in a language, else another."""
    return {"@context": CONTEXT, "@type": "Dataset", **facts(prepared, portal, language), **_files(prepared, language)}


def facts(prepared: Dataset, portal: Portal, language: str) -> Node:
    """All that is said of a dataset but its files."""
    page = f"{portal.base}/dataset/{prepared['name'] or prepared['id']}"
    node = {
        "@id": prepared["uri"],
        "url": page,
        "sameAs": prepared["url"] if prepared["url"] != page else None,
        "name": in_language(prepared["title_translated"], language),
        "alternateName": _others(prepared["title_translated"], language),
        "description": description(prepared, portal, language),
        "identifier": list(dict.fromkeys([prepared["identifier"], prepared["uri"]])),
        "license": _licence(prepared["license"]),
        "creator": [_agent(each, language) for each in prepared["creator"] or prepared["publisher"]],
        "publisher": [_agent(each, language) for each in prepared["publisher"]],
        "keywords": _keywords(prepared["tags_translated"], language),
        "isAccessibleForFree": prepared["access_rights"] in (None, iri_of("access-right", "PUBLIC")),
        "includedInDataCatalog": _catalogue(portal, language),
        "datePublished": prepared["issued"],
        "dateModified": prepared["modified"],
        "version": prepared["version"],
        "inLanguage": [_tag(iri) for iri in prepared["language"]],
        "temporalCoverage": [_period(each) for each in prepared["temporal_coverage"]],
        "spatialCoverage": [_place(each, language) for each in prepared["spatial_coverage"]],
    }
    return {key: value for key, value in node.items() if value not in (None, "", [])}


def description(prepared: Dataset, portal: Portal, language: str) -> str:
    """The description; one too short is followed by the title, the publisher and the catalogue, which are true."""
    publishers = [in_language(each["name_translated"], language) for each in prepared["publisher"]]
    more = [in_language(prepared["title_translated"], language), *publishers, in_language(portal.title, language)]
    text = in_language(prepared["notes_translated"], language)
    for each in (*more, portal.base, in_language(portal.description, language)):
        if len(text) < SHORTEST and each not in text:
            text = f"{text.rstrip('. ')}. {each}"
    return text if len(text) <= LONGEST else _cut(text)


def _cut(text: str) -> str:
    kept, end = text[: LONGEST - 1], text.rfind(" ", LONGEST - 100, LONGEST - 1)
    return (kept[:end] if end > 0 else kept) + "…"  # behind a word, unless words are longer than any are


def in_language(texts: dict[str, str] | None, language: str) -> str:
    """The text in a language, else in French, else in any."""
    texts = texts or {}
    return texts.get(language) or texts.get("fr") or next(iter(texts.values()), "")


def media_type(file: Dataset) -> str | None:
    """The media type of a prepared file, as it stands in HTTP."""
    return (file["mimetype"] or "").partition("/media-types/")[2] or None


def sha256(file: Dataset) -> str | None:
    """The SHA-256 of a prepared file, where that is known."""
    return file["hash"] if file.get("hash_algorithm", "").endswith("_sha256") else None


def script(node: Node) -> str:
    """The text of a script element: nothing in it can end the element or begin another."""
    text = json.dumps(node, ensure_ascii=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _files(prepared: Dataset, language: str) -> Node:
    found = []
    for file in prepared["resources"]:
        node = {
            "@type": "DataDownload",
            "@id": file["uri"],
            "name": in_language(file["name_translated"], language),
            "description": in_language(file["description_translated"], language),
            "contentUrl": file["download_url"] or file["access_url"],
            "encodingFormat": media_type(file),
            "contentSize": f"{file['size']} B" if file["size"] else None,
            "sha256": sha256(file),
            "license": _licence(file["license"]),
        }
        found.append({key: value for key, value in node.items() if value})
    return {"distribution": found} if found else {}


def _others(texts: dict[str, str], language: str) -> list[str]:
    own = in_language(texts, language)
    return list(dict.fromkeys(text for text in texts.values() if text != own))


def _licence(iri: str | None) -> str | None:
    """The page of the licence itself, by which search engines know it."""
    known = vocabulary("licence").by_uri(iri or "")
    return (known.extra.get("homepage") if known else None) or iri


def _agent(agent: Dataset, language: str) -> Node:
    node = {
        "@type": "Organization",
        "@id": agent.get("uri"),
        "name": in_language(agent["name_translated"], language),
        "url": agent.get("url"),
    }
    return {key: value for key, value in node.items() if value}


def _keywords(words: dict[str, list[str]], language: str) -> list[str]:
    return words.get(language) or next((some for some in words.values() if some), [])


def _catalogue(portal: Portal, language: str) -> Node:
    return {"@type": "DataCatalog", "name": in_language(portal.title, language), "url": f"{portal.base}/"}


def _tag(iri: str) -> str:
    known = vocabulary("language").by_uri(iri)
    return known.extra.get("tag") or known.code if known else iri


def _period(period: Dataset) -> str:
    return f"{period['start'] or OPEN_END}/{period['end'] or OPEN_END}"


def _place(place: Dataset, language: str) -> Node:
    node = {
        "@type": "Place",
        "@id": place["uri"],
        "name": in_language(place.get("name_translated"), language),
        "geo": _shape(place),
    }
    return {key: value for key, value in node.items() if value}


def _shape(place: Dataset) -> Node | None:
    """The box around an outline: south, west, north, east; a point where there is no more."""
    outline = place.get("bbox") or place.get("geom") or place.get("centroid")
    points = list(_points(wkt.loads(outline)["coordinates"])) if outline else []
    if not points:
        return None
    lengths, widths = [point[0] for point in points], [point[1] for point in points]
    if len(points) == 1:
        return {"@type": "GeoCoordinates", "latitude": widths[0], "longitude": lengths[0]}
    box = (min(widths), min(lengths), max(widths), max(lengths))
    return {"@type": "GeoShape", "box": " ".join(f"{number:g}" for number in box)}


def _points(coordinates: Any) -> Any:
    if coordinates and not isinstance(coordinates[0], list):
        yield coordinates
    else:
        for each in coordinates:
            yield from _points(each)
