"""From an object of a Plone site, or from a section with its objects, to a draft. Cleaning is left to the rules."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ckanext.smartregion import territory
from ckanext.smartregion.harvest.records import Draft
from ckanext.smartregion.schemas import vocabulary

Item = dict[str, Any]
# Who decides, by the words that an institution's name begins with; a municipality is known by its name.
BODIES = (
    (re.compile(r"(?i)\b(cpas|centre public d.action sociale|öshz|ocmw)\b"), "CPAS_COUNCIL"),
    (re.compile(r"(?i)\b(zone de police|police locale|polizeizone)\b"), "POLICE_COUNCIL"),
    (re.compile(r"(?i)^r[ée]gie\b"), "AUTONOMOUS_COMPANY"),
)
BY_OWNER = {"municipality": "MUNICIPAL_COUNCIL", "province": "PROVINCIAL_COUNCIL"}


@cache
def types() -> dict[str, dict[str, Any]]:
    """What is known of the types of content that are best catalogued by section: texts, theme, kind of act."""
    return json.loads(Path(__file__).with_name("plone_types.json").read_text("utf-8"))


def is_published(item: Item) -> bool:
    """Whether an object is for everybody; a site that does not say so has been asked for published ones only."""
    return item.get("review_state") in (None, "", "published")


def has_text(item: Item) -> bool:
    """Whether an object says in words what it is about."""
    return bool(_html(item.get("description")).strip() or _html(item.get("text")).strip())


def section_draft(section: Item, portal_type: str, listing: str) -> Draft:
    """A section as one dataset: what it publishes as a list for machines, and each published text with its address."""
    known, name = types().get(portal_type, {}), str(section["title"]).strip()
    facts = {"name": name, "host": urlsplit(section["@id"]).netloc}
    items = sorted(
        section["items"], key=lambda item: (_moment(item), str(item.get("UID") or item["@id"])), reverse=True
    )
    texts = {part: known.get(part) or {"": "%(name)s"} for part in ("title", "notes")}
    found: Draft = {
        "title_translated": {language: text % facts for language, text in texts["title"].items()},
        "notes_translated": {language: text % facts for language, text in texts["notes"].items()},
        "theme": known.get("theme", []),
        "identifier": str(section.get("UID") or ""),
        "url": section["@id"],
        "modified": max((_moment(item) for item in items), default=""),
        "publisher": [{"name": name}],
        "spatial_coverage": [{"text": name}],
        "resources": [_listing(listing), *(_page(item) for item in items if known.get("listed"))],
        **_acts(name, known),
    }
    return {field: value for field, value in found.items() if value}


def _listing(address: str) -> Draft:
    texts = {"fr": "Liste complète", "nl": "Volledige lijst", "de": "Vollständige Liste", "en": "Complete list"}
    return {"name_translated": texts, "url": address, "format": "JSON"}


def _acts(name: str, known: dict[str, Any]) -> Draft:
    """Which body decided, what kind of act it is and why it is public; nothing where the body is not known."""
    body = _body(name)
    if not body or "kind_of_act" not in known:
        return {}
    return {
        "governing_body": _uri("governing-body", body),
        "kind_of_act": [_uri("kind-of-act", code) for code in known["kind_of_act"]],
        "publicity_rule": _uri("publicity-rule", known["publicity_rule"]),
    }


def _body(name: str) -> str:
    for pattern, code in BODIES:
        if pattern.search(name):
            return code
    owner = territory.find(name).owner
    return BY_OWNER.get(owner.kind, "") if owner else ""


def _uri(name: str, code: str) -> str:
    concept = vocabulary(name).by_code(code)
    return concept.uri if concept else ""


def object_draft(item: Item) -> Draft:
    """One object as one dataset: its texts, and the files that anybody may read; its page where there are none."""
    place = str(item.get("breadcrumb") or "").split(" >> ")
    found: Draft = {
        "title_translated": _text(item.get("title")),
        "notes_translated": _text(_html(item.get("description"))) or _text(_html(item.get("text"))),
        "tags_translated": {"": _words(item)} if _words(item) else {},
        "identifier": str(item.get("UID") or ""),
        "url": item["@id"],
        "language": _language(item),
        "issued": _date(item.get("effective")) or _date(item.get("created")),
        "modified": _date(item.get("modified")),
        "publisher": [{"name": place[0].strip()}] if len(place) > 1 else [],
        "resources": [*_files(item)] or [_page(item)],
    }
    return {field: value for field, value in found.items() if value}


def _page(item: Item) -> Draft:
    """The page of an object; not its annexes, which may name people."""
    found = {
        "name_translated": _text(item.get("title")),
        "description_translated": _text(_html(item.get("description"))),
        "url": item["@id"],
        "format": "HTML",
        "modified": _date(item.get("modified")),
    }
    return {field: value for field, value in found.items() if value}


def _files(item: Item) -> Iterator[Draft]:
    """The object's own file, and the files in it that are not marked as confidential or not to be published."""
    inside = item.get("items")
    for each in (item, *(inside if isinstance(inside, list) else [])):
        file = each.get("file") if isinstance(each, dict) and _is_public(each) else None
        if isinstance(file, dict) and file.get("download"):
            yield {
                "name_translated": _text(file.get("filename") or each.get("title")),
                "url": str(file["download"]),
                "mimetype": str(file.get("content-type") or ""),
            }


def _is_public(item: Item) -> bool:
    held = item.get("confidential") or item.get("publishable") is False
    return not held and is_published(item)


def _text(value: Any) -> dict[str, str]:
    """A text without its language; the rules give it the dataset's."""
    return {"": str(value).strip()} if value and str(value).strip() else {}


def _html(value: Any) -> str:
    """Rich text comes as a map of its source and its media type."""
    return str(value.get("data") or "") if isinstance(value, dict) else str(value or "")


def _words(item: Item) -> list[str]:
    values = [*_several(item.get("Subject")), *_several(item.get("subjects")), *_several(item.get("topics"))]
    values += _several(item.get("category_title"))
    named = (str(value.get("title") or "") if isinstance(value, dict) else str(value) for value in values)
    return list(dict.fromkeys(word for word in named if word))


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []


def _language(item: Item) -> list[str]:
    language = item.get("language")
    language = language.get("token") if isinstance(language, dict) else language
    return [str(language)] if language and language != "##DEFAULT##" else []


def _date(value: Any) -> str:
    """A moment; Plone writes 1969 or 2499 where it has none."""
    text = str(value or "")
    return "" if text[:4] in ("", "None", "1969", "2499") else text


def _moment(item: Item) -> str:
    return _date(item.get("modified")) or _date(item.get("effective"))
