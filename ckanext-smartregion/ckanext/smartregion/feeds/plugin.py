"""smartregion_feeds: what the world reads."""

from __future__ import annotations

import ckan.plugins as p
import ckan.plugins.toolkit as tk

from ckanext.smartregion.feeds import views
from ckanext.smartregion.feeds.logic import action


@tk.blanket.actions(action)
@tk.blanket.blueprints(views)
class SmartregionFeedsPlugin(p.SingletonPlugin):
    """DCAT-AP 3.0.1, HVD and mobilityDCAT-AP at the addresses of ckanext-dcat, whose plugin `dcat` must be on."""
