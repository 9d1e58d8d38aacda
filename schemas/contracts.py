"""Dataset and organisation contracts: YAML files for people, composed here into the form that scheming reads."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
PARTS = ("dataset_fields", "resource_fields", "fields")
FOR_COMPOSING = {"adjust", "extends"}
Definition = dict[str, Any]


@cache
def dataset_contracts() -> dict[str, Definition]:
    """Every dataset contract by its type: the base, and each theme as the base with its own fields. Only to read."""
    base = read("datasets/base.yaml") | {"resource_fields": read("datasets/resources.yaml")}
    themes = (_extend(base, definition) for definition in _themes())
    return {str(contract["dataset_type"]): _compose(contract) for contract in (base, *themes)}


@cache
def organization_contract() -> Definition:
    """The contract of an organisation. Only to read."""
    return _compose(read("organizations/organization.yaml"))


def read(name: str) -> Definition:
    """One contract file as it is written, before composition."""
    # libyaml, ten times as quick as the pure reader: every command reads all contracts
    return yaml.load((FOLDER / name).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def _themes() -> list[Definition]:
    files = sorted((FOLDER / "datasets").glob("*.yaml"))
    return [content for file in files if "extends" in (content := read(f"datasets/{file.name}"))]


def _extend(base: Definition, theme: Definition) -> Definition:
    """The base's fields with the theme's adjustments laid over them, then the theme's own."""
    contract = {**base, **theme}
    for part in ("dataset_fields", "resource_fields"):
        adjust = theme.get("adjust", {}).get(part, {})
        contract[part] = [{**field, **adjust.get(_name(field), {})} for field in base[part]] + theme.get(part, [])
    return contract


def _name(field: Definition) -> str:
    return field.get("field_name") or field["use"]


def _compose(contract: Definition) -> Definition:
    parts = {part: [_field(entry) for entry in contract[part]] for part in PARTS if part in contract}
    return {key: value for key, value in contract.items() if key not in FOR_COMPOSING} | parts


def _field(entry: Definition) -> Definition:
    """One field complete: its preset at the bottom, the shared definition above, what the contract says on top."""
    own = {key: value for key, value in entry.items() if key != "use"}
    field = ({"field_name": entry["use"], **_shared()[entry["use"]]} if "use" in entry else {}) | own
    preset = _presets().get(field.get("preset", ""))
    if preset:
        del field["preset"]
        field = preset | field
    if field.get("assume"):
        field = {"default": field["assume"]} | field
    if "repeating_subfields" in field:
        field["repeating_subfields"] = [_field(subfield) for subfield in field["repeating_subfields"]]
    return field


@cache
def _shared() -> dict[str, Definition]:
    return read("datasets/shared-fields.yaml")


@cache
def _presets() -> dict[str, Definition]:
    return read("datasets/presets.yaml")
