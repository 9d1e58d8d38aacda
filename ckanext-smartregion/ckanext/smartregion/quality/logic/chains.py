"""The two doors of CKAN through which every dataset goes, chained to the gate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import ChainedAction, Context

from ckanext.smartregion.quality import gate


@tk.chained_action
def package_create(up: Callable[..., Any], context: Context, data_dict: dict[str, Any]) -> Any:
    """Create a dataset, or keep it a draft where it does not pass the gate."""
    return gate.write(up, context, data_dict, creating=True)


@tk.chained_action
def package_update(up: Callable[..., Any], context: Context, data_dict: dict[str, Any]) -> Any:
    """Change a dataset; a change of a published one that does not pass the gate waits."""
    return gate.write(up, context, data_dict, creating=False)


def chained_actions() -> dict[str, ChainedAction]:
    """What the plugin puts around CKAN's own actions."""
    return {"package_create": package_create, "package_update": package_update}
