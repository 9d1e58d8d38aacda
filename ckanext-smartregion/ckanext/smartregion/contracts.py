"""Contracts in CKAN: dataset and organisation contracts as scheming knows them, completed at each write."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import ckan.model as model
import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.common import CKANConfig
from ckan.lib.munge import munge_title_to_name
from ckan.types import Context, Schema

from ckanext.scheming.plugins import SchemingDatasetsPlugin, SchemingOrganizationsPlugin, _expand_schemas
from ckanext.smartregion import completion, deferred, interface, schemas, translations
from ckanext.smartregion.contract_helpers import HELPERS
from ckanext.smartregion.contract_validation import ContractValidation
from ckanext.smartregion.logic.validators import VALIDATORS

Data = dict[str, Any]


class ContractsPlugin(SchemingDatasetsPlugin):
    """The dataset contracts: forms, validation and pages of every type of dataset."""

    p.implements(p.IPackageController, inherit=True)

    def update_config(self, config: CKANConfig) -> None:
        """Take the composed contracts instead of files named in the configuration."""
        super().update_config(config)
        tk.add_template_directory(config, "contract_templates")
        self._schemas = copy.deepcopy(schemas.dataset_contracts())
        self._expanded_schemas = _expand_schemas(self._schemas)
        self._validation = ContractValidation(self._expanded_schemas)
        self._defaults: dict[str, Schema] = {}

    def create_package_schema(self) -> Schema:
        """CKAN's own, as for the other two: what it makes anew for each dataset is made once."""
        return self._default("create", super().create_package_schema)

    def update_package_schema(self) -> Schema:
        """CKAN's own."""
        return self._default("update", super().update_package_schema)

    def show_package_schema(self) -> Schema:
        """CKAN's own."""
        return self._default("show", super().show_package_schema)

    def _default(self, name: str, make: Callable[[], Schema]) -> Schema:
        if name not in self._defaults:
            self._defaults[name] = make()
        return _own(self._defaults[name])

    def read_template(self) -> str:
        """The portal's own page of a dataset; scheming's would put its table over it."""
        return "package/read.html"

    def resource_template(self) -> str:
        """The portal's own page of a file."""
        return "package/resource_read.html"

    def package_form(self) -> str:
        """A form that asks the few questions first and folds the others."""
        return "scheming/package/snippets/smartregion_package_form.html"

    def resource_form(self) -> str:
        """The same for one file."""
        return "scheming/package/snippets/smartregion_resource_form.html"

    def get_helpers(self) -> Data:
        """Scheming's helpers and ours."""
        return {**super().get_helpers(), **HELPERS}

    def get_validators(self) -> Data:
        """Scheming's validators and ours."""
        return {**super().get_validators(), **VALIDATORS}

    def resource_validation_dependencies(self, package_type: str) -> list[str]:
        """A high-value category of the dataset says something about its files too."""
        return ["hvd_category"]

    def validate(self, context: Context, data_dict: Data, schema: Schema, action: str) -> tuple[Data, Data]:
        """Complete what is written, then check it; what is read is only unpacked."""
        known = deferred.take_validated(context, data_dict, action)
        if known is not None:
            return known, {}
        contract = self._expanded_schemas.get(data_dict.get("type"))
        if contract and action != "package_show":
            data_dict = _completed_dataset(contract, data_dict, context.get("package"))
        return self._validation.validate(self, context, data_dict, schema, action)

    def after_dataset_show(self, context: Context, pkg_dict: Data) -> None:
        """Name the licence, for CKAN's own list of licences does not know European addresses."""
        concept = schemas.vocabulary("licence").by_uri(pkg_dict.get("license_id") or "")
        if concept:
            pkg_dict["license_title"] = concept.label(interface.language())
            pkg_dict["license_url"] = concept.extra["homepage"]
            pkg_dict["isopen"] = concept.extra["open"] == "yes"


def _own(schema: Any) -> Any:
    """A copy whose fields can be changed; the validators themselves are shared."""
    if isinstance(schema, dict):
        return {name: _own(each) for name, each in schema.items()}
    return [*schema] if isinstance(schema, list) else schema


