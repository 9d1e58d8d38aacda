"""Vocabularies: the lists of codes, one CSV file per list, each concept labelled in four languages."""

import csv
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

LANGUAGES = ("fr", "nl", "de", "en")
FOLDER = Path(__file__).parent / "vocabularies"
OWN_COLUMNS = {"code", "uri", "broader", *LANGUAGES}


class VocabularyNotFound(KeyError):  # noqa: N818  said like the other "not found" of contracts
    """No list of codes has this name."""

    def __str__(self) -> str:
        return f'There is no vocabulary "{self.args[0]}". Known: {", ".join(vocabularies())}.'


@dataclass(frozen=True)
class Concept:
    """One entry of a list: the code people type, the address machines exchange, the labels people read."""

    code: str
    uri: str
    labels: dict[str, str]
    broader: str | None = None
    extra: dict[str, str] = field(default_factory=dict)

    def label(self, language: str) -> str:
        """The label in a language, in French where that language has none."""
        return self.labels.get(language) or self.labels["fr"]

    def value(self, column: str = "uri") -> str:
        """What a contract keeps of this concept: its address, its code or another column."""
        return {"uri": self.uri, "code": self.code}.get(column) or self.extra[column]

    @property
    def descriptions(self) -> list[str]:
        """What tells about this concept without naming it alone: labels, the page of a licence, a media type."""
        return [*self.labels.values(), *filter(None, map(self.extra.get, ("homepage", "media_type")))]

    @property
    def aliases(self) -> list[str]:
        """Other spellings under which the world knows this concept."""
        return [alias for alias in self.extra.get("aliases", "").split("|") if alias]


@dataclass(frozen=True)
class Vocabulary:
    """A list of concepts, in the order of its file."""

    name: str
    concepts: tuple[Concept, ...]

    def by_uri(self, uri: str) -> Concept | None:
        """The concept with this address."""
        return self._uris.get(uri)

    def by_code(self, code: str) -> Concept | None:
        """The concept with this code."""
        return self._codes.get(code)

    def find(self, text: str) -> Concept | None:
        """The concept meant by an address, a code, a label or another spelling, whatever its case."""
        return self._uris.get(text) or self._spellings.get(text.strip().casefold())

    @cached_property
    def _uris(self) -> dict[str, Concept]:
        return {concept.uri: concept for concept in self.concepts}

    @cached_property
    def _codes(self) -> dict[str, Concept]:
        return {concept.code: concept for concept in self.concepts}

    @cached_property
    def _spellings(self) -> dict[str, Concept]:
        """Every spelling; where two concepts share one, a code beats an alias, and an alias what describes it."""
        kinds = (lambda c: c.descriptions, lambda c: c.aliases, lambda c: (c.uri, c.code))
        pairs = ((text, concept) for kind in kinds for concept in reversed(self.concepts) for text in kind(concept))
        return {text.casefold(): concept for text, concept in pairs}


@cache
def vocabulary(name: str) -> Vocabulary:
    """The list of codes of this name."""
    path = FOLDER / f"{name}.csv"
    if name not in vocabularies():
        raise VocabularyNotFound(name)
    with path.open(encoding="utf-8", newline="") as file:
        return Vocabulary(name, tuple(_concept(row) for row in csv.DictReader(file)))


@cache
def vocabularies() -> list[str]:
    """The names of all lists, sorted."""
    return sorted(path.stem for path in FOLDER.glob("*.csv"))


def _concept(row: dict[str, str]) -> Concept:
    return Concept(
        code=row["code"],
        uri=row["uri"],
        labels={language: row[language] for language in LANGUAGES},
        broader=row.get("broader") or None,
        extra={column: value for column, value in row.items() if column not in OWN_COLUMNS},
    )
