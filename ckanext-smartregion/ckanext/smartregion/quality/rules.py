"""The rules and words of a report in four languages, as the data files beside this module say them."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ckanext.smartregion.schemas.format_contracts import format_rules
from ckanext.smartregion.schemas.vocabulary import LANGUAGES

LanguageMap = dict[str, str]


@cache
def rules() -> dict[str, dict[str, Any]]:
    """Every rule by name, in the order of the files: those of the house and of tables, then those of the formats."""
    return house_rules() | format_rules()


@cache
def house_rules() -> dict[str, dict[str, Any]]:
    """The rules of any file and of tables by name, in the order of the file."""
    return _load("rules.yaml")["rules"]


@cache
def words() -> dict[str, dict[str, Any]]:
    """The words around findings: kinds of value, verdicts, severities, errors, examples."""
    return _load("words.yaml")


@cache
def mendings() -> dict[str, LanguageMap]:
    """The words for every kind of mending and every reason to leave a cell, in the order of the file."""
    return _load("mendings.yaml")["mendings"]


@cache
def repair_words() -> dict[str, LanguageMap]:
    """The words around the changes of a repair."""
    return _load("mendings.yaml")["words"]


def filled(template: LanguageMap, values: Mapping[str, Any]) -> LanguageMap:
    """A template in every language with its places filled; a value may itself differ by language."""
    return {language: template[language].format_map(_in(values, language)) for language in LANGUAGES}


def error_text(name: str, **values: Any) -> LanguageMap:
    """The sentence for a check that could not be finished."""
    return filled(words()["errors"][name], values)


def _in(values: Mapping[str, Any], language: str) -> dict[str, Any]:
    return {name: value[language] if isinstance(value, dict) else value for name, value in values.items()}


def _load(name: str) -> dict[str, Any]:
    return yaml.load((Path(__file__).parent / name).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
