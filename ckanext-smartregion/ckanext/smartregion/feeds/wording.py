"""A change of the log as people read it: the field by its name in the form, what stood and stands there. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ckanext.smartregion.schemas import dataset_contracts, vocabulary
from ckanext.smartregion.translations import OF_DATASETS, OF_RESOURCES, localised

LONGEST = 160  # signs of a value
FOLLOWERS = {core: translated for translated, core in {**OF_DATASETS, **OF_RESOURCES}.items()}

Field = Mapping[str, Any]


class Told(NamedTuple):
    """A changed field: its label (empty for a whole file), its file (empty for the dataset), its values."""

    label: str
    file: str
    before: str
    after: str


def told(kind: str, fields: list[dict[str, Any]], language: str, files: Mapping[str, str]) -> list[Told]:
    """The changes of a version that people know from the form of their type; bookkeeping is left out.

    ``fields`` are those of the log, ``files`` the names of the dataset's files by id.
    """
    contract = dataset_contracts().get(kind) or dataset_contracts()["dataset"]
    names = {each["field"] for each in fields}
    return [line for each in fields for line in _line(contract, each, names, language, files)]


def _line(contract: Field, change: Field, names: set[str], language: str, files: Mapping[str, str]) -> Iterator[Told]:
    path = change["field"].split("/", 2)
    before, after = change["before"], change["after"]
    if path[0] != "resources" or len(path) == 1:
        field = _field(contract["dataset_fields"], path[0], names)
        if field:
            yield Told(localised(field["label"], language), "", *_values(field, before, after, language))
    elif len(path) == 2:
        yield Told("", "", _file_name(before, language), _file_name(after, language))
    else:
        field = _field(contract["resource_fields"], path[2], {name.rpartition("/")[2] for name in names})
        if field:
            values = _values(field, before, after, language)
            yield Told(localised(field["label"], language), files.get(path[1], ""), *values)


def _field(fields: list[Field], name: str, names: set[str]) -> Field | None:
    """The field of the form; a text of CKAN's core is told only where the texts that it follows are not."""
    if FOLLOWERS.get(name) in names:
        return None
    wanted = FOLLOWERS.get(name, name)
    return next((field for field in fields if field["field_name"] in (name, wanted)), None)


def _values(field: Field, before: Any, after: Any, language: str) -> tuple[str, str]:
    if isinstance(before, dict) and isinstance(after, dict):
        return _texts(before, after)
    return _value(field, before, language), _value(field, after, language)


def _texts(before: Field, after: Field) -> tuple[str, str]:
    """Of texts in many languages, those that differ, each with its language."""
    changed = [code for code in {**before, **after} if before.get(code) != after.get(code)]
    return _in_languages(before, changed), _in_languages(after, changed)


def _in_languages(texts: Field, codes: list[str]) -> str:
    return _short(" · ".join(f"{code}: {_plain(texts[code])}" for code in codes if texts.get(code)))


def _value(field: Field, value: Any, language: str) -> str:
    if "vocabulary" in field:
        values = value if isinstance(value, list) else [value] if value else []
        concepts = ((each, vocabulary(field["vocabulary"]).find(str(each))) for each in values)
        return _short(", ".join(concept.label(language) if concept else str(each) for each, concept in concepts))
    if isinstance(value, dict):
        return _in_languages(value, list(value))
    return _short(_plain(value))


def _plain(value: Any) -> str:
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _file_name(file: Any, language: str) -> str:
    if not file:
        return ""
    return _short(
        str(localised(file.get("name_translated"), language) or file.get("name") or file.get("url") or file["id"])
    )


def file_names(dataset: Field | None, language: str) -> dict[str, str]:
    """The names of a dataset's files by id."""
    return {file["id"]: _file_name(file, language) for file in (dataset or {}).get("resources", [])}
