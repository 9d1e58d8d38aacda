"""Rules for languages: codes of every fashion, two languages in one text, texts tagged with the wrong one."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import Any

from ckanext.smartregion.harvest.records import Draft
from ckanext.smartregion.harvest.rules.agents import owner_of
from ckanext.smartregion.schemas import LANGUAGES, vocabulary

CODES = {"fr": "FRA", "nl": "NLD", "de": "DEU", "en": "ENG"}
SPOKEN = {code: language for language, code in CODES.items()}
TEXTS = ("title_translated", "notes_translated")
MARKERS = {
    language: re.compile(rf"\(?(?:{words})\)?\s*:\s*", re.IGNORECASE)
    for language, words in {
        "de": r"traduction (?:en )?allemande?|deutsche (?:übersetzung|fassung)|auf deutsch",
        "nl": r"traduction (?:en )?néerlandaise?|nederlandse vertaling|in het nederlands",
        "en": r"traduction (?:en )?anglaise?|english (?:translation|version)",
        "fr": r"traduction (?:en )?française?|version française",
    }.items()
}
# One of these stands in every marker; looking for them is ten times as fast as for the markers.
HINTS = ("traduction", "deutsch", "nederlands", "english ", "version fran")
SPAN = re.compile(r"<(span|p|div)[^>]*\blang=[\"']?([A-Za-z-]+)[\"']?[^>]*>(.*?)</\1>", re.DOTALL | re.IGNORECASE)
# Words that only one of the languages has.
STOP_WORDS = {
    "fr": "le la les des et du une pour dans sur est qui par aux avec ce",
    "nl": "het een van voor met zijn deze wordt naar ook niet door bij dat",
    "de": "der die das und von für mit den ist eine werden auf auch nicht",
    "en": "the and of for with is are this from by that be which on",
}
SPOKEN_IN = {word: language for language, words in STOP_WORDS.items() for word in words.split()}
WORD = re.compile(r"[^\W\d_]+")
LONGEST_PARTED = 20_000  # looking for elements takes the square of the length
HEARD = 3000  # characters of a text that are enough to know its language


@lru_cache(maxsize=4096)
def short(tag: str) -> str:
    """`fr` for fr-BE, FR, fre, FRA or a language's address; the tag itself when we do not speak it."""
    concept = vocabulary("language").find(_last(tag))
    return SPOKEN.get(concept.code, tag) if concept else tag


@lru_cache(maxsize=4096)
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
    """Give texts without a language the dataset's only one, else the publisher's first, else the source's."""
    parts = [draft, *draft.get("resources", [])]
    if not any("" in value for part in parts for value in part.values() if isinstance(value, dict)):
        return {}
    own = [SPOKEN[code] for uri in draft.get("language", []) if (code := uri.rsplit("/", 1)[-1]) in SPOKEN]
    guess = own[0] if len(own) == 1 else _of_publisher(draft) or language
    replaced = {field: _named(value, guess) for field, value in draft.items() if field.endswith("_translated")}
    resources = [
        resource | {key: _named(value, guess) for key, value in resource.items() if key.endswith("_translated")}
        for resource in draft.get("resources", [])
    ]
    return replaced | ({"resources": resources} if resources else {})


def _of_publisher(draft: Draft) -> str:
    """German where a German-speaking municipality publishes; elsewhere the source knows better."""
    owners = [owner for agent in draft.get("publisher", []) if (owner := owner_of(agent.get("name", "")))]
    return "de" if owners and owners[0].languages[0] == "de" else ""


def stated(draft: Draft, language: str) -> Draft:
    """A dataset that names no language has its German-speaking publisher's, if its title has it, else its source's."""
    german = "de" in draft.get("title_translated", {}) and _of_publisher(draft)
    concept = vocabulary("language").find(german or language) if not draft.get("language") else None
    return {"language": [concept.uri]} if concept else {}


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
            if language == tag:  # the whole stood under the language of its second part: the first one is French
                return {"notes_translated": {**notes, tag: second, "fr": notes.get("fr", first)}} if tag != "fr" else {}
            return {"notes_translated": {**notes, tag: first, **({} if language in notes else {language: second})}}
    return {}


def _marked(text: str) -> tuple[str, str, str] | None:
    folded = text.casefold()
    if not any(hint in folded for hint in HINTS):
        return None
    for language, marker in MARKERS.items():
        match = marker.search(text)
        if match and text[: match.start()].strip() and text[match.end() :].strip():
            return text[: match.start()].strip(), language, text[match.end() :].strip()
    return None


def _spanned(text: str) -> tuple[str, str, str] | None:
    """The text of every element in the first other language that elements name; the rest is the first text."""
    found = list(SPAN.finditer(text)) if "lang=" in text and len(text) <= LONGEST_PARTED else []
    language = next((short(match[2]) for match in found if short(match[2]) in LANGUAGES), "")
    mine = [match for match in found if short(match[2]) == language]
    rest = text
    for match in mine:
        rest = rest.replace(match[0], "")
    bare = re.sub(r"<[^>]*>|\s", "", rest)
    return (rest.strip(), language, "\n\n".join(match[3].strip() for match in mine)) if language and bare else None


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
    words = WORD.findall(text[:HEARD].casefold())
    (best, hits), (_, next_best) = Counter(
        dict.fromkeys(STOP_WORDS, 0) | Counter(SPOKEN_IN[word] for word in words if word in SPOKEN_IN)
    ).most_common(2)
    return best if hits >= 5 and hits >= 4 * next_best else None
