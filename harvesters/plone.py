"""`plone`: what a Plone site publishes by plone.restapi, as iMio's deliberations, news, events and directories do."""

from __future__ import annotations

import hashlib
import json
from typing import Any
from urllib.parse import urlencode, urlsplit

from ckanext.smartregion.fetch import FetchError
from ckanext.smartregion.harvest.conversation import Conversation
from ckanext.smartregion.harvest.mapping.plone import has_text, is_published, object_draft, section_draft, types
from ckanext.smartregion.harvest.options import COMMON
from ckanext.smartregion.harvest.reading.json_answers import get_json, page_json
from ckanext.smartregion.harvest.records import Candidate, Cursor, ListingError, Option, Page, Record, Source
from ckanext.smartregion.harvest.rules import normalise
from ckanext.smartregion.harvest.rules.addresses import is_web
from ckanext.smartregion.harvest.sentences import say

Item = dict[str, Any]
FIELDS = ("UID", "modified", "effective", "created", "Subject", "language", "category_title", "topics", "breadcrumb")
# Objects on one page; each that comes without a text costs one more request when the page has changed.
PAGE = 25
# Of a section the texts that changed last are linked one by one; the link to its complete list holds them all.
MOST_TEXTS = 200
SECTIONS = 1000


class Plone:
    """Gives one dataset per section (an institution, a municipality's news), or one per object."""

    kind = "plone"
    title = {
        "fr": "Site Plone (délibérations, actualités, agenda et annuaire d’iMio)",
        "nl": "Plone-site (beslissingen, nieuws, agenda en adresboek van iMio)",
        "de": "Plone-Website (Beschlüsse, Nachrichten, Veranstaltungen und Adressbuch von iMio)",
        "en": "Plone site (decisions, news, events and directory of iMio)",
    }
    options = (
        *COMMON,
        Option(
            "portal_type",
            {
                "fr": "Type de contenu, par exemple Publication, Item, imio.news.NewsItem, Document",
                "nl": "Inhoudstype, bijvoorbeeld Publication, Item, imio.news.NewsItem, Document",
                "de": "Inhaltstyp, zum Beispiel Publication, Item, imio.news.NewsItem, Document",
                "en": "Type of content, for example Publication, Item, imio.news.NewsItem, Document",
            },
            default="Publication",
        ),
        Option(
            "group_by",
            {
                "fr": "Un jeu de données par section (section), par objet (object), ou selon le type (auto)",
                "nl": "Eén dataset per sectie (section), per object (object), of volgens het type (auto)",
                "de": "Ein Datensatz je Bereich (section), je Objekt (object) oder je nach Typ (auto)",
                "en": "One dataset per section (section), per object (object), or as the type suggests (auto)",
            },
            default="auto",
            choices=("auto", "section", "object"),
        ),
        Option(
            "section_type",
            {
                "fr": "Type des sections, s’il n’est pas celui d’iMio (Institution, imio.news.Entity...)",
                "nl": "Type van de secties, als het niet dat van iMio is (Institution, imio.news.Entity...)",
                "de": "Typ der Bereiche, falls nicht der von iMio (Institution, imio.news.Entity...)",
                "en": "Type of the sections, if it is not iMio's (Institution, imio.news.Entity...)",
            },
        ),
        Option(
            "license",
            {
                "fr": "Licence des contenus : un site Plone n’en indique pas",
                "nl": "Licentie van de inhoud: een Plone-site vermeldt er geen",
                "de": "Lizenz der Inhalte: Eine Plone-Website gibt keine an",
                "en": "Licence of the contents: a Plone site states none",
            },
        ),
    )
    newest_first = False

    def list(self, source: Source, ask: Conversation, cursor: Cursor | None) -> Page:
        """The sections of the site, then one section at a time; or one page of objects."""
        if not _section_type(source):
            return _objects(source, ask, cursor or {})
        return _section(source, ask, cursor) if cursor else _sections(source, ask)

    def map(self, record: Record, source: Source) -> Candidate:
        """One section or one object as a candidate."""
        item = record.payload
        made = section_draft(item, _portal_type(source), item["listing"]) if "listing" in item else object_draft(item)
        licence = source.options.get("license")
        return normalise(made | ({"license": [licence]} if licence else {}), source, record.changes)


def _portal_type(source: Source) -> str:
    return str(source.options.get("portal_type") or "Publication")


def _section_type(source: Source) -> str:
    """The type of the sections that the datasets are made of; empty where each object is one."""
    grouping = source.options.get("group_by") or "auto"
    stated, usual = source.options.get("section_type"), types().get(_portal_type(source), {}).get("section", "")
    if grouping == "object" or (grouping == "auto" and not stated and not usual):
        return ""
    if not (stated or usual):
        raise ListingError(say("option-missing", name="section_type"))
    return str(stated or usual)


# -- one dataset per object


def _objects(source: Source, ask: Conversation, cursor: Cursor) -> Page:
    """One page of published objects with their texts; raises ListingError where the site gives fewer than it says."""
    start = int(cursor.get("start", 0))
    address = _search(_base(source), _portal_type(source), start, PAGE)
    items, total, more = _answer(page_json(ask, address), address, start)
    if not more and start + len(items) < total:
        raise ListingError(say("fewer-than-announced", total=total, found=start + len(items)))
    found = (_object(item, ask, source, start + number) for number, item in enumerate(items))
    return Page(tuple(record for record in found if record), {"start": start + len(items)} if more else None)


