"""A Table Schema that is no contract yet: it may be tried before it is installed, if it passes the lint."""

import json
from pathlib import Path
from typing import Any

from ckanext.smartregion.schemas.table_contracts import ContractFaulty, TableContract, load_table_contract
from ckanext.smartregion.schemas.table_lint import faults
from ckanext.smartregion.schemas.vocabulary import LANGUAGES


def draft_contract(path: Path) -> TableContract:
    """The contract of a folder, or of a file with any Table Schema, whose texts may be in one language.

    Raises ContractFaulty with every sentence that says why it can't be used.
    """
    if path.is_dir():
        return load_table_contract(path)
    schema = _read(path)
    if found := list(faults(schema)):
        raise ContractFaulty(f"The schema {path.name} can't be used. " + " ".join(found))
    whole = {**schema, "fields": [_spoken(field, field["name"]) for field in schema["fields"]]}
    name = str(schema.get("name") or path.stem)
    texts = _spoken(whole, name)
    return TableContract(
        name=name,
        version=str(schema.get("version") or "0.0.0"),
        title=texts["title"],
        description=texts["description"],
        schema=whole,
        policy={},
        policy_version="0",
        key=_listed(schema.get("primaryKey")),
        example_valid=path,
        example_invalid=path,
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        schema = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ContractFaulty(f"The schema {path.name} can't be read: {error}.") from error
    if not isinstance(schema, dict) or not isinstance(schema.get("fields"), list):
        raise ContractFaulty(f"{path.name} is no Table Schema: it has no list of fields.")
    return schema


def _spoken(part: dict[str, Any], name: str) -> dict[str, Any]:
    """With a title and a description in every language: the one there is stands for all."""
    title, description = part.get("title") or name, part.get("description") or ""
    return {**part, "title": _in_all(title), "description": _in_all(description)}


def _in_all(text: Any) -> dict[str, str]:
    if isinstance(text, dict):
        first = next((value for value in text.values() if value), "")
        return {language: str(text.get(language) or first) for language in LANGUAGES}
    return dict.fromkeys(LANGUAGES, str(text))


def _listed(key: Any) -> list[str]:
    return [key] if isinstance(key, str) else list(key or [])
