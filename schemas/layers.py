"""Regional layers: the rules of each as layers.yaml gives them, and the table contract that a layer's own file has."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml

Contract = TypeVar("Contract", bound=Any)  # a TableContract, whose module imports this one
FILE = Path(__file__).parent / "layers.yaml"
PREFIX = "layer-"
ALWAYS = "always"
# Every row was judged in its own file, with the exceptions that were signed for it. What is asked of it here is a place
# in the table: values of the column's type, an origin, and a key.
POLICY = {"key": "block", "required": "block", "type": "block", "decimal-comma": "block"} | dict.fromkeys(
    ("personal-iban", "personal-email", "personal-phone", "personal-name"), "note"
)
POLICY_VERSION = "layer 2"
# A new version of each part was compared with its former one. A layer grows and shrinks with those who take part.
NEVER_COMPARED = {"least-rows": float("inf")}


@dataclass(frozen=True)
class Admission:
    """A licence under which a layer may stand, and the licences whose files it admits; codes of the vocabulary."""

    licence: str
    admits: tuple[str, ...]


@dataclass(frozen=True)
class LayerRules:
    """How the files of one table contract become a layer.

    ``regional_column`` None: keys are an organisation's own; ``regional_pattern`` None beside it: all are regional.
    """

    contract: str
    type: str
    describes: dict[str, Any]
    precedence: tuple[str, ...]
    admissions: tuple[Admission, ...]
    regional_column: str | None = None
    regional_pattern: str | None = None
    renamed: dict[str, str] = field(default_factory=dict)


def is_layer(contract: str | None) -> bool:
    """Whether the name of a table contract is that of a layer's own file."""
    return bool(contract) and str(contract).startswith(PREFIX)


@cache
def _said() -> dict[str, Any]:
    return yaml.load(FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


@cache
def layer_rules(contract: str, key: tuple[str, ...]) -> LayerRules:
    """The rules of a contract's layer, by the contract's name and the columns of its key."""
    said = _said()
    one = said["layers"].get(contract, said["otherwise"])
    regional = one.get("regional")
    whole = regional == ALWAYS
    return LayerRules(
        contract=contract,
        type=one["type"],
        describes=one["describes"],
        precedence=tuple(one.get("precedence") or said["precedence"]),
        admissions=tuple(Admission(each["licence"], tuple(each["admits"])) for each in said["licences"]),
        regional_column=key[0] if whole else (regional or {}).get("column"),
        regional_pattern=None if whole else (regional or {}).get("pattern"),
        renamed=one.get("renamed", {}),
    )


def layer_texts(kind: str) -> dict[str, Any]:
    """What the dataset of a layer says of itself: ``tags``, ``provenance`` or ``files``, as language maps."""
    return _said()[kind]


def origin_names() -> list[str]:
    """The columns that say where a row comes from, in order."""
    return [field["name"] for field in _said()["origin"]]


def layer_contract(contract: Contract) -> Contract:
    """The contract of a layer's file: the columns of a table contract by their types, behind those of the origin."""
    said = _said()
    fields = [{key: value for key, value in one.items() if key != "constraints"} for one in contract.fields]
    key = [said["origin"][0]["name"], *contract.key]
    title = {tag: said["title"][tag] + text for tag, text in contract.title.items()}
    description = {tag: said["description"][tag] + text for tag, text in contract.description.items()}
    described = {"name": PREFIX + contract.name, "title": title, "description": description}
    schema = contract.schema | described | {"fields": [*said["origin"], *fields], "primaryKey": key}
    return replace(
        contract,
        name=described["name"],
        title=title,
        description=description,
        schema=schema,
        policy=POLICY,
        policy_version=POLICY_VERSION,
        key=key,
        rules=[],
        tolerance={},
        plausibility=NEVER_COMPARED,
        personal={},
        fixed=frozenset(),
    )
