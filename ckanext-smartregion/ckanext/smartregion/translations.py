"""Texts in several languages, in ckanext-fluent's data shape, and the single text of the core that follows them."""

import json
import re
from collections.abc import Iterable
from typing import Any

from ckanext.smartregion.schemas import LANGUAGES

Text = str | list[str]
Translations = dict[str, Text]

# Translated field -> the field of CKAN's core that follows it.
OF_DATASETS = {"title_translated": "title", "notes_translated": "notes", "tags_translated": "tags"}
OF_RESOURCES = {"name_translated": "name", "description_translated": "description"}
OF_ORGANIZATIONS = {"title_translated": "title", "description_translated": "description"}


def localised(translations: Any, language: str) -> Any:
    """The text in a language, else in French, else in the first language there is."""
    if not isinstance(translations, dict):
        return translations or ""
    wanted = (language, language.split("_")[0], *LANGUAGES, *translations)
    return next((translations[each] for each in wanted if translations.get(each)), "")


def gather(data: dict[str, Any], fields: Iterable[str]) -> dict[str, Any]:
    """The data with each translated field as one map, whether it came so, as JSON or as one input per language."""
    gathered = dict(data)
    for field in fields:
        inputs = {key.removeprefix(f"{field}-"): gathered.pop(key) for key in data if key.startswith(f"{field}-")}
        given = gathered.get(field, inputs or None)
        given = _parsed(given) if isinstance(given, str) else given
        if isinstance(given, dict):
            gathered[field] = tidy(given, as_list=field == "tags_translated")
    return gathered


def complete(data: dict[str, Any], fields: dict[str, str], before: dict[str, Any] | None = None) -> dict[str, Any]:
    """The data with translations and core texts in agreement, whichever of the two were given or changed."""
    completed = gather(data, fields)
    for translated, core in fields.items():
        given = completed.get(translated)
        if _malformed(given):
            continue
        settled = _settle(given, _core_text(completed, core), *_before(before, translated, core))
        if settled is not None:
            completed[translated] = settled
            completed |= _followers(core, settled)
    completed.pop("tag_string", None)
    return completed


def _before(before: dict[str, Any] | None, translated: str, core: str) -> tuple[Any, Any]:
    return (before.get(translated), _core_text(before, core)) if before else (None, None)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def tidy(translations: dict[str, Any], *, as_list: bool) -> dict[str, Any]:
    """The translations without blanks at their ends and without empty ones; tags as lists without doubles."""
    texts = {language: _words(text) if as_list else _stripped(text) for language, text in translations.items()}
    return {language: text for language, text in texts.items() if text}


def _stripped(text: Any) -> Any:
    return text.strip() if isinstance(text, str) else text


def _words(text: Any) -> Any:
    words = text.split(",") if isinstance(text, str) else text
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        return words
    return list(dict.fromkeys(word.strip() for word in words if word.strip()))


def _malformed(given: Any) -> bool:
    """Whether a validator will refuse this, so that there is nothing to complete."""
    if given is None:
        return False
    return not isinstance(given, dict) or not all(isinstance(text, str | list) for text in given.values())


def _settle(given: Translations | None, single: Text | None, old_given: Any, old_single: Any) -> Translations | None:
    """The translations that hold: a change of the core text alone counts as a change of the French."""
    if given is None:
        return None if single is None else _in_french(single)
    core_alone_changed = single and single != old_single and given == old_given
    return given | _in_french(single) if core_alone_changed and single else given


def _in_french(single: Text) -> Translations:
    return {"fr": single} if single else {}


def _core_text(data: dict[str, Any], core: str) -> Text | None:
    if core != "tags":
        value = data.get(core)
        return value.strip() if isinstance(value, str) else None
    if "tags" in data:
        return sorted(tag["name"] for tag in data["tags"] or [] if isinstance(tag, dict) and tag.get("name"))
    return _words(data["tag_string"]) if data.get("tag_string") else None


def _followers(core: str, translations: Translations) -> dict[str, Any]:
    text = localised(translations, LANGUAGES[0])
    return {"tags": [{"name": name} for name in core_tags(text or [])]} if core == "tags" else {core: text}


# What stands in real keywords: CKAN's own rule knows no "braine-l'alleud", no "R&D", no "eau (qualité)". Commas part
# keywords, quotation marks and backslashes part what a search asks for.
KEYWORD = re.compile(r"[\w \-.'’&/+():°]*")
_NOT_IN_KEYWORDS = re.compile(r"[^\w \-.'’&/+():°]")


def core_tags(words: list[str]) -> list[str]:
    """The words as tags allow them: letters, digits, blanks, the signs of KEYWORD, from 2 to 100 characters."""
    plain = (re.sub(r"\s+", " ", _NOT_IN_KEYWORDS.sub(" ", word)).strip()[:100].strip() for word in words)
    return list(dict.fromkeys(word for word in plain if len(word) > 1))
