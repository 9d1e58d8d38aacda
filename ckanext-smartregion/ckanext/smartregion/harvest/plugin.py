"""smartregion_harvest: municipal data arrives by itself, on schedule, through the gate."""

from __future__ import annotations

from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.common import CKANConfig

from ckanext.smartregion.harvest import cli, helpers, views
from ckanext.smartregion.harvest.logic import action, auth

commands: list[Any] = [cli.source, cli.scheduler]


@tk.blanket.actions(action)
@tk.blanket.auth_functions(auth)
@tk.blanket.blueprints(views)
@tk.blanket.helpers(helpers)
class SmartregionHarvestPlugin(p.SingletonPlugin):
    """Sources, runs and their pages."""

    p.implements(p.IConfigurer)

    def update_config(self, config: CKANConfig) -> None:
        """Add the pages of harvesting."""
        tk.add_template_directory(config, "templates")
