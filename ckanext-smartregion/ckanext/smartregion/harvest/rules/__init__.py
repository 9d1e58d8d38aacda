"""The normalisation rules in the order in which they are applied; what each does in words stands in rules.json."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from ckanext.smartregion.harvest.records import Candidate, Change, Draft, RecordError, Source
from ckanext.smartregion.harvest.rules import addresses, codes, contracts, dates, identity, languages, resources, texts
from ckanext.smartregion.harvest.rules.core import Rule, each_resource, on
from ckanext.smartregion.harvest.sentences import say

__all__ = ["LABELS", "Rule", "normalise", "rules"]

LABELS: dict[str, dict[str, str]] = json.loads(Path(__file__).with_name("rules.json").read_text("utf-8"))

NAMES = ("title_translated", "name_translated")
NOTES = ("notes_translated", "description_translated", "provenance", "version_notes")
TRANSLATED = (*NAMES, *NOTES, "tags_translated")


def rules(source: Source) -> Iterator[Rule]:
    """Every rule, told what it has to know of the source."""
    language = str(source.options.get("language") or "fr")
    hosts = (urlsplit(source.url).netloc,)
    yield Rule("language-code", on(("language",), lambda values: _unique(map(languages.coded, values))))
    yield Rule("language-tag", on(TRANSLATED, languages.shortened))
    yield Rule("language-assumed", lambda draft: languages.assumed(draft, language))
    yield Rule("languages-parted", languages.parted)
    yield Rule("markup-removed", on((*NAMES, *NOTES), texts.lift(texts.without_markup)))
    yield Rule("blanks-collapsed", on(NAMES, texts.lift(texts.collapsed)))
    yield Rule("lines-joined", on(NOTES, texts.lift(texts.collapsed_paragraphs)))
    yield Rule("language-retagged", languages.retagged)
    yield Rule("language-shown", on(TRANSLATED, languages.ours))
    yield Rule("identifier-trimmed", on(("identifier",), identity.first_word))
    yield Rule("identifier-domain", on(("identifier",), identity.without_domain))
    yield Rule("title-missing", identity.titled)
    yield Rule("local-address", on(addresses.ADDRESSES, addresses.without_local(hosts)))
    yield Rule("address-encoded", on(addresses.ADDRESSES, texts.lift(addresses.encoded)))
    yield Rule("mail-address", on(("contact",), addresses.contacts))
    yield Rule("publisher-search", on(("publisher", "creator"), addresses.agents))
    yield Rule("date-read", on(("issued", "modified"), dates.read))
    yield Rule("period-read", on(("temporal_coverage",), dates.periods))
    yield Rule("place-read", on(("spatial_coverage",), addresses.places))
    yield Rule("frequency-code", on(("frequency",), codes.frequency))
    yield Rule(
        "theme-keyword", lambda draft: identity.spread(draft, codes.unread_themes(draft.get("theme", [])), language)
    )
    yield Rule("theme-code", on(("theme",), codes.theme))
    yield Rule("theme-from-keywords", identity.themed)
    yield Rule("keyword-spelling", on(("tags_translated",), texts.keywords))
    yield Rule("access-rights-code", on(("access_rights",), lambda value: codes.coded("access-right", value)))
    yield Rule("availability-code", on(("availability",), lambda value: codes.coded("planned-availability", value)))
    yield Rule("status-code", on(("status",), lambda value: codes.coded("distribution-status", value)))
    yield Rule("hvd-code", on(("hvd_category",), lambda value: codes.coded("hvd-category", value)))
    yield Rule("resource-address", resources.located)
    yield Rule("exports-folded", resources.folded)
    yield Rule("resources-capped", resources.capped)
    yield Rule("format-code", each_resource(resources.typed))
    yield Rule("licence-code", lambda draft: resources.licensed(draft, language))
    yield Rule("resource-name", each_resource(resources.named))
    yield Rule("landing-page", resources.one_landing_page)
    yield Rule("table-contract", lambda draft: contracts.tabled(draft, contracts.promised(source.options)))
    yield Rule("type-by-topic", contracts.typed)


def normalise(draft: Draft, source: Source, changes: tuple[Change, ...] = ()) -> Candidate:
    """Put a draft through the rules; gives the candidate with everything that was changed on the way."""
    made = list(changes)
    for rule in rules(source):
        draft, more = rule.apply(draft)
        made += more
    if not draft.get("title_translated"):
        raise RecordError(say("no-title"))
    names = [agent["name"] for agent in draft.get("publisher", []) if agent.get("name")]
    addresses_of = [agent["uri"] for agent in draft.get("publisher", []) if agent.get("uri")]
    draft.setdefault("type", "dataset")
    return Candidate(draft, tuple(dict.fromkeys(names + addresses_of)), tuple(made))


def _unique(values: Iterator[str]) -> list[str]:
    return [value for value in dict.fromkeys(values) if value]
