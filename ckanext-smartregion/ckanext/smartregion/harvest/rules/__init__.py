"""The normalisation rules; their order, and what each does when and why, stand in rules.json."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import urlsplit

from ckanext.smartregion import belgium
from ckanext.smartregion.harvest.records import Candidate, Change, Draft, RecordError, Source
from ckanext.smartregion.harvest.rules import (
    addresses,
    agents,
    codes,
    contracts,
    dates,
    identity,
    languages,
    places,
    resources,
    texts,
)
from ckanext.smartregion.harvest.rules.core import (
    Reshape,
    Rule,
    each_resource,
    fields_of,
    on,
    whole,
    without_empties,
)
from ckanext.smartregion.harvest.rules.findings import found
from ckanext.smartregion.harvest.rules.table import FINDINGS, LABELS, TABLE
from ckanext.smartregion.harvest.sentences import say

__all__ = ["FINDINGS", "LABELS", "TABLE", "Rule", "normalise", "reshapes", "rules"]

NAMES = ("title_translated", "name_translated")
NOTES = ("notes_translated", "description_translated", "provenance", "version_notes")
TEXTS = (*NAMES, *NOTES)
TRANSLATED = (*TEXTS, "tags_translated")
AGENTS = ("publisher", "creator")
RELATED = ("documentation", "is_referenced_by", "has_version")


def rules(source: Source) -> tuple[Rule, ...]:
    """Every rule for the records of a source, in the order of the table."""
    promised = tuple(sorted(contracts.promised(source.options).items()))
    return _rules(str(source.options.get("language") or ""), urlsplit(source.url).netloc, promised)


@lru_cache(maxsize=256)
def _rules(language: str, host: str, promised: tuple[tuple[str, str], ...]) -> tuple[Rule, ...]:
    known = reshapes(language or "fr", language, host, dict(promised))
    return tuple(Rule(entry.name, known[entry.name]) for entry in TABLE if entry.stage == "draft")


def reshapes(assumed: str, stated: str, host: str, promised: dict[str, str]) -> dict[str, Reshape]:
    """What each rule on a draft does, by its name, told what it has to know of the source."""
    return {
        **_languages(assumed, stated),
        **_texts(),
        **_whose(),
        **_addresses((host,)),
        **_codes(assumed),
        **_resources(assumed, promised),
    }


def _languages(assumed: str, stated: str) -> dict[str, Reshape]:
    return {
        "language-code": on(("language",), lambda values: _unique(map(languages.coded, values))),
        "language-tag": on(TRANSLATED, languages.shortened),
        "language-assumed": whole(lambda draft: languages.assumed(draft, assumed)),
        "language-stated": whole(lambda draft: languages.stated(draft, stated)),
        "languages-parted": whole(languages.parted, "notes_translated"),
        "language-retagged": whole(languages.retagged, "notes_translated"),
        "language-shown": on(TRANSLATED, languages.ours),
    }


def _texts() -> dict[str, Reshape]:
    return {
        "text-cut": on(TEXTS, texts.lift(texts.cut)),
        "cdata-removed": on(TEXTS, texts.lift(texts.without_cdata)),
        "markup-removed": on(TEXTS, texts.lift(texts.without_markup)),
        "blanks-collapsed": on(NAMES, texts.lift(texts.collapsed)),
        "lines-joined": on(NOTES, texts.lift(texts.collapsed_paragraphs)),
        "keyword-spelling": on(("tags_translated",), texts.keywords),
    }


def _whose() -> dict[str, Reshape]:
    return {
        "identifier-trimmed": on(("identifier",), identity.first_word),
        "identifier-domain": on(("identifier",), identity.without_domain),
        "title-missing": whole(identity.titled),
        "mail-address": on(("contact",), agents.contacts),
        "publisher-search": on(AGENTS, agents.searched),
        "publisher-spelling": on(AGENTS, agents.spelled),
        "publisher-one": whole(agents.one, "publisher"),
        "type-by-topic": whole(contracts.typed, "theme"),
    }


def _addresses(hosts: tuple[str, ...]) -> dict[str, Reshape]:
    return {
        "local-address": on(addresses.ADDRESSES, addresses.without_local(hosts)),
        "relation-address": on(RELATED, addresses.related),
        "address-encoded": on(addresses.ADDRESSES, texts.lift(addresses.encoded)),
        "page-icon": on(("documentation",), addresses.without_icons),
        "service-address": each_resource(addresses.serviced, "access_services"),
        "place-read": on(("spatial_coverage",), places.places),
        "place-code": on(("spatial_coverage",), places.coded),
    }


def _codes(language: str) -> dict[str, Reshape]:
    def keyword(draft: Draft) -> Draft:
        return identity.spread(draft, codes.unread_themes(draft.get("theme", [])), language)

    return {
        "date-read": on(("issued", "modified"), dates.read),
        "period-read": on(("temporal_coverage",), dates.periods),
        "frequency-code": on(("frequency",), codes.frequency),
        "theme-keyword": whole(keyword, "theme"),
        "theme-code": on(("theme",), codes.theme),
        "theme-from-keywords": whole(identity.themed, "tags_translated"),
        "access-rights-code": on(("access_rights",), lambda value: codes.coded("access-right", value)),
        "availability-code": on(("availability",), lambda value: codes.coded("planned-availability", value)),
        "status-code": on(("status",), lambda value: codes.coded("distribution-status", value)),
        "hvd-in-theme": whole(codes.hvd_in_theme, "theme"),
        "hvd-code": on(("hvd_category",), lambda value: codes.coded("hvd-category", value)),
        "legislation-code": on(("applicable_legislation",), codes.laws),
    }


def _resources(language: str, promised: dict[str, str]) -> dict[str, Reshape]:
    return {
        "resource-address": whole(resources.located, "resources"),
        "exports-folded": whole(resources.folded, "resources"),
        "resources-capped": whole(resources.capped, "resources"),
        "format-code": each_resource(resources.typed),
        "licence-code": whole(lambda draft: resources.licensed(draft, language), *resources.LICENCE_TEXTS),
        "resource-name": each_resource(resources.named),
        "landing-page": whole(resources.one_landing_page, "resources"),
        "table-contract": whole(lambda draft: contracts.tabled(draft, promised), "resources"),
    }


def normalise(
    draft: Draft, source: Source, changes: tuple[Change, ...] = (), today: dt.date | None = None
) -> Candidate:
    """Put a draft through the rules; gives the candidate with all that was changed on the way, and what was unread."""
    made = list(changes)
    stated = without_empties(draft)
    draft, present = stated, fields_of(stated)
    for rule in rules(source):
        if rule.concerns(present):
            draft, more = rule.apply(draft)
            if more:
                made += more
                present = fields_of(draft)
    if not draft.get("title_translated"):
        raise RecordError(say("no-title"))
    names = [agent["name"] for agent in draft.get("publisher", []) if agent.get("name")]
    addresses_of = [agent["uri"] for agent in draft.get("publisher", []) if agent.get("uri")]
    draft = {"type": "dataset", **draft}
    unread = found(stated, draft, today or belgium.today())
    return Candidate(draft, tuple(dict.fromkeys(names + addresses_of)), tuple(made), unread)


def _unique(values: Iterator[str]) -> list[str]:
    return [value for value in dict.fromkeys(values) if value]
