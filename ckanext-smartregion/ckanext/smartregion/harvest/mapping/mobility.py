"""What the mobility kinds (gtfs, gbfs, ocpi) share: sentences made of counts, codes, options, licence."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from ckanext.smartregion.harvest.records import Candidate, Change, Draft, Finding, Option, Source
from ckanext.smartregion.harvest.rules import normalise
from ckanext.smartregion.harvest.rules.codes import licence
from ckanext.smartregion.schemas import LANGUAGES, vocabulary

Texts = dict[str, str]
TEXTS: dict[str, Any] = json.loads(Path(__file__).with_name("mobility_texts.json").read_text("utf-8"))
GROUPING = {"fr": " ", "nl": ".", "de": ".", "en": ","}
DAYS = {"fr": "%d/%m/%Y", "nl": "%d-%m-%Y", "de": "%d.%m.%Y", "en": "%Y-%m-%d"}
LONGEST = 300
MOST_NAMES = 12

OPTIONS = (
    Option(
        "license",
        {
            "fr": "Licence des données, par exemple CC BY 4.0 ; prime sur celle que la source indique",
            "nl": "Licentie van de gegevens, bijvoorbeeld CC BY 4.0; gaat voor op wat de bron vermeldt",
            "de": "Lizenz der Daten, zum Beispiel CC BY 4.0; geht der Angabe der Quelle vor",
            "en": "Licence of the data, for example CC BY 4.0; goes before what the source states",
        },
    ),
    Option(
        "frequency",
        {
            "fr": "Fréquence de mise à jour, par exemple hebdomadaire, si la source ne la montre pas",
            "nl": "Frequentie van bijwerking, bijvoorbeeld wekelijks, als de bron ze niet toont",
            "de": "Aktualisierungsintervall, zum Beispiel wöchentlich, wenn die Quelle es nicht zeigt",
            "en": "Update frequency, for example weekly, where the source does not show it",
        },
    ),
)


def concept(name: str, code: str) -> str:
    """The address of a code of one vocabulary."""
    found = vocabulary(name).by_code(code)
    if found is None:
        raise KeyError(f"{name} has no {code}")
    return found.uri


def concepts(name: str, codes: Iterable[str]) -> list[str]:
    """The addresses of some codes, each once, in their order."""
    return [concept(name, code) for code in dict.fromkeys(codes)]


def tell(section: str, key: str, **facts: Any) -> Texts:
    """One sentence in every language; a fact that is a language map gives each language its own."""
    sentence = TEXTS[section][key]
    return {language: sentence[language] % _spoken(facts, language) for language in LANGUAGES}


def _spoken(facts: Mapping[str, Any], language: str) -> dict[str, Any]:
    return {name: fact[language] if isinstance(fact, dict) else fact for name, fact in facts.items()}


def paragraph(*sentences: Texts | None) -> Texts:
    """Sentences one after the other; those that do not apply are None."""
    told = [sentence for sentence in sentences if sentence]
    return {language: " ".join(sentence[language] for sentence in told) for language in LANGUAGES}


def counted(what: str, number: int) -> Texts:
    """A number with its noun: “1 arrêt”, “31 000 arrêts”; French says none in the singular."""
    nouns = TEXTS["counted"][what]
    return {
        language: nouns["one" if number == 1 or (number == 0 and language == "fr") else "many"][language]
        % grouped(number, language)
        for language in LANGUAGES
    }


def grouped(number: int, language: str) -> str:
    """A number with its thousands apart, as the language writes it."""
    return f"{number:,}".replace(",", GROUPING[language])


def numbers(number: int) -> Texts:
    """A bare number in every language."""
    return {language: grouped(number, language) for language in LANGUAGES}


def shares(parts: Mapping[str, int], labels: Mapping[str, Any]) -> Texts:
    """“bus (690), tram (10)”: the parts of a whole, the greatest first."""
    ordered = sorted(parts.items(), key=lambda part: (-part[1], part[0]))
    return {
        language: ", ".join(f"{_label(labels, name, language)} ({grouped(count, language)})" for name, count in ordered)
        for language in LANGUAGES
    }


def _label(labels: Mapping[str, Any], name: str, language: str) -> str:
    label = labels.get(name, name)
    return label[language] if isinstance(label, dict) else label


def enumerated(names: Iterable[str]) -> str:
    """Names with commas; a list too long to be read ends with three dots."""
    unique = sorted(dict.fromkeys(names), key=str.casefold)
    return ", ".join(unique[:MOST_NAMES]) + (", …" if len(unique) > MOST_NAMES else "")


def days(day: date) -> Texts:
    """A day as each language writes it."""
    return {language: day.strftime(DAYS[language]) for language in LANGUAGES}


def keywords(kind: str) -> dict[str, list[str]]:
    """The keywords of a kind in every language."""
    return {language: TEXTS["keywords"][kind][language].split("; ") for language in LANGUAGES}


def clean(value: Any) -> str:
    """A text from outside on one line, cut where it is no name any more; empty for what is no text."""
    return " ".join(str(value).split())[:LONGEST] if isinstance(value, str | int | float) else ""


def licences(source: Source, stated: Iterable[str]) -> tuple[list[str], list[Finding]]:
    """What the option says, else what the data state; statements that contradict each other decide nothing."""
    said = [text for text in dict.fromkeys(map(clean, stated)) if text]
    own = str(source.options.get("license") or "").strip()
    read = {found for text in (*said, own) if (found := licence([text]))}
    if len(read) > 1:
        return [own] if own else [], [Finding("licences-differ", "license_id", said)]
    if own:
        return [own], []
    return said, [] if said else [Finding("licence-missing", "license_id", None)]


def standard(name: str, version: str = "") -> Draft:
    """What every file of a mobility standard says of how it is had."""
    found = {
        "mobility_data_standard": concept("mobility-data-standard", name),
        "mobility_data_standard_version": version,
        "application_layer_protocol": concept("application-layer-protocol", "http-https"),
        "communication_method": concept("communication-method", "pull"),
    }
    return {field: value for field, value in found.items() if value}


def finished(
    draft: Draft, source: Source, changes: tuple[Change, ...] = (), findings: Iterable[Finding] = ()
) -> Candidate:
    """The candidate of a draft: a mobility dataset under its licence, with the terms that follow from it."""
    draft = {"type": "mobility", "theme": [concept("data-theme", "TRAN")]} | draft
    draft["georeferencing_method"] = [concept("georeferencing-method", "geocoordinates")]
    if terms := _terms(draft.get("license", [])):
        draft["resources"] = [each | {"conditions_for_access_and_usage": terms} for each in draft["resources"]]
    frequency = str(source.options.get("frequency") or "") or draft.get("frequency")
    draft |= {"frequency": frequency} if frequency else {}
    kept = {field: value for field, value in draft.items() if value not in (None, "", [], {})}
    candidate = normalise(kept, source, changes)
    return replace(candidate, findings=(*candidate.findings, *findings))


def _terms(stated: list[str]) -> str:
    """A licence that the list knows costs nothing; of another one only that it is there is known."""
    if licence(stated):
        return concept("conditions-for-access-and-usage", "licence-provided-free-of-charge")
    return concept("conditions-for-access-and-usage", "licence-provided") if stated else ""
