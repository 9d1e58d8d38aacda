"""smartregion: the catalogue's wiring, its look and its translations."""

from __future__ import annotations

import json
from collections import OrderedDict
from typing import Any

import click

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.common import CKANConfig
from ckan.lib.plugins import DefaultTranslation
from ckan.types import Context

from ckanext.smartregion import cli, deferred, facets, outgoing, search_words
from ckanext.smartregion.interface import language


@tk.blanket.config_declarations
@tk.blanket.helpers
@tk.blanket.actions
@tk.blanket.auth_functions
@tk.blanket.blueprints
class SmartregionPlugin(p.SingletonPlugin, DefaultTranslation):
    """The core of the platform; every other plugin of ours builds on it."""

    p.implements(p.IConfigurer)
    p.implements(p.IConfigurable)
    p.implements(p.ITranslation)
    p.implements(p.IClick)
    p.implements(p.IFacets, inherit=True)
    p.implements(p.IPackageController, inherit=True)

    def update_config(self, config: CKANConfig) -> None:
        """Add our templates, public files and assets."""
        tk.add_template_directory(config, "templates")
        tk.add_public_directory(config, "public")
        tk.add_resource("assets", "smartregion")

    def configure(self, config: CKANConfig) -> None:
        """Refuse to start with quiet hours that can't be read: a host would be called when it must not be."""
        outgoing.quiet_hours()

    def i18n_domain(self) -> str:
        """One domain for all plugins of ours."""
        return "ckanext-smartregion"

    def get_commands(self) -> list[Any]:
        """`ckan smartregion ...`, with the commands of the features that are switched on."""
        group: click.Group = cli.smartregion
        cli.mount_features(group)
        return [group]

    def dataset_facets(self, facets_dict: OrderedDict[str, Any], package_type: str) -> OrderedDict[str, Any]:
        """The filters of the search page."""
        return OrderedDict(facets.titles())

    def organization_facets(
        self, facets_dict: OrderedDict[str, Any], organization_type: str, package_type: str | None
    ) -> OrderedDict[str, Any]:
        """The filters on the page of an organisation."""
        return OrderedDict(facets.titles(organization=True))

    def after_dataset_update(self, context: Context, pkg_dict: dict[str, Any]) -> None:
        """Have history written of an update whose commit is the caller's; CKAN tells of the others itself."""
        if deferred.is_deferred(context):
            deferred.tell_of_change(context, pkg_dict["id"])

    def before_dataset_index(self, pkg_dict: dict[str, Any]) -> dict[str, Any]:
        """Index what filters and search need, and of a place its name alone."""
        return facets.without_coordinates(pkg_dict) | facets.indexed(json.loads(pkg_dict["validated_data_dict"]))

    def before_dataset_search(self, search_params: dict[str, Any]) -> dict[str, Any]:
        """Look for most of the words that a person typed, without their accents; leave a query by fields as it is."""
        query = search_params.get("q") or ""
        if ":" in query:
            return search_params
        return {"mm": search_words.MOST_OF_THE_WORDS, **search_params, "q": search_words.without_accents(query)}

    def after_dataset_search(self, search_results: dict[str, Any], search_params: dict[str, Any]) -> dict[str, Any]:
        """Name the values of the filters in the language of the page."""
        facets.name_items(search_results.get("search_facets", {}), language())
        return search_results
