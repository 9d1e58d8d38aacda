"""smartregion_feeds: what the world reads."""

from __future__ import annotations

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.common import CKANConfig
from ckan.types import CKANApp

from ckanext.smartregion.feeds import cli, helpers, views
from ckanext.smartregion.feeds.front import Front
from ckanext.smartregion.feeds.logic import action, auth
from ckanext.smartregion.feeds.logic.newest import Newest
from ckanext.smartregion.feeds.views.directly import Directly

commands = [cli.feed]


@tk.blanket.actions(action)
@tk.blanket.auth_functions(auth)
@tk.blanket.blueprints(lambda: [views.smartregion_feeds])
@tk.blanket.helpers(helpers)
class SmartregionFeedsPlugin(p.SingletonPlugin):
    """DCAT-AP 3.0.1, HVD and mobilityDCAT-AP at the addresses of ckanext-dcat, whose plugin `dcat` must be on."""

    p.implements(p.IConfigurer)
    p.implements(p.IMiddleware, inherit=True)

    def update_config(self, config: CKANConfig) -> None:
        """Add the pages of the feeds."""
        tk.add_template_directory(config, "templates")

    def make_middleware(self, app: CKANApp, config: CKANConfig) -> CKANApp:
        """Answer again what was answered before, before CKAN begins its work."""
        app.wsgi_app = Front(app.wsgi_app, Newest(), Directly(app))  # type: ignore[method-assign]
        return app
