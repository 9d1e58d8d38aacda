"""smartregion_quality: nothing is published without a verdict."""

from __future__ import annotations

from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.common import CKANConfig
from ckan.types import Context, SignalMapping

from ckanext.smartregion import deferred, news
from ckanext.smartregion.quality import cli, ending, files, gate, helpers, model, presenting, tables, views
from ckanext.smartregion.quality.layers import waking
from ckanext.smartregion.quality.logic import action, auth

commands = [cli.quality]


def actions() -> dict[str, Any]:
    """The gate's actions; those around the datastore's where there is one."""
    names = [name for name in action.__all__ if p.plugin_loaded("datastore") or not name.startswith("datastore_")]
    return {name: getattr(action, name) for name in names}


def template_helpers() -> dict[str, Any]:
    """The gate's helpers; that around the datastore's where there is one."""
    ours = {name: each for name, each in vars(helpers).items() if name.startswith("smartregion_")}
    theirs = {"datastore_dictionary": helpers.datastore_dictionary} if p.plugin_loaded("datastore") else {}
    return ours | theirs


@tk.blanket.actions(actions)
@tk.blanket.auth_functions(auth)
@tk.blanket.blueprints(views)
@tk.blanket.helpers(template_helpers)
class SmartregionQualityPlugin(p.SingletonPlugin):
    """The gate: its chained writes, its memory, its pages."""

    p.implements(p.IConfigurer)
    p.implements(p.IPackageController, inherit=True)
    p.implements(p.ISignal)
    p.implements(p.IUploader, inherit=True)

    def update_config(self, config: CKANConfig) -> None:
        """Add the gate's pages."""
        tk.add_template_directory(config, "templates")

    def get_signal_subscriptions(self) -> SignalMapping:
        """Tables of datasets whose writer died before it had them loaded, and exceptions that end."""
        return {deferred.LEFT_BEHIND: [tables.catch_up], news.TICKED: [ending.at_tick]}

    def get_resource_uploader(self, data_dict: dict[str, Any]) -> files.StoredUpload:
        """Files by content instead of by resource: a bad new version never overwrites a good one."""
        return files.StoredUpload(data_dict)

    def after_dataset_create(self, context: Context, pkg_dict: dict[str, Any]) -> None:
        """Store the decision in the transaction of the write; layers of which it is a part follow later."""
        gate.remember(context, pkg_dict["id"])
        waking.wake(pkg_dict["id"])

    def after_dataset_update(self, context: Context, pkg_dict: dict[str, Any]) -> None:
        """Store the decision in the transaction of the write; layers of which it is a part follow later."""
        gate.remember(context, pkg_dict["id"])
        waking.wake(pkg_dict["id"])

    def after_dataset_delete(self, context: Context, pkg_dict: dict[str, Any]) -> None:
        """Layers of which it was a part follow later."""
        waking.wake(pkg_dict["id"])

    def after_dataset_show(self, context: Context, pkg_dict: dict[str, Any]) -> None:
        """Add the verdict; what is held is shown to those who may change the dataset."""
        if not context.get("for_update") and pkg_dict.get("id"):
            public = None if pkg_dict.get("state") != "active" else True
            pkg_dict["verdict"] = presenting.short(pkg_dict, model.latest(pkg_dict["id"], public=public))
