"""Dataset and organisation contracts: YAML files for people, composed here into the form that scheming reads."""

import copy
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
Definition = dict[str, Any]


def dataset_contracts() -> dict[str, Definition]:
    """Every dataset contract, by type, each with the fields of the base and its own."""
    return copy.deepcopy(_dataset_contracts())


def organization_contract() -> Definition:
    """The contract of an organisation."""
    return copy.deepcopy(_organization_contract())


@cache
def _dataset_contracts() -> dict[str, Definition]:
    base = read("datasets/base.yaml")
    themed = (read(f"datasets/{path.name}") for path in sorted((FOLDER / "datasets").glob("theme-*.yaml")))
    contracts = [base, *(_extend(base, theme) for theme in themed)]
    return {contract["dataset_type"]: _compose(contract) for contract in contracts}


@cache
def _organization_contract() -> Definition:
    return _compose(read("organizations/organization.yaml"))


def read(name: str) -> Definition:
    """The content of one contract file, as written."""
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))


def _extend(base: Definition, theme: Definition) -> Definition:
    """The base and a theme as one contract: the theme's own fields last, its adjustments laid over the base's."""
    adjust = theme.get("adjust", {})
    contract = {**theme, "scheming_version": base["scheming_version"]}
    for part in ("dataset_fields", "resource_fields"):
        inherited = [{**entry, **adjust.get(part, {}).get(name_of(entry), {})} for entry in base[part]]
        contract[part] = inherited + theme.get(part, [])
    return contract


def name_of(entry: Definition) -> str:
    """The name of a field, written out or taken from the shared ones."""
    return entry.get("field_name") or entry["use"]


def _compose(contract: Definition) -> Definition:
    parts = {part: [_field(entry) for entry in contract[part]] for part in PARTS if part in contract}
    return {**{key: value for key, value in contract.items() if key not in NOT_SCHEMING}, **parts}


PARTS = ("dataset_fields", "resource_fields", "fields")
NOT_SCHEMING = ("adjust",)


def _field(entry: Definition) -> Definition:
    """One field with its shared definition and its preset laid under it, and its subfields likewise."""
    shared = {"field_name": entry["use"], **_shared()[entry["use"]]} if "use" in entry else {}
    field = {**shared, **{key: value for key, value in entry.items() if key != "use"}}
    preset = _presets().get(field.get("preset", ""))
    if preset:
        field = {**preset, **{key: value for key, value in field.items() if key != "preset"}}
    subfields = field.get("repeating_subfields")
    if subfields:
        field["repeating_subfields"] = [_field(subfield) for subfield in subfields]
    return field


@cache
def _shared() -> dict[str, Definition]:
    return read("datasets/shared-fields.yaml")


@cache
def _presets() -> dict[str, Definition]:
    return read("datasets/presets.yaml")
