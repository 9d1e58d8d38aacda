"""Rules for languages: codes of every fashion, two languages in one text, texts tagged with the wrong one."""

from __future__ import annotations

import re
from typing import Any

from ckanext.smartregion.harvest.records import Draft
from ckanext.smartregion.schemas import LANGUAGES, vocabulary

CODES = {"fr": "FRA", "nl": "NLD", "de": "DEU", "en": "ENG"}
SPOKEN = {code: language for language, code in CODES.items()}
TEXTS = ("title_translated", "notes_translated")
MARKERS = {
    "de": r"traduction (?:en )?allemande?|deutsche (?:übersetzung|fassung)|auf deutsch",
    "nl": r"traduction (?:en )?néerlandaise?|nederlandse vertaling|in het nederlands",
    "en": r"traduction (?:en )?anglaise?|english (?:translation|version)",
    "fr": r"traduction (?:en )?française?|version française",
}
STOP_WORDS = {
    "fr": {
        "le",
        "la",
        "les",
        "des",
        "et",
        "du",
        "une",
        "pour",
        "dans",
        "sur",
        "est",
        "qui",
        "par",
        "aux",
        "avec",
        "ce",
    },
    "nl": {"het", "een", "van", "voor", "met", "zijn", "deze", "wordt", "naar", "ook", "niet", "door", "bij", "dat"},
    "de": {"der", "die", "das", "und", "von", "für", "mit", "den", "ist", "eine", "werden", "auf", "auch", "nicht"},
    "en": {"the", "and", "of", "for", "with", "is", "are", "this", "from", "by", "that", "be", "which", "on"},
}


def short(tag: str) -> str:
    """`fr` for fr-BE, FR, fre, FRA or a language's address; the tag itself when we do not speak it."""
    concept = vocabulary("language").find(_last(tag))
    return SPOKEN.get(concept.code, tag) if concept else tag


def coded(value: str) -> str:
    """The EU address of a language given as loc.gov address, fre, FRE or fr-BE; empty when it is none."""
    concept = vocabulary("language").find(value) or vocabulary("language").find(_last(value))
    return concept.uri if concept else ""


def _last(value: str) -> str:
    tail = re.split(r"[/#]", value.strip().rstrip("/"))[-1]
    return re.split(r"[-_]", tail)[0]


def shortened(value: Any) -> Any:
    """A language map whose tags are ours; of two texts under one language the longer stays."""
    if not isinstance(value, dict):
        return value
    texts: dict[str, Any] = {}
    for tag, text in value.items():
        language = short(tag) if tag else tag
        texts[language] = max(texts.get(language, text), text, key=len)
    return texts


def assumed(draft: Draft, language: str) -> Draft:
    """Give texts without a language the dataset's only one, else the source's."""
    own = [SPOKEN[code] for uri in draft.get("language", []) if (code := uri.rsplit("/", 1)[-1]) in SPOKEN]
    guess = own[0] if len(own) == 1 else language
    replaced = {field: _named(value, guess) for field, value in draft.items() if field.endswith("_translated")}
    resources = [
        resource | {key: _named(value, guess) for key, value in resource.items() if key.endswith("_translated")}
        for resource in draft.get("resources", [])
    ]
    return replaced | ({"resources": resources} if resources else {})


def _named(value: Any, guess: str) -> Any:
    if not isinstance(value, dict) or "" not in value:
        return value
    named = {tag: text for tag, text in value.items() if tag}
    return named if guess in named else {guess: value[""], **named}


def ours(value: Any) -> Any:
    """Only the languages we show; when there is none of them, the first one serves as the fallback."""
    if not isinstance(value, dict):
        return value
    kept = {language: value[language] for language in LANGUAGES if value.get(language)}
    return kept or ({"fr": next(iter(value.values()))} if value else {})


def parted(draft: Draft) -> Draft:
    """A description that carries a second language behind a marker or in a span, taken apart."""
    notes = draft.get("notes_translated", {})
    for tag, text in notes.items():
        split = _marked(text) or _spanned(text)
        if split:
            first, language, second = split
            return {"notes_translated": {**notes, tag: first, **({} if language in notes else {language: second})}}
    return {}


def _marked(text: str) -> tuple[str, str, str] | None:
    for language, marker in MARKERS.items():
        match = re.search(rf"\(?(?:{marker})\)?\s*:\s*", text, re.IGNORECASE)
        if match and text[: match.start()].strip() and text[match.end() :].strip():
            return text[: match.start()].strip(), language, text[match.end() :].strip()
    return None


def _spanned(text: str) -> tuple[str, str, str] | None:
    match = re.search(r"<(span|p|div)[^>]*\blang=[\"']?([A-Za-z-]+)[\"']?[^>]*>(.*?)</\1>", text, re.DOTALL)
    language = short(match[2]) if match else ""
    rest = text.replace(match[0], "").strip() if match else ""
    bare = re.sub(r"<[^>]*>|\s", "", rest)
    return (rest, language, match[3].strip()) if match and language in LANGUAGES and bare else None


def retagged(draft: Draft) -> Draft:
    """A description whose words are plainly of another language than its tag, and its title with it."""
    notes = draft.get("notes_translated", {})
    if len(notes) != 1:
        return {}
    (tag, text), spoken = next(iter(notes.items())), _spoken(next(iter(notes.values())))
    if not tag or not spoken or spoken == tag:
        return {}
    title = draft.get("title_translated", {})
    moved = {"title_translated": {spoken: title[tag]}} if set(title) == {tag} else {}
    return {"notes_translated": {spoken: text}, **moved}


def _spoken(text: str) -> str | None:
    """The language of a text when there is no doubt: five hits and four times those of any other."""
    words = re.findall(r"[^\W\d_]+", text.casefold())
    hits = {language: sum(word in stops for word in words) for language, stops in STOP_WORDS.items()}
    best, *others = sorted(hits, key=lambda language: -hits[language])
    return best if hits[best] >= 5 and hits[best] >= 4 * hits[others[0]] else None
