"""Rules for what a dataset is called and told apart by."""

from __future__ import annotations

import re
from typing import Any

from ckanext.smartregion.harvest.records import Draft
from ckanext.smartregion.harvest.rules.codes import theme

UUID = re.compile(r"\s*[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\s", re.IGNORECASE)


def first_word(value: str) -> str:
    """An identifier with text trailing behind a blank is what stands before the blank."""
    return value.split()[0] if " " in value.strip() and (UUID.match(value) or "://" in value) else value


def without_domain(value: str) -> str:
    """`parkings@liege`, the name a federated dataset has elsewhere, is `parkings` at home."""
    head, at, tail = value.rpartition("@")
    return head if at and "/" not in value and "." not in tail and " " not in value else value


def titled(draft: Draft) -> Draft:
    """A dataset without a title takes its identifier until its publisher gives it one."""
    if draft.get("title_translated") or not draft.get("identifier"):
        return {}
    return {"title_translated": {"fr": str(draft["identifier"])}}


def themed(draft: Draft) -> Draft:
    """A dataset without a theme takes those that its keywords name exactly."""
    if draft.get("theme"):
        return {}
    words = [word for group in draft.get("tags_translated", {}).values() for word in group]
    found = theme([word for word in words if "," not in word])
    return {"theme": found} if found else {}


def spread(draft: Draft, unread: list[str], language: str) -> Draft:
    """Categories that are no EU theme become keywords in the language of the keywords at hand."""
    if not unread:
        return {}
    keywords: dict[str, Any] = dict(draft.get("tags_translated", {}))
    language = next(iter(keywords), language)
    return {"tags_translated": keywords | {language: [*keywords.get(language, []), *unread]}}
