"""Template helpers for contracts: choices of a vocabulary, labels of concepts, texts in the reader's language."""

from typing import Any

from ckanext.smartregion import translations
from ckanext.smartregion.directory import in_order
from ckanext.smartregion.interface import language
from ckanext.smartregion.schemas import LANGUAGES, file_contracts, vocabulary

Field = dict[str, Any]
LANGUAGE_NAMES = {"fr": "Français", "nl": "Nederlands", "de": "Deutsch", "en": "English"}


def smartregion_choices(field: Field) -> list[dict[str, Any]]:
    """The concepts a field may take, each with its value, its labels and its depth in the list."""
    concepts = vocabulary(field["vocabulary"]).concepts
    parents = {concept.uri: concept.broader for concept in concepts}
    return [
        {
            "value": concept.value(field.get("keeps", "uri")),
            "label": concept.labels,
            "depth": _depth(concept.uri, parents),
        }
        for concept in concepts
    ]


def smartregion_choice_branches(field: Field) -> list[list[dict[str, Any]]]:
    """The choices of a list in branches: each begins with a widest concept, and its narrower ones follow."""
    branches: list[list[dict[str, Any]]] = []
    for choice in smartregion_choices(field):
        if choice["depth"] == 0:
            branches.append([])
        branches[-1].append(choice)
    return branches


def smartregion_table_contract_choices(field: Field) -> list[dict[str, Any]]:
    """The contracts a resource may name, of tables and of formats, by their titles in the language of the interface."""
    choices = [{"value": contract.name, "label": contract.title} for contract in file_contracts()]
    return sorted(choices, key=lambda choice: in_order(smartregion_in_language(choice["label"])))


def smartregion_concept_labels(field: Field, value: Any) -> list[str]:
    """The labels of one or several values of a field in the language of the interface; an unknown value as it is."""
    values = value if isinstance(value, list) else [value] if value else []
    found = ((each, vocabulary(field["vocabulary"]).find(str(each))) for each in values)
    return [concept.label(language()) if concept else str(each) for each, concept in found]


def smartregion_in_language(text: Any) -> Any:
    """A map of languages in the language of the interface, else in French."""
    return translations.localised(text, language())


def smartregion_form_languages() -> list[tuple[str, str]]:
    """The languages in which a form asks for texts, with their own names, French first."""
    return [(code, LANGUAGE_NAMES[code]) for code in LANGUAGES]


def smartregion_form_value(data: dict[str, Any], field: str, code: str) -> str:
    """What a form shows for one language: what was just typed, else what is kept."""
    kept_texts = data.get(field)
    text = data.get(f"{field}-{code}") or (kept_texts.get(code) if isinstance(kept_texts, dict) else "")
    return ", ".join(text) if isinstance(text, list) else text or ""


def _depth(uri: str, parents: dict[str, str | None]) -> int:
    parent = parents.get(uri)
    return 1 + _depth(parent, parents) if parent in parents else 0


HELPERS = {
    name: function
    for name, function in list(globals().items())
    if name.startswith("smartregion_") and callable(function)
}
