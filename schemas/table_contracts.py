"""Table contracts: what a table must look like, one folder each in tables/, linted when loaded."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ckanext.smartregion.schemas.table_lint import faults
from ckanext.smartregion.schemas.vocabulary import LANGUAGES

FOLDER = Path(__file__).parent / "tables"
SEVERITIES = ("block", "warn", "note")
LanguageMap = dict[str, str]


class ContractNotFound(KeyError):  # noqa: N818 - what happened, not a kind of error
    """No table contract of that name or version is installed; the text says which there are."""

    def __str__(self) -> str:
        """The sentence, without the quotes that KeyError adds."""
        return str(self.args[0])


class ContractFaulty(ValueError):  # noqa: N818 - what is wrong, not a kind of error
    """A table contract that may not be used; the text says why."""


@dataclass(frozen=True)
class TableContract:
    """A table contract: a Table Schema with texts in four languages, a policy, a key and two examples."""

    name: str
    version: str
    title: LanguageMap
    description: LanguageMap
    schema: dict[str, Any]
    policy: dict[str, str]
    policy_version: str
    key: list[str]
    example_valid: Path
    example_invalid: Path

    @property
    def fields(self) -> list[dict[str, Any]]:
        """The fields in order, with titles and descriptions as language maps."""
        return self.schema["fields"]

    @property
    def field_names(self) -> list[str]:
        """The column names in order."""
        return [field["name"] for field in self.fields]

    @property
    def id(self) -> str:
        """What a resource writes in its field `schema` to name exactly this version."""
        return f"{self.name}@{self.version}"

    def table_schema(self, language: str = "fr") -> dict[str, Any]:
        """The contract as a standard Table Schema, with its texts in one language."""
        fields = [
            {key: _in(value, language) for key, value in field.items() if key != "labels"} for field in self.fields
        ]
        top = {key: _in(value, language) for key, value in self.schema.items() if key != "source"}
        return {**top, "fields": fields}


def table_contracts() -> list[TableContract]:
    """Every installed table contract, by name."""
    return [_load(folder.parent) for folder in sorted(FOLDER.glob("*/contract.json"))]


def table_contract(name: str, version: str | None = None) -> TableContract:
    """The table contract of this name (or name@version)."""
    name, _, written = name.partition("@")
    version = version or written or None
    installed = {contract.name: contract for contract in table_contracts()}
    if name not in installed:
        raise ContractNotFound(f"There is no table contract '{name}'; installed are: {', '.join(installed)}.")
    contract = installed[name]
    if version and version != contract.version:
        raise ContractNotFound(f"Table contract '{name}' has no version {version}; installed is {contract.version}.")
    return contract


def load_table_contract(folder: Path) -> TableContract:
    """Read and lint the table contract of one folder."""
    schema = _read_schema(folder / "contract.json")
    policy = _read_policy(folder / "policy.yaml")
    return TableContract(
        name=folder.name,
        version=str(schema["version"]),
        title=schema["title"],
        description=schema["description"],
        schema=schema,
        policy=policy["rules"],
        policy_version=str(policy["version"]),
        key=list(schema.get("primaryKey", [])),
        example_valid=folder / "valid.csv",
        example_invalid=folder / "invalid.csv",
    )


_load = cache(load_table_contract)


def _read_schema(path: Path) -> dict[str, Any]:
    try:
        schema = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ContractFaulty(f"Table contract '{path.parent.name}' can't be read: {error}.") from error
    found = [*_missing_texts(schema), *faults(schema)]
    if found:
        raise ContractFaulty(f"Table contract '{path.parent.name}' can't be used. " + " ".join(found))
    return schema


def _missing_texts(schema: dict[str, Any]) -> list[str]:
    """Sentences on titles and descriptions that lack one of the four languages."""
    places = [
        ("The contract", schema),
        *((f"Field '{field.get('name')}'", field) for field in schema.get("fields", [])),
    ]
    return [
        f"{place} needs its {kind} in {', '.join(LANGUAGES)}."
        for place, holder in places
        for kind in ("title", "description")
        if not isinstance(holder.get(kind), dict) or not all(holder[kind].get(code) for code in LANGUAGES)
    ] + ([] if schema.get("version") else ["The contract has no version."])


def _read_policy(path: Path) -> dict[str, Any]:
    try:
        policy = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        wrong = {rule: severity for rule, severity in policy["rules"].items() if severity not in SEVERITIES}
        version = policy["version"]
    except (OSError, yaml.YAMLError, TypeError, KeyError, AttributeError) as error:
        raise ContractFaulty(f"The policy of '{path.parent.name}' needs 'version' and 'rules': {error}.") from error
    if wrong:
        raise ContractFaulty(f"The policy of '{path.parent.name}' knows only block, warn and note, not {wrong}.")
    return {"rules": dict(policy["rules"]), "version": version}


def _in(value: Any, language: str) -> Any:
    is_map = isinstance(value, dict) and set(value) == set(LANGUAGES)
    return value[language] if is_map else value
