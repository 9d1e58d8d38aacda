"""Rules for resources: a handful of useful distributions, each with address, format and licence."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from ckanext.smartregion.harvest.records import Draft
from ckanext.smartregion.harvest.rules.addresses import is_web
from ckanext.smartregion.harvest.rules.codes import file_type, find, licence, licence_of, media_type

KEPT_EXPORTS = frozenset({"CSV", "JSON", "GEOJSON", "SHP"})
EXPORT = re.compile(r"/(?:exports|download)/|[?&]format=")
MOST = 500
ZIP = "application/zip"
# A Shapefile is several files, so an export of one is an archive although it does not say so.
ZIPPED = re.compile(r"/exports/shp|[?&]format=shp|\.zip(?:[?#]|\Z)", re.IGNORECASE)
LICENCE_TEXTS = ("license", "rights")
SAYING_NOTHING = frozenset({"license", "licence", "copyright", "otherrestrictions", "license not specified", "-"})


def located(draft: Draft) -> Draft:
    """Only resources with an address to open."""
    return {"resources": [each for each in draft.get("resources", []) if is_web(each.get("url"))]}


def folded(draft: Draft) -> Draft:
    """Of the platform's exports of one table keep CSV, JSON, GeoJSON and Shapefile; other files all stay."""
    resources = draft.get("resources", [])
    kept = [each for each in resources if not EXPORT.search(each["url"]) or _code(each) in KEPT_EXPORTS]
    exported = any(EXPORT.search(each["url"]) for each in kept)
    return {"resources": kept} if exported and len(kept) < len(resources) else {}


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
    if concept and concept.code == "SHP" and (media == ZIP or ZIPPED.search(resource.get("url", ""))):
        typed["compress_format"], media = ZIP, concept.extra.get("media_type", "")
    typed |= {"mimetype": media} if media else {}
    return resource if typed == resource else typed


def licensed(draft: Draft, language: str) -> Draft:
    """Each resource under an EU licence: its own, else the dataset's; words we can't read stay as rights."""
    shared = said(draft, LICENCE_TEXTS)
    resources = [_licensed(resource, shared, language) for resource in draft.get("resources", [])]
    own = licence(shared) or next((each["license"] for each in resources if "license" in each), "")
    return {"license": [], "rights": [], "license_id": own or draft.get("license_id", ""), "resources": resources}


def _licensed(resource: Draft, shared: list[str], language: str) -> Draft:
    own = said(resource, LICENCE_TEXTS)
    found = licence(own) or licence(shared)
    bare = {key: value for key, value in resource.items() if key not in LICENCE_TEXTS}
    # Beside a licence that is found, what was said as rights is kept, every other licence, and own words of a file
    # that has the licence of its dataset only.
    others = [text for text in own or shared if licence_of(text) not in ("", found)]
    words = said(resource, ("rights",)) if licence(own) or not own else own
    beside = [text for text in words if not licence_of(text)] if found else own or shared
    kept = [text for text in dict.fromkeys((*others, *beside)) if not says_nothing(text)]
    rights = {"rights": {language: "; ".join(kept)}} if kept else {}
    return bare | ({"license": found} if found else {}) | rights


def said(part: Draft, fields: tuple[str, ...]) -> list[str]:
    """What a dataset or a resource says in these fields, each with one text or several."""
    values: list[Any] = [part.get(field, []) for field in fields]
    return [text for value in values for text in ([value] if isinstance(value, str) else value) if text]


def says_nothing(text: str) -> bool:
    """Words that stand where a licence should and say nothing, also as an address ("https://portal/No licence")."""
    end = unquote(text.strip().rsplit("/", 1)[-1]) if "://" in text else text
    return end.strip().casefold() in SAYING_NOTHING and ("://" not in text or " " in end)


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
