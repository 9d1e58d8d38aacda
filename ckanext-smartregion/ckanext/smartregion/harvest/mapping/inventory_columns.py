"""The columns of an inventory, from one table: what each is called, what belongs there, its choices. Pure."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from ckanext.smartregion.schemas import LANGUAGES, vocabulary

Texts = dict[str, str]
# What a column of a translation is called: "Titre (nl)", "Titel_DE".
TRANSLATION = re.compile(rf"(?P<name>.+?)[\s_:\-\[(]+(?P<language>{'|'.join(LANGUAGES)})[\])]?", re.IGNORECASE)
# No column is called anything longer, and the pattern above takes its time over what is.
LONGEST = 200
TRANSLATED = ("title", "description", "keywords")


@dataclass(frozen=True)
class Column:
    """One column; `vocabulary` names the list whose labels it offers."""

    name: str
    label: Texts
    note: Texts
    example: Texts
    aliases: tuple[str, ...] = ()
    required: bool = False
    vocabulary: str = ""

    def choices(self, language: str) -> list[str]:
        """The values that the column offers, in the words of a language; none where it takes free text."""
        if not self.vocabulary:
            return []
        return [concept.labels[language] for concept in vocabulary(self.vocabulary).concepts]

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that the column may be called."""
        return (self.name, *self.label.values(), *self.aliases)


@dataclass(frozen=True)
class Header:
    """Which columns a row of names holds: the name as written by column, or by column and language."""

    columns: Mapping[str, str]
    translations: Mapping[tuple[str, str], str] = field(default_factory=dict)
    language: str = ""

    @property
    def missing(self) -> list[Column]:
        """The required columns that it lacks."""
        named = {*self.columns, *(name for name, _ in self.translations)}
        return [column for column in columns() if column.required and column.name not in named]


@cache
def columns() -> tuple[Column, ...]:
    """All columns in the order of the template."""
    rows = json.loads(Path(__file__).with_name("inventory_columns.json").read_text("utf-8"))
    return tuple(Column(**row | {"aliases": tuple(row["aliases"])}) for row in rows)


def read_header(names: Iterable[str]) -> Header:
    """What the names of a header mean, without regard to capitals, accents and signs; the first of a kind counts."""
    found: dict[str, str] = {}
    translations: dict[tuple[str, str], str] = {}
    for name in (each for each in names if len(each) <= LONGEST):
        translation = TRANSLATION.fullmatch(name.strip())
        column = _by_name().get(folded(name))
        if column:
            found.setdefault(column.name, name)
        elif translation and (column := _by_name().get(folded(translation["name"]))) and column.name in TRANSLATED:
            translations.setdefault((column.name, translation["language"].lower()), name)
    return Header(found, translations, _language(found))


@cache
def _by_name() -> dict[str, Column]:
    return {folded(name): column for column in reversed(columns()) for name in column.names}


def _language(found: Mapping[str, str]) -> str:
    """The language in which most of the names are labels; empty where two languages have as many."""
    labels = {column.name: column.label for column in columns()}
    written = {
        language: sum(folded(text) == folded(labels[name][language]) for name, text in found.items())
        for language in LANGUAGES
    }
    leaders = [language for language, number in written.items() if number and number == max(written.values())]
    return leaders[0] if len(leaders) == 1 else ""


def folded(text: str) -> str:
    """A name as names are compared: small letters, no accents, one blank between words."""
    bare = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe"))
    return re.sub(r"[\W_]+", " ", "".join(letter for letter in bare if not unicodedata.combining(letter))).strip()


def is_example(cells: Mapping[str, str]) -> bool:
    """Whether a row is the template's example that nobody has replaced: by its identifier and its title."""
    examples = {column.name: set(column.example.values()) for column in columns()}
    return all(cells.get(name, "") in examples[name] for name in ("title", "identifier"))
