"""Datasets are validated as scheming and CKAN would, only faster: the same values and errors for each contract."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

import pytest

from ckan import model
from ckan.lib import plugins as lib_plugins

from ckanext.scheming.plugins import SchemingDatasetsPlugin
from ckanext.smartregion.schemas import dataset_contracts

from tests.feeds.examples import BASE_FIELDS, MOBILITY_FIELDS, TYPES

pytestmark = pytest.mark.usefixtures("with_plugins", "clean_db")

ODD = (None, "", "x", 7, [], {}, {"fr": "Eau"}, {"fr": ["eau"]}, ["a", "b"], '["a"]', [{"name": "Eau"}], [{}], True)
OF_THE_DATABASE = ("owner_org", "name")  # CKAN looks them up as they are
SCHEMAS = {"package_create": "create", "package_update": "update", "package_show": "show"}


def drawn(fields: list[dict[str, Any]], known: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """Some fields of a contract, and one that it does not have, with values that are right, odd or missing."""
    found = {"unknown": "x"} if chance.random() < 0.2 else {}
    names = [field["field_name"] for field in fields if field["field_name"] not in OF_THE_DATABASE]
    for name in names:
        right = name in known and chance.random() < 0.7
        if right or chance.random() < 0.01:
            found[name] = copy.deepcopy(known[name] if right else chance.choice(ODD))
    return found


def dataset(kind: str, chance: random.Random) -> dict[str, Any]:
    contract = dataset_contracts()[kind]
    known = BASE_FIELDS | MOBILITY_FIELDS | {"name": "eau", "title": "Eau", "license_id": "cc-by"}
    files = [drawn(contract["resource_fields"], {"url": "https://example.be/a.csv"}, chance) for _ in range(2)]
    return drawn(contract["dataset_fields"], known, chance) | {"type": kind, "resources": files}


def stored(kind: str, chance: random.Random) -> dict[str, Any]:
    """A dataset as the database has it: what CKAN has no column for is an extra, as text."""
    plain = dataset(kind, chance)
    own = {key: plain.pop(key) for key in [*plain] if key not in ("type", "name", "title", "resources", "license_id")}
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in own.items()}
    extras = [{"key": key, "value": value} for key, value in texts.items()]
    return plain | {"id": "eau", "name": "eau", "extras": [*extras, {"key": "foreign", "value": "x"}]}


@pytest.mark.parametrize("action", SCHEMAS)
@pytest.mark.parametrize("kind", TYPES)
def test_values_and_errors_are_those_of_scheming(kind: str, action: str) -> None:
    plugin: Any = lib_plugins.lookup_package_plugin(kind)
    compared = 0
    for seed in range(60):
        given = (stored if action == "package_show" else dataset)(kind, random.Random(seed))
        ours, theirs = (
            outcome(validate, plugin, copy.deepcopy(given), action)
            for validate in (plugin._validation.validate, SchemingDatasetsPlugin.validate)
        )
        if action == "package_show" and isinstance(ours[0], dict):
            ours, theirs = ours[:1], theirs[:1]  # CKAN does not look at what it finds wrong in the stored
        assert ours == theirs, given
        compared += not isinstance(ours[0], type)
    assert compared > 10, "most of what is drawn can be read"


def outcome(validate: Any, plugin: Any, given: dict[str, Any], action: str) -> Any:
    """Values and errors, or what is raised where the data have not the shape that a validator takes for granted."""
    schema = getattr(plugin, f"{SCHEMAS[action]}_package_schema")()
    try:
        return in_any_order(
            validate(plugin, {"ignore_auth": True, "session": model.Session, "user": ""}, given, schema, action)
        )
    except Exception as error:
        return type(error), str(error)


def in_any_order(found: tuple[dict[str, Any], dict[str, Any]]) -> Any:
    """The order of extras is that in which the fields were drawn, and means nothing."""
    values, errors = found
    return values | {"extras": sorted(values.get("extras") or [], key=lambda each: each["key"])}, errors
