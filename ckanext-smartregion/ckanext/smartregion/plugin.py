"""smartregion: the catalogue's wiring, its look and its translations."""

from __future__ import annotations

from typing import Any

import click

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.common import CKANConfig
from ckan.lib.plugins import DefaultTranslation

from ckanext.smartregion import cli


@tk.blanket.config_declarations
@tk.blanket.helpers
@tk.blanket.actions
@tk.blanket.auth_functions
@tk.blanket.blueprints
class SmartregionPlugin(p.SingletonPlugin, DefaultTranslation):
    """The core of the platform; every other plugin of ours builds on it."""

    p.implements(p.IConfigurer)
    p.implements(p.ITranslation)
    p.implements(p.IClick)

    def update_config(self, config: CKANConfig) -> None:
        """Add our templates, public files and assets."""
        tk.add_template_directory(config, "templates")
        tk.add_public_directory(config, "public")
        tk.add_resource("assets", "smartregion")

    def i18n_domain(self) -> str:
        """One domain for all plugins of ours."""
        return "ckanext-smartregion"

    def get_commands(self) -> list[Any]:
        """`ckan smartregion ...`, with the commands of the features that are switched on."""
        group: click.Group = cli.smartregion
        cli.mount_features(group)
        return [group]
