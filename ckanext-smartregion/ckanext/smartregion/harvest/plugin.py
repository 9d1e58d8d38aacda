"""smartregion_harvest: municipal data arrives by itself, on schedule, through the gate."""

from __future__ import annotations

from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.common import CKANConfig

from ckanext.smartregion import news
from ckanext.smartregion.harvest import cli, helpers, views
from ckanext.smartregion.harvest.engine import signals
from ckanext.smartregion.harvest.logic import action, auth
from ckanext.smartregion.harvest.metrics.views import smartregion_metrics
from ckanext.smartregion.harvest.notices import finding
from ckanext.smartregion.harvest.notices.views import smartregion_notices

commands: list[Any] = [cli.source, cli.run, cli.record, cli.scheduler]


@tk.blanket.actions(action)
@tk.blanket.auth_functions(auth)
@tk.blanket.blueprints(lambda: [views.smartregion_harvest, smartregion_notices, smartregion_metrics])
@tk.blanket.helpers(helpers)
class SmartregionHarvestPlugin(p.SingletonPlugin):
    """Sources, runs and their pages."""

    p.implements(p.IConfigurer)
    p.implements(p.ISignal)

    def update_config(self, config: CKANConfig) -> None:
        """Add the pages of harvesting."""
        tk.add_template_directory(config, "templates")

    def get_signal_subscriptions(self) -> dict[Any, Any]:
        """Look for news when a run is closed and at every look of the scheduler; keep what others tell of datasets."""
        return {
            signals.run_closed: [finding.after_run],
            signals.ticked: [finding.at_tick],
            news.DATASET: [finding.about_dataset],
        }
