"""Writes whose commit is the caller's: what CKAN leaves out of them when `defer_commit` is in the context.

CKAN's `package_create` and `package_update` neither commit nor index then. Three things are missing for a harvest of
many datasets in one transaction: `package_delete` can't be deferred, a deferred update tells the activity plugin of no
change, and work that needs committed data has nowhere to wait.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context

AFTER_COMMIT = "smartregion_after_commit"  # a list in the context of a deferred write: what to call after the commit


def is_deferred(context: Context) -> bool:
    """Whether the caller commits, so that nobody below may commit or roll back."""
    return bool(context.get("defer_commit"))


def after_commit(context: Context, work: Callable[[], object]) -> None:
    """Leave work to the caller of a deferred write, for after the commit; without such a caller it is not done."""
    cast(dict[str, Any], context).get(AFTER_COMMIT, []).append(work)


def tell_of_change(context: Context, package_id: str) -> None:
    """What a committed update says in the context; history is written by it."""
    context.setdefault("changed_entities", {}).setdefault("packages", set()).add(package_id)


def delete(context: Context, package_id: str) -> None:
    """Delete a dataset as CKAN's `package_delete` does, but for its index and its commit."""
    package = model.Package.get(package_id)
    if package is None:
        raise tk.ObjectNotFound
    tk.check_access("package_delete", context, {"id": package.id})
    for plugin in p.PluginImplementations(p.IPackageController):
        plugin.delete(package)
        plugin.after_dataset_delete(context, {"id": package.id})
    package.delete()
    for member in model.Session.query(model.Member).filter_by(table_id=package.id, state="active"):
        member.delete()
    for collaborator in model.Session.query(model.PackageMember).filter_by(package_id=package.id):
        collaborator.delete()
    model.Session.flush()
