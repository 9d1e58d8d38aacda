"""Writes whose commit is the caller's: what CKAN leaves out of them when `defer_commit` is in the context.

CKAN's `package_create` and `package_update` neither commit nor index then. Three things are missing for a harvest of
many datasets in one transaction: `package_delete` can't be deferred, a deferred update tells the activity plugin of no
change, and work that needs committed data has nowhere to wait. Two more make it fast: a dataset is validated once
instead of by the gate and by CKAN, and shown once instead of for its history and for its index.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan import logic, model
from ckan.lib import datapreview
from ckan.lib import plugins as lib_plugins
from ckan.logic.schema import default_show_package_schema
from ckan.types import Context, Schema

from ckanext.smartregion import navl

Data = dict[str, Any]
AFTER_COMMIT = "smartregion_after_commit"  # a list in the context of a deferred write: what to call after the commit
# In the context of a deferred write: nobody has the id and the name of this new dataset, and the id it names as its
# owner is that of an organisation to which it may belong.
FREE = "smartregion_free"
# Sent with the id of a dataset whose write is committed while its process died before what comes after the commit.
LEFT_BEHIND = tk.signals.ckanext.signal("smartregion:left-behind")


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
    is_written(package.id)


def has_default_views(dataset: Data) -> bool:
    """Whether any file can have a default view; CKAN asks the database for its views before it finds out."""
    plugins = datapreview.get_default_view_plugins()
    files = dataset.get("resources") or []
    return any(each.can_view({"resource": file, "package": dataset}) for each in plugins for file in files)


@dataclass(frozen=True)
class _Validated:
    """What came of a validation, and of what: the action, and a copy of the data."""

    action: str
    given: Data
    values: Data


VALIDATED = "smartregion_validated"


def copied(data: Data) -> Data:
    """A copy to the bottom of plain data, for a fifth of what `deepcopy` takes."""
    return pickle.loads(pickle.dumps(data, pickle.HIGHEST_PROTOCOL))  # noqa: S301 - our own, made here


def keep_validated(context: Context, action: str, given: Data, values: Data) -> None:
    """Leave validated values for CKAN, which would validate the same data again; `given` is nobody else's."""
    if "schema" not in context:
        cast(Data, context)[VALIDATED] = _Validated(action, given, values)


def take_validated(context: Context, data: Data, action: str) -> Data | None:
    """The values that were left for this action, once, if they are those of exactly these data."""
    kept: _Validated | None = cast(Data, context).pop(VALIDATED, None)
    return kept.values if kept and kept.action == action and kept.given == data else None


@dataclass
class Shown:
    """A dataset that a deferred write has just written, in the two forms that its index wants: default and custom."""

    package_id: str | None = None
    forms: tuple[Data, Data] | None = None


_shown: ContextVar[Shown | None] = ContextVar("smartregion_shown", default=None)


@contextmanager
def showing_once() -> Iterator[Shown]:
    """Within one deferred write, whoever asks to see what was written gets it from here; gives what was shown."""
    token = _shown.set(shown := Shown())
    try:
        yield shown
    finally:
        _shown.reset(token)


def is_written(package_id: str) -> None:
    """From here on the dataset may be shown: all of it is in the database, though not committed."""
    if shown := _shown.get():
        shown.package_id, shown.forms = package_id, None


def show(context: Context, data: Data) -> Data | None:
    """The dataset, if it was just written and is asked for in the ordinary way."""
    shown = _shown.get()
    asked = data.get("id")
    if shown is None or asked is None or asked != shown.package_id or not _is_ordinary(context, data):
        return None
    tk.check_access("package_show", context, data)
    shown.forms = shown.forms or forms_of(asked)
    return copied(shown.forms[1])


def forms_of(package_id: str) -> tuple[Data, Data]:
    """The dataset as CKAN's index wants it, in the default and in the custom form.

    CKAN's `package_show_default_and_custom_schemas`, with our navl for the default form.
    """
    context = cast(Context, {"ignore_auth": True, "use_cache": False, "validate": False})
    stored = tk.get_action("package_show")(context, {"id": package_id})
    default, _ = navl.validate(stored, _default_schema(), context)
    plugin = lib_plugins.lookup_package_plugin(stored["type"])
    schema = unasked(plugin.show_package_schema())
    custom, _ = lib_plugins.plugin_validate(plugin, context, stored, schema, "package_show")
    logic.apply_after_dataset_show_plugins(context, custom)
    return default, custom


@cache
def _default_schema() -> Schema:
    """CKAN's own, which it puts together anew at each call."""
    return unasked(default_show_package_schema())


# They change nothing and can only refuse: not what is shown, nor what has an id and a name that are free, no extras,
# and the id of an owner that is known.
ONLY_ASK = ("package_name_validator", "package_id_does_not_exist", "duplicate_extras_key", "owner_org_validator")


def asks_nothing(context: Context, data: Data) -> bool:
    """Whether the answers to ONLY_ASK are known before a dataset is validated."""
    return bool(context.get(FREE)) and "extras" not in data


def unasked(schema: Schema) -> Schema:
    """A schema of a dataset without the questions whose answers are known."""
    idle = {tk.get_validator(name) for name in ONLY_ASK}
    return {
        field: [each for each in validators if each not in idle] if isinstance(validators, list) else validators
        for field, validators in schema.items()
    }


def _is_ordinary(context: Context, data: Data) -> bool:
    if "schema" in context or context.get("for_view") or not context.get("validate", True):
        return False
    return not (data.get("use_default_schema") or data.get("include_plugin_data"))
