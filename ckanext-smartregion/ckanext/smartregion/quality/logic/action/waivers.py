"""Actions of exceptions: signed by the Region's steward, read by everybody, ended early by a steward."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model
from ckan.logic import validate
from ckan.types import Context

from ckanext.smartregion.quality import model, signing
from ckanext.smartregion.quality.logic import schema


@validate(schema.waiver_sign)
def smartregion_waiver_sign(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Sign an exception: until a day, a rule that holds this dataset only warns; what is held is judged again.

    The steward of the Region signs, nobody for a dataset that they publish themselves; a system administrator may too.

    :param dataset: id or name of the dataset
    :param rule: the rule as in a policy: ``column.rule``, or ``rule`` for any column
    :param why: the reason, which everybody reads
    :param until: last day, as 2027-01-31; at most the days of `smartregion.quality.waiver_days` from today
    :param contract: table contract of the rule; without it the contract of the file that breaks the rule, or the
        dataset's description
    :returns: the exception as `smartregion_waiver_show` gives it, with the ``verdict`` and ``outcome`` it led to
    """
    tk.check_access("smartregion_waiver_sign", context, data_dict)
    package = signing.dataset(data_dict["dataset"])
    contract = signing.contract_of(package, data_dict["rule"], data_dict.get("contract"))
    row = model.Waiver(
        package_id=package.id,
        contract=contract,
        rule=data_dict["rule"],
        why=data_dict["why"],
        until=data_dict["until"],
        **signing.signature(context),
    )
    ckan_model.Session.add(row)
    ckan_model.Session.commit()
    identifier, package_id = row.id, package.id
    judged = signing.judge_again(context, package_id)
    return signing.shown(signing.found(identifier)) | judged


@validate(schema.named)
def smartregion_waiver_revoke(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """End an exception today: what is online stays online, and the next version is held by the rule again.

    :param id: id of the exception
    :returns: the exception as `smartregion_waiver_show` gives it
    """
    row = signing.found(data_dict["id"])
    tk.check_access("smartregion_waiver_revoke", context, data_dict)
    if row.revoked is None:
        row.revoked, row.revoked_by = dt.datetime.now(dt.UTC), signing.signature(context)["signer"]
        ckan_model.Session.commit()
    return signing.shown(row)


@tk.side_effect_free
@validate(schema.named)
def smartregion_waiver_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Show an exception.

    :param id: id of the exception
    :returns: ``{"id", "dataset", "title", "organization", "contract", "rule", "label", "why", "signed_by", "since",
        "until", "state", "ends_soon", "revoked", "revoked_by"}``; the state is ``in force``, ``ended`` or ``revoked``
    """
    row = signing.found(data_dict["id"])
    tk.check_access("smartregion_waiver_show", context, data_dict)
    return signing.shown(row)


@tk.side_effect_free
@validate(schema.waiver_list)
def smartregion_waiver_list(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """List the exceptions on datasets that the caller may see; those in force first, the next to end on top.

    :param dataset: only those on the dataset with this id or name (optional)
    :param state: only those ``in force``, ``ended`` or ``revoked`` (optional)
    :param limit: how many, at most 1000 (optional, default 100)
    :param offset: how many to leave out before (optional)
    :returns: exceptions as `smartregion_waiver_show` gives them
    """
    tk.check_access("smartregion_waiver_list", context, data_dict)
    return signing.listed(
        context,
        dataset=data_dict.get("dataset"),
        state=data_dict.get("state"),
        limit=min(data_dict.get("limit", 100), 1000),
        offset=data_dict.get("offset", 0),
    )