class OrganizationContractPlugin(SchemingOrganizationsPlugin):
    """The organisation contract: form, validation and page of an organisation."""

    def update_config(self, config: CKANConfig) -> None:
        """Take the organisation contract instead of files named in the configuration."""
        super().update_config(config)
        tk.add_template_directory(config, "contract_templates")
        contract = copy.deepcopy(schemas.organization_contract())
        self._schemas = {contract["organization_type"]: contract}
        self._expanded_schemas = _expand_schemas(self._schemas)
        self._validation = ContractValidation(self._expanded_schemas)

    def get_helpers(self) -> Data:
        """Scheming's helpers and ours."""
        return {**super().get_helpers(), **HELPERS}

    def get_validators(self) -> Data:
        """Scheming's validators and ours."""
        return {**super().get_validators(), **VALIDATORS}

    def validate(self, context: Context, data_dict: Data, schema: Schema, action: str) -> tuple[Data, Data]:
        """Complete what is written, then check it."""
        if action.endswith("_show"):
            schema["groups"] = _unchecked(schema["groups"])
        else:
            data_dict = _completed_organization(data_dict, context.get("group"))
        return super().validate(context, data_dict, schema, action)


def _unchecked(groups: Any) -> Data:
    """The parents of an organisation as they are: CKAN reads all organisations to find loops, for each one it shows."""
    return {**groups, "name": []}


def _completed_dataset(contract: Data, data: Data, package: model.Package | None) -> Data:
    completed = _translated(contract["dataset_fields"], data, translations.OF_DATASETS, package)
    if isinstance(completed.get("resources"), list):
        stored = {resource.id: resource for resource in package.resources_all} if package else {}
        completed["resources"] = [
            _translated(
                contract["resource_fields"], resource, translations.OF_RESOURCES, stored.get(resource.get("id"))
            )
            for resource in completed["resources"]
        ]
    completed["name"] = completed.get("name") or _free_name(completed, package, model.Package)
    return completion.complete_dataset(contract, completed, _organization_of(completed, package))


def _completed_organization(data: Data, group: model.Group | None) -> Data:
    fields = schemas.organization_contract()["fields"]
    completed = _translated(fields, data, translations.OF_ORGANIZATIONS, group)
    completed["name"] = completed.get("name") or _free_name(completed, group, model.Group)
    return completed


def _translated(fields: list[Data], data: Data, pairs: dict[str, str], stored: Any) -> Data:
    names = [field["field_name"] for field in fields if "fluent_" in field.get("validators", "")]
    # What was before matters where a core text is written; translations alone are taken as they are.
    told = any(core in data for core in pairs.values()) or "tag_string" in data
    before = _before(stored, pairs) if stored is not None and told else None
    return translations.complete(translations.gather(data, names), pairs, before)


def _before(stored: Any, pairs: dict[str, str]) -> Data:
    """The translations and the core texts of a dataset, file or organisation as they stand before this write."""
    extras = {name: (stored.extras or {}).get(name) for name in pairs}
    core = {name: getattr(stored, name) for name in pairs.values() if name != "tags"}
    tags = {"tags": [{"name": tag.name} for tag in stored.get_tags()]} if "tags" in pairs.values() else {}
    return translations.gather(extras, pairs) | core | tags


def _free_name(data: Data, stored: Any, kind: Any) -> str:
    """The name it has, or the first free one made from its title."""
    if stored is not None:
        return stored.name
    start = munge_title_to_name(data.get("title") or "")
    names = (start, *(f"{start}-{number}" for number in range(2, 1000)))
    return next((name for name in names if name and kind.get(name) is None), start)


def _organization_of(data: Data, package: model.Package | None) -> Data | None:
    identity = data.get("owner_org") or (package and package.owner_org)
    # By its id the session may know it already; by its name the database is asked.
    organization: Any = (model.Session.get(model.Group, identity) or model.Group.get(identity)) if identity else None
    return {"title": organization.title, **organization.extras} if organization else None
