"""Rules that tie a candidate to its contracts: the dataset's by theme and topic, a file's by the source's word."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ckanext.smartregion.harvest.options import PROMISE
from ckanext.smartregion.harvest.records import Draft
from ckanext.smartregion.schemas import dataset_contracts, file_types, vocabulary

TYPES = {"TRAN": "mobility", "ENER": "energy", "GOVE": "governance"}
# Filled in by everybody who writes: what the contract assumes or the organisation answers.
ANSWERED = frozenset({"owner_org", "spatial_coverage", "frequency", "license_id", "notes_translated", "theme"})


@dataclass(frozen=True)
class Topic:
    """A word in title or keywords that answers a question of a themed contract."""

    type: str
    field: str
    uri: str
    word: str


@cache
def topics() -> tuple[Topic, ...]:
    """All known words; the more words a phrase has, the earlier it stands."""
    with Path(__file__).with_name("topics.csv").open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: -len(row["word"].split()))
    found = [(row, vocabulary(row["vocabulary"]).by_code(row["code"])) for row in rows]
    return tuple(Topic(row["type"], row["field"], concept.uri, row["word"]) for row, concept in found if concept)


def typed(draft: Draft) -> Draft:
    """The themed contract whose questions title and keywords answer; the base contract where they don't."""
    themes = [uri.rsplit("/", 1)[-1] for uri in draft.get("theme", [])]
    for kind in (TYPES[code] for code in TYPES if code in themes):
        answers = _answers(draft, kind)
        if all(draft.get(field) or answers.get(field) for field in _asked(kind)):
            return {"type": kind, **{field: value for field, value in answers.items() if not draft.get(field)}}
    return {}


@cache
def _asked(kind: str) -> tuple[str, ...]:
    """The fields without which this contract would hold a dataset, beyond what everybody fills in."""
    fields = dataset_contracts()[kind]["dataset_fields"]
    blocking = [field["field_name"] for field in fields if field.get("publication") == "block"]
    return tuple(name for name in blocking if name not in ANSWERED and name != "title_translated")


@cache
def _several(kind: str, field: str) -> bool:
    fields = dataset_contracts()[kind]["dataset_fields"]
    return any(each["field_name"] == field and "smartregion_concepts" in each["validators"] for each in fields)


def _answers(draft: Draft, kind: str) -> Draft:
    text = _folded(draft)
    answers: dict[str, list[str]] = {}
    for topic in topics():
        if topic.type == kind and f" {topic.word} " in text:
            answers.setdefault(topic.field, []).append(topic.uri)
            # A word inside a longer phrase has been read with it: "parking vélo" is no car park.
            text = text.replace(f" {topic.word} ", " | ") if topic.field == "mobility_theme" else text
    return {field: _answer(kind, field, uris) for field, uris in answers.items()}


def _answer(kind: str, field: str, uris: list[str]) -> Any:
    return list(dict.fromkeys(uris)) if _several(kind, field) else uris[0]


def _folded(draft: Draft) -> str:
    """Title and keywords in every language: small letters, no accents, words apart by one blank."""
    words = [*draft.get("title_translated", {}).values()]
    words += [word for group in draft.get("tags_translated", {}).values() for word in group]
    parts = [re.sub(r"[^a-z0-9]+", " ", _bare(word)).strip() for word in words]
    return " " + " | ".join(parts) + " "


def _bare(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe"))
    return "".join(letter for letter in bare if not unicodedata.combining(letter))


def promised(options: Mapping[str, Any]) -> dict[str, str]:
    """The contracts of files that a source promises, by remote identifier: options `contract.<id>`."""
    return {name.removeprefix(PROMISE): str(value) for name, value in options.items() if name.startswith(PROMISE)}


def tabled(draft: Draft, contracts: Mapping[str, str]) -> Draft:
    """The first file of the right type names the contract that its source promises: a CSV, or what a format is."""
    contract = contracts.get(draft.get("identifier", "")) or contracts.get(draft.get("uri", ""))
    types = [each.get("format") for each in draft.get("resources", [])]
    wanted = [wanted for wanted in file_types(contract) if wanted in types] if contract else []
    if not wanted:
        return {}
    resources, first = list(draft["resources"]), types.index(wanted[0])
    resources[first] = resources[first] | {"schema": contract}
    return {"resources": resources}
