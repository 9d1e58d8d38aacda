"""smartregion_feeds: what the world reads."""

from __future__ import annotations

import ckan.plugins as p
import ckan.plugins.toolkit as tk

from ckanext.smartregion.feeds import cli, views
from ckanext.smartregion.feeds.logic import action

commands = [cli.feed]


@tk.blanket.actions(action)
@tk.blanket.blueprints(lambda: [views.smartregion_feeds])
class SmartregionFeedsPlugin(p.SingletonPlugin):
    """DCAT-AP 3.0.1, HVD and mobilityDCAT-AP at the addresses of ckanext-dcat, whose plugin `dcat` must be on."""
