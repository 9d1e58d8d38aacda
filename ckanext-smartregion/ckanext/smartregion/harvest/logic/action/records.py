"""Actions of harvesting, records: what remote items have become, version by version, and whose word counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model
from ckan.logic import validate
from ckan.types import Context

from ckanext.smartregion.harvest import model
from ckanext.smartregion.harvest.engine import edits, releasing
from ckanext.smartregion.harvest.logic import schema, showing


@tk.side_effect_free
@validate(schema.record_list)
def smartregion_record_list(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """List what the remote items of a source have become, with the rules applied to each.

    :param source: name or id of the source
    :param state: published, held, linked, missing or withdrawn (optional)
    :param q: only records with this text in title or identifier (optional)
    :param limit: how many (optional, default 1000)
    :param offset: how many to leave out before (optional)
    :returns: one row per record: its remote id, its dataset, its state, the rules applied
    """
    tk.check_access("smartregion_record_list", context, data_dict)
    row = showing.find(data_dict["source"])
    everything = showing.sees_all(context, row.id)
    rows = model.records(row.id, data_dict.get("state"), data_dict.get("q"), everything=everything)
    rows = rows.limit(min(data_dict.get("limit", 1000), 10_000)).offset(data_dict.get("offset", 0))
    return [showing.record(*pair) for pair in rows]


@tk.side_effect_free
@validate(schema.named)
def smartregion_record_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Show a record: where its dataset comes from, its last versions with what changed, and fields that people wrote.

    :param id: id of the record, or name or id of its dataset
    :returns: the record with ``source``, ``last_seen``, ``versions`` (newest first, each with its ``diff``), ``raw``
        (what the far end sent last) and ``edits``
    """
    tk.check_access("smartregion_record_show", context, data_dict)
    row, package = showing.find_record(data_dict["id"])
    return showing.whole_record(row, package, everything=showing.sees_all(context, row.source_id))


@validate(schema.named)
def smartregion_record_release(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Try a held record again: its last version goes through the gate once more, after a contract or a rule was mended.

    :param id: id of the record, or name or id of its dataset
    :returns: the record; its ``state`` says whether it is published now
    """
    tk.check_access("smartregion_record_release", context, data_dict)
    row, package = showing.find_record(data_dict["id"])
    if row.state != "held":
        raise tk.ValidationError({"id": [tk._("This record is not held; there is nothing to release.")]})
    releasing.release(row)
    return showing.record(row, package)


@validate(schema.record_give_back)
def smartregion_record_give_back(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Let the source speak again for fields that a person wrote; its next run writes what the source says.

    :param id: id of the record, or name or id of its dataset
    :param fields: names of fields (optional: all)
    :returns: the record with what is left of ``edits``
    """
    tk.check_access("smartregion_record_give_back", context, data_dict)
    row, package = showing.find_record(data_dict["id"])
    edits.give_back(row.package_id, data_dict.get("fields"))
    ckan_model.Session.commit()
    return showing.whole_record(row, package, everything=True)


@tk.chained_action
def package_update(up: Callable[..., Any], context: Context, data_dict: dict[str, Any]) -> Any:
    """Change a dataset as CKAN does; what a person changes in a harvested one stays theirs in later runs.

    :param id: name or id of the dataset; the others are those of CKAN's `package_update`
    :returns: as CKAN's `package_update`
    """
    package = ckan_model.Package.get(data_dict.get("id") or data_dict.get("name"))
    # The gate lets a version of the harvest in that had to wait: it writes it as the site, whose word it is.
    machine = context.get("smartregion_harvest") or context.get("user") == tk.config["ckan.site_id"]
    if machine or package is None or not edits.is_harvested(package.id):
        return up(context, data_dict)
    before = edits.show(package.id)
    result = up(context, data_dict)
    edits.notice(before, edits.show(package.id), context.get("user"))
    if not context.get("defer_commit"):
        ckan_model.Session.commit()
    return result
