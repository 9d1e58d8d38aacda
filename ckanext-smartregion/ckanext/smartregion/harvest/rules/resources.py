"""Rules for resources: a handful of useful distributions, each with address, format and licence."""

from __future__ import annotations

import re
from typing import Any

from ckanext.smartregion.harvest.records import Draft
from ckanext.smartregion.harvest.rules.addresses import is_web
from ckanext.smartregion.harvest.rules.codes import file_type, find, licence, media_type

KEPT_EXPORTS = frozenset({"CSV", "JSON", "GEOJSON", "SHP"})
EXPORT = re.compile(r"/(?:exports|download)/|[?&]format=")
MOST = 500
LICENCE_TEXTS = ("license", "rights")
SAYING_NOTHING = frozenset({"license", "licence", "copyright", "otherrestrictions", "license not specified", "-"})


def located(draft: Draft) -> Draft:
    """Only resources with an address to open."""
    return {"resources": [each for each in draft.get("resources", []) if is_web(each.get("url"))]}


def folded(draft: Draft) -> Draft:
    """Of the platform's exports of one table keep CSV, JSON, GeoJSON and Shapefile; other files all stay."""
    resources = draft.get("resources", [])
    exports = [resource for resource in resources if EXPORT.search(resource["url"])]
    if not any(_code(resource) in KEPT_EXPORTS for resource in exports):
        return {}
    return {"resources": [each for each in resources if each not in exports or _code(each) in KEPT_EXPORTS]}


def _code(resource: Draft) -> str:
    concept = file_type(resource)
    return concept.code if concept else ""


def capped(draft: Draft) -> Draft:
    """No more resources than a page and a worker can bear."""
    resources = draft.get("resources", [])
    return {"resources": resources[:MOST]} if len(resources) > MOST else {}


def typed(resource: Draft) -> Draft:
    """Format and media type from the EU list; a zipped Shapefile says that it is zipped."""
    concept = file_type(resource)
    media = media_type(resource.get("mimetype", ""))
    typed = {key: value for key, value in resource.items() if key not in ("format", "mimetype")}
    if concept:
        typed["format"] = concept.code
        media = media or concept.extra.get("media_type", "")
    if concept and concept.code == "SHP" and media == "application/zip":
        typed["compress_format"], media = media, concept.extra.get("media_type", "")
    return typed | ({"mimetype": media} if media else {})


def licensed(draft: Draft, language: str) -> Draft:
    """Each resource under an EU licence: its own, else the dataset's; words we can't read stay as rights."""
    shared = _texts(draft, LICENCE_TEXTS)
    resources = [_licensed(resource, shared, language) for resource in draft.get("resources", [])]
    own = licence(shared) or next((each["license"] for each in resources if "license" in each), "")
    return {"license": [], "rights": [], "license_id": own, "resources": resources}


def _licensed(resource: Draft, shared: list[str], language: str) -> Draft:
    own = _texts(resource, LICENCE_TEXTS)
    found = licence(own) or licence(shared)
    bare = {key: value for key, value in resource.items() if key not in LICENCE_TEXTS}
    # With a licence found, only what was said as rights beside it is kept.
    said = _texts(resource, ("rights",)) if found else own or shared
    unread = [text for text in said if not licence([text]) and not _empty(text)]
    rights = {"rights": {language: "; ".join(dict.fromkeys(unread))}} if unread else {}
    return bare | ({"license": found} if found else {}) | rights


def _texts(part: Draft, fields: tuple[str, ...]) -> list[str]:
    values: list[Any] = [part.get(field, []) for field in fields]
    return [text for value in values for text in ([value] if isinstance(value, str) else value) if text]


def _empty(text: str) -> bool:
    """Words that stand where a licence should and say nothing."""
    return text.strip().casefold() in SAYING_NOTHING


def named(resource: Draft) -> Draft:
    """A resource without a name takes its format's, so that a list of resources can be read."""
    if resource.get("name_translated"):
        return resource
    concept = find("file-type", resource.get("format", "")) if resource.get("format") else None
    name = resource["url"].rstrip("/").rsplit("/", 1)[-1][:100]
    labels = concept.labels if concept else {"fr": name}
    return resource | {"name_translated": dict(labels)}


def one_landing_page(draft: Draft) -> Draft:
    """A landing page that is the file itself is none."""
    files = {resource.get("url") for resource in draft.get("resources", [])}
    return {"url": ""} if draft.get("url") and draft["url"] in files else {}
