"""Every text of ours speaks French, Dutch and German, with the same blanks to fill in as the English one.

So does every text of CKAN that it leaves in English in one of these languages.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from stack.texts import lacking

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("ckanext-smartregion", "harvesters")
I18N = ROOT / "ckanext-smartregion/ckanext/smartregion/i18n"
BLANK = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


@pytest.fixture(scope="module", params=["fr", "nl", "de"])
def language(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def texts(ours: tuple[Any, ...], language: str) -> Catalog:
    """The texts that want a translation, collected as `make i18n` collects them: ours, and those that CKAN lacks."""
    found = lacking(language)
    for text, context in ours:
        found.add(text, context=context)
    return found


@pytest.fixture(scope="module")
def ours() -> tuple[Any, ...]:
    """The texts as they stand in code and templates now, each with its context."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    found = (each for folder in FOLDERS for each in extract_from_dir(ROOT / folder, methods, options))
    return tuple((text, context) for _, _, text, _, context in found)


@pytest.fixture(scope="module")
def translations(language: str) -> Catalog:
    return read(language)


def read(language: str) -> Catalog:
    with (I18N / language / "LC_MESSAGES/ckanext-smartregion.po").open("rb") as file:
        return read_po(file, locale=language)


def forms(text: Any) -> list[str]:
    """The singular and the plural of a text, or the text alone; nothing where it is missing."""
    return [text] if isinstance(text, str) else list(text or [""])


def counterparts(texts: Catalog, translations: Catalog) -> list[tuple[Message, Message]]:
    known = [(text, translations.get(text.id, text.context)) for text in texts if text.id]
    return [(text, translation) for text, translation in known if translation]


def test_no_text_is_untranslated(texts: Catalog, translations: Catalog):
    found = {text.id: translations.get(text.id, text.context) for text in texts if text.id}

    assert [text for text, one in found.items() if not one or not all(forms(one.string))] == []


def test_no_translation_is_doubtful(translations: Catalog):
    assert [message.id for message in translations if message.id and message.fuzzy] == []


def test_translations_leave_the_same_blanks(texts: Catalog, translations: Catalog):
    blanks = [
        (text.id, set(BLANK.findall(forms(text.id)[-1])), [set(BLANK.findall(form)) for form in forms(one.string)])
        for text, one in counterparts(texts, translations)
    ]

    assert [text for text, wanted, given in blanks if any(each != wanted for each in given)] == []


def test_no_translation_has_lost_its_text(texts: Catalog, translations: Catalog):
    assert [one.id for one in translations if one.id and not texts.get(one.id, one.context)] == []


def test_french_ties_its_marks_to_the_word_before():
    french = read("fr")
    loose = re.compile(r"(?:\w| )[:;?!](?:\s|$)|« | »")

    assert [one.string for one in french if one.id and any(map(loose.search, forms(one.string)))] == []


def test_what_ckan_translates_itself_is_left_to_it():
    assert lacking("fr").get("Toggle navigation")
    assert not lacking("fr").get("Datasets")


def test_what_is_switched_off_wants_no_translation():
    assert lacking("nl").get("Filtered download")  # of the table of a file, which is on
    assert not lacking("nl").get("Video url")


def test_what_ckan_has_translated_and_not_compiled_is_taken_over():
    assert lacking("de").get("Revoke tokens").string == "Token zurückziehen"


def test_number_that_is_compiled_in_english_counts_as_untranslated():
    assert lacking("fr").get("{num} Member")
