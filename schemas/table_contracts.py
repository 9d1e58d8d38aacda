"""Table contracts: what a table must look like, one folder each in tables/, linted when loaded."""

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ckanext.smartregion.schemas.format_contracts import format_names
from ckanext.smartregion.schemas.layers import PREFIX, is_layer, layer_contract
from ckanext.smartregion.schemas.rules.lint import rule_faults
from ckanext.smartregion.schemas.rules.rule import Rule
from ckanext.smartregion.schemas.table_absence import ContractNotFound, LanguageMap
from ckanext.smartregion.schemas.table_history import (
    Change,
    changelog_faults,
    read_changelog,
    read_entries,
    valid_until,
    version_faults,
    version_in_force,
    version_order,
)
from ckanext.smartregion.schemas.table_lint import faults, text_faults
from ckanext.smartregion.schemas.table_plausibility import plausibility_faults
from ckanext.smartregion.schemas.table_policy import (
    SEVERITIES,
    PolicyFaulty,
    TablePolicy,
    fixed_faults,
    personal_faults,
    read_policy,
    tolerance_faults,
)
from ckanext.smartregion.schemas.vocabulary import LANGUAGES

__all__ = [
    "SEVERITIES",
    "ContractFaulty",
    "ContractNotFound",
    "LanguageMap",
    "TableContract",
    "load_table_contract",
    "table_contract",
    "table_contracts",
    "table_versions",
]
FOLDER = Path(__file__).parent / "tables"
OLDER = "versions"
# For software that reads the contract as a standard Table Schema: what is ours alone stays out.
OURS = frozenset({"source", "validUntil"})


class ContractFaulty(ValueError):  # noqa: N818 - what is wrong, not a kind of error
    """A table contract that may not be used; the text says why."""


@dataclass(frozen=True)
class TableContract:
    """A table contract: a Table Schema with texts in four languages, rules of its own, a policy and two examples.

    `valid_until` is the last day of an older version; `tolerance` gives shares of rows (0 to 1) by column.rule;
    `plausibility` gives figures of table_plausibility by rule or column.rule, where they are not those of the house;
    `fixed` names the rules from which nobody may sign an exception.
    """

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
    rules: list[Rule] = field(default_factory=list)
    tolerance: dict[str, float] = field(default_factory=dict)
    plausibility: dict[str, Any] = field(default_factory=dict)
    personal: dict[str, list[str]] = field(default_factory=dict)
    fixed: frozenset[str] = frozenset()
    changelog: list[Change] = field(default_factory=list)
    valid_until: dt.date | None = None

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
        top = {key: _in(value, language) for key, value in self.schema.items() if key not in OURS}
        return {**top, "fields": fields}


def table_contracts() -> list[TableContract]:
    """Every installed table contract in its newest version, by name."""
    return [_load(folder.parent) for folder in sorted(FOLDER.glob("*/contract.json"))]


def table_contract(name: str, version: str | None = None, *, on: dt.date | None = None) -> TableContract:
    """The table contract of this name, or of name@version while that version holds on a day (today if none is given).

    Raises ContractNotFound with a sentence that says what there is instead.
    """
    name, _, written = name.partition("@")
    return version_in_force(table_versions(name), name, version or written or None, on)


def table_versions(name: str) -> list[TableContract]:
    """Every installed version of a table contract, the newest first, those that have ended too.

    A layer's file has a contract as well, made from the one of the files that it joins.
    """
    if is_layer(name):
        return [layer_contract(one) for one in table_versions(name.removeprefix(PREFIX))]
    folder = FOLDER / name
    if folder not in (file.parent for file in FOLDER.glob("*/contract.json")):
        known = sorted([*(file.parent.name for file in FOLDER.glob("*/contract.json")), *format_names()])
        raise ContractNotFound("unknown", name=name, known=", ".join(known))
    older = [_load(file.parent) for file in folder.glob(f"{OLDER}/*/contract.json")]
    return [_load(folder), *sorted(older, key=lambda one: version_order(one.version), reverse=True)]


def load_table_contract(folder: Path) -> TableContract:
    """Read and lint the table contract of one folder, or of one folder of an older version.

    Raises ContractFaulty with every sentence that says why it can't be installed.
    """
    is_older = folder.parent.name == OLDER
    name = folder.parent.parent.name if is_older else folder.name
    schema, rules = _read(name, folder / "contract.json"), _read(name, folder / "rules.yaml")
    policy, changelog = _policy(name, folder), [] if is_older else _read(name, folder / "changelog.yaml")
    found = [*text_faults(schema), *faults(schema), *version_faults(schema, folder.name if is_older else None)]
    if not found:  # what follows speaks of fields, which must be right first
        found = [*rule_faults(rules, schema["fields"]), *_share_faults(policy, schema, rules)]
        found += personal_faults(policy.personal, [field["name"] for field in schema["fields"]])
        found += [] if is_older else changelog_faults(changelog, schema["version"])
    if not found:
        told = [Rule.from_dict(entry) for entry in rules]
        found = list(plausibility_faults(policy.plausibility, list(policy.rules), schema["fields"], told))
    if found:
        raise ContractFaulty(f"Table contract '{name}' can't be used. " + " ".join(found))
    return TableContract(
        name=name,
        version=schema["version"],
        title=schema["title"],
        description=schema["description"],
        schema=schema,
        policy=policy.rules,
        policy_version=policy.version,
        key=schema.get("primaryKey", []),
        example_valid=folder / "valid.csv",
        example_invalid=folder / "invalid.csv",
        rules=[Rule.from_dict(entry) for entry in rules],
        tolerance=policy.tolerance,
        plausibility=policy.plausibility,
        personal=policy.personal,
        fixed=policy.fixed,
        changelog=[] if is_older else read_changelog(folder / "changelog.yaml"),
        valid_until=valid_until(schema),
    )


_load = cache(load_table_contract)


def _read(name: str, path: Path) -> Any:
    """What stands in a file of a contract; only contract.json must be there."""
    try:
        if path.suffix != ".json":
            return read_entries(path)
        if isinstance(schema := json.loads(path.read_text(encoding="utf-8")), dict):
            return schema
        raise ValueError("it holds no map")
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise ContractFaulty(f"Table contract '{name}' can't be read, {path.name}: {error}.") from error


def _policy(name: str, folder: Path) -> TablePolicy:
    try:
        return read_policy(folder / "policy.yaml")
    except PolicyFaulty as error:
        raise ContractFaulty(f"The policy of '{name}' can't be used. {error}") from error


def _share_faults(policy: TablePolicy, schema: dict[str, Any], rules: Any) -> Iterator[str]:
    """What is wrong with what a policy tolerates, and with what it lets nobody lift."""
    ids = [str(entry.get("id")) for entry in rules if isinstance(entry, dict)] if isinstance(rules, list) else []
    names = [field["name"] for field in schema["fields"]]
    yield from tolerance_faults(policy.tolerance, names, ids)
    yield from fixed_faults(policy, names, ids)


def _in(value: Any, language: str) -> Any:
    is_map = isinstance(value, dict) and set(value) == set(LANGUAGES)
    return value[language] if is_map else value
