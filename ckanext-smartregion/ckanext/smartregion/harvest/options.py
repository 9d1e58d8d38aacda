"""Options that every kind of source has, and whether what a source sets is one of the values that an option takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ckanext.smartregion.harvest.records import Option
from ckanext.smartregion.harvest.sentences import say

# Before the identifier of a dataset: the table contract that its first CSV promises to follow.
PROMISE = "contract."
COMMON: tuple[Option, ...] = (
    Option(
        "language",
        {
            "fr": "Langue des textes qui n’en indiquent pas",
            "nl": "Taal van teksten die er geen vermelden",
            "de": "Sprache der Texte, die keine angeben",
            "en": "Language of texts that state none",
        },
        default="fr",
    ),
    Option(
        "exclude_publishers",
        {
            "fr": "Éditeurs à laisser de côté, séparés par des points-virgules",
            "nl": "Uitgevers die worden overgeslagen, gescheiden door puntkomma’s",
            "de": "Herausgeber, die ausgelassen werden, durch Semikolon getrennt",
            "en": "Publishers to leave out, separated by semicolons",
        },
    ),
)


def refusal(options: Iterable[Option], given: Mapping[str, Any]) -> dict[str, str] | None:
    """Why a source may not be set so, as a sentence per language; None where every value is one its option takes."""
    for option in options:
        value = given.get(option.name)
        if value in (None, ""):
            continue
        if option.choices and value not in option.choices:
            return say("option-choice", name=option.name, value=value, choices=", ".join(option.choices))
        if option.type is int and not str(value).isdecimal():
            return say("option-number", name=option.name, value=value)
    return None


def unknown(options: Iterable[Option], given: Mapping[str, Any]) -> dict[str, str] | None:
    """Why a name is no option of a source, with those that there are; None where all are known."""
    known = [option.name for option in options]
    for name in given:
        if name not in known and not (name.startswith(PROMISE) and name != PROMISE):
            return say("option-unknown", name=name, known=", ".join([*known, f"{PROMISE}<id>"]))
    return None
