"""A dataset against its contract: scheming's own validation, with what is the same for each dataset done once.

Scheming makes the validators of all fields anew for each dataset, and CKAN looks through the whole dataset for each
field that is stored among its extras.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any

from ckan.types import Context, Schema

from ckanext.scheming import plugins as scheming
from ckanext.smartregion import deferred, navl

Data = dict[str, Any]
MAKERS = ("_field_validators", "_field_create_validators", "_field_output_validators")


class ContractValidation:
    """The validation of the datasets of some contracts; those are not changed while it is used."""

    def __init__(self, contracts: Data) -> None:
        self.contracts = contracts
        self._made: dict[tuple[str, int, bool], Any] = {}
        theirs = scheming.SchemingDatasetsPlugin.validate
        ours = {"navl_validate": _answered, **{name: self._remembering(name) for name in MAKERS}}
        self._validate = FunctionType(theirs.__code__, theirs.__globals__ | ours, argdefs=theirs.__defaults__)

    def validate(
        self, plugin: object, context: Context, data: Data, schema: Schema, action: str
    ) -> tuple[Data, dict[str, Any]]:
        """The converted data and the errors by field; `plugin` is scheming's, `action` as CKAN says it."""
        if action == "package_show" and data.get("type") in self.contracts:
            data = _unpacked(self.contracts[data["type"]], data, schema)
        return self._validate(plugin, context, data, schema, action)

    def _remembering(self, name: str) -> Callable[[Data, Data, bool], Any]:
        make = getattr(scheming, name)

        def remembered(field: Data, contract: Data, extra: bool) -> Any:
            extra = extra and name != "_field_output_validators"  # what is read was unpacked
            key = (name, id(field), extra)
            if key not in self._made:
                self._made[key] = make(field, contract, extra)
            return self._made[key]

        return remembered


def _answered(data: Data, schema: Schema, context: Context) -> tuple[Data, dict[str, Any]]:
    """CKAN's validation, without the questions that a deferred write has the answers to."""
    return navl.validate(data, deferred.unasked(schema) if deferred.asks_nothing(context, data) else schema, context)


def _unpacked(contract: Data, stored: Data, schema: Schema) -> Data:
    """The dataset with the contract's fields taken out of its extras; scheming does so itself with those of parts."""
    fields = {field["field_name"] for field in contract["dataset_fields"] if "repeating_subfields" not in field}
    fields -= schema.keys()
    extras = stored.get("extras") or []
    found = {extra["key"]: extra["value"] for extra in reversed(extras) if extra["key"] in fields}
    return stored | found | {"extras": [extra for extra in extras if extra["key"] not in fields]} if found else stored