def _object(item: Any, ask: Conversation, source: Source, number: int) -> Record | None:
    """A published object; None for one that is not."""
    if not _is_whole(item):
        return _broken(item, source, number)
    if not is_published(item):
        return None
    full = item if has_text(item) else _details(item, ask, source)
    return Record(str(item.get("UID") or item["@id"]), full, address=item["@id"])


def _details(item: Item, ask: Conversation, source: Source) -> Item:
    """The object by itself, which has its text and files; the listing's facts where it is nobody's to read."""
    try:
        found = get_json(ask, _at(item["@id"], source))
    except FetchError as error:
        if error.status not in (401, 403, 404, 410):
            raise
        return item
    return {**found, **{key: value for key, value in item.items() if value}} if isinstance(found, dict) else item


# -- one dataset per section


def _sections(source: Source, ask: Conversation) -> Page:
    """Which sections there are; the newest come first, so that an unchanged first answer vouches for the rest."""
    address = _section_search(source, 0)
    found, broken = _read_sections(source, ask, page_json(ask, address), address)
    version = hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()[:16]
    following = {"sections": version, "section": found[0]} if found else None
    return Page(broken, following, gathering=bool(found))


def _section(source: Source, ask: Conversation, cursor: Cursor) -> Page:
    """One section with its texts, the newest first; their number and the newest tell whether anything changed."""
    section: Item = cursor["section"]
    here, listed = _at(section["@id"], source), types().get(_portal_type(source), {}).get("listed")
    address = _search(here, _portal_type(source), 0, MOST_TEXTS if listed else 1, newest=True)
    items, _, _ = _answer(page_json(ask, address), address, 0)
    kept = [item for item in items if _is_whole(item) and is_published(item)]
    payload = {**section, "items": kept, "listing": _search(section["@id"], _portal_type(source))}
    record = Record(str(section.get("UID") or section["@id"]), payload, address=section["@id"])
    first = _section_search(source, 0)
    others, _ = _read_sections(source, ask, get_json(ask, first), first)
    later = next((each for each in others if each["@id"] > section["@id"]), None)
    return Page((record,) if kept else (), {**cursor, "section": later} if later else None, gathering=not kept)


def _read_sections(
    source: Source, ask: Conversation, found: Any, address: str
) -> tuple[list[Item], tuple[Record, ...]]:
    """All sections in the order of their addresses, and those that can't be read."""
    items, total, more = _answer(found, address, 0)
    while more:
        address = _section_search(source, len(items))
        others, total, more = _answer(get_json(ask, address), address, len(items))
        items += others
        more = more and bool(others)
    if len(items) < total:
        raise ListingError(say("fewer-than-announced", total=total, found=len(items)))
    whole = [item for item in items if _is_whole(item) and item.get("title")]
    broken = (_broken(item, source, number) for number, item in enumerate(items) if item not in whole)
    kept = [
        {key: item[key] for key in ("@id", "UID", "title") if item.get(key)} for item in whole if is_published(item)
    ]
    return sorted(kept, key=lambda item: item["@id"]), tuple(broken)


# -- the interface


def _section_search(source: Source, start: int) -> str:
    return _search(_base(source), _section_type(source), start, SECTIONS, newest=True)


def _search(base: str, portal_type: str, start: int = 0, size: int = 0, *, newest: bool = False) -> str:
    """The address of a search below some address; without a size that of the whole list, as a reader would ask it."""
    query: list[tuple[str, Any]] = [("portal_type", portal_type), ("review_state", "published")]
    if size:
        query += [("metadata_fields", field) for field in FIELDS]
        query += [("sort_on", "modified"), ("sort_order", "descending")] if newest else [("sort_on", "created")]
        query += [("b_start", start), ("b_size", size)]
    return f"{base}/@search?{urlencode(query)}"


def _answer(found: Any, address: str, start: int) -> tuple[list[Any], int, bool]:
    """The items of an answer, how many there are in all, and whether more follow."""
    if not isinstance(found, dict) or not isinstance(found.get("items"), list):
        raise ListingError(say("unreadable", url=address, reason="no items"))
    items, total = found["items"], found.get("items_total")
    total = total if isinstance(total, int) else 0
    batching = found.get("batching")
    linked = isinstance(batching, dict) and bool(batching.get("next"))
    return items, total, bool(items) and (linked or start + len(items) < total)


def _is_whole(item: Any) -> bool:
    return isinstance(item, dict) and is_web(item.get("@id"))


def _broken(item: Any, source: Source, number: int) -> Record:
    known = item if isinstance(item, dict) else {}
    name = str(known.get("UID") or known.get("@id") or f"{source.url}#broken-{number}")
    problem = say("record-without", field="title" if _is_whole(item) else "@id")
    return Record(name, known, address=source.url, problem=problem)


def _base(source: Source) -> str:
    """The site, or the part of it, whose address was given with or without a search behind it."""
    parts = urlsplit(source.url)
    return f"{parts.scheme}://{parts.netloc}{parts.path.split('/@')[0].rstrip('/')}"


def _at(address: str, source: Source) -> str:
    """An object's address at the source's own host: nobody else is asked."""
    site = urlsplit(source.url)
    return f"{site.scheme}://{site.netloc}{urlsplit(address).path.rstrip('/')}"
