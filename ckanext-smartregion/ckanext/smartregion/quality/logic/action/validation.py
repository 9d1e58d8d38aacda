"""Actions under the names that clients of ckanext-validation know."""

from __future__ import annotations

import json
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model
from ckan.lib.jobs import DEFAULT_QUEUE_NAME
from ckan.types import Context

from ckanext.smartregion.quality import model, reviewing


def resource_validation_run(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Check the dataset of a resource again; the name that clients of ckanext-validation know.

    :param resource_id: id of the resource
    :returns: as `resource_validation_show`
    """
    resource = _resource(context, data_dict)
    tk.get_action("smartregion_quality_recheck")(tk.fresh_context(context), {"id": resource["package_id"]})
    return tk.get_action("resource_validation_show")(tk.fresh_context(context), {"resource_id": resource["id"]})


def _resource(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    resource_id = tk.get_or_bust(data_dict, "resource_id")
    return tk.get_action("resource_show")(tk.fresh_context(context), {"id": resource_id})


@tk.side_effect_free
def resource_validation_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Show the report on a resource; the name that clients of ckanext-validation know.

    :param resource_id: id of the resource
    :returns: ``{"resource_id", "status": "success"|"failure", "report": {...}, "created"}``
    """
    resource = _resource(context, data_dict)
    shown = tk.get_action("smartregion_quality_report_show")(tk.fresh_context(context), {"id": resource["package_id"]})
    for report in shown["reports"]:
        if report["resource_id"] == resource["id"]:
            status = "failure" if report["verdict"] == "hold" else "success"
            return {"resource_id": resource["id"], "status": status, "report": report, "created": report["created"]}
    raise tk.ObjectNotFound(tk._("This resource was not checked: it names no table contract."))


def resource_validation_delete(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Forget the report on a resource that is not published, so that its next check is made anew.

    The report on what is online stays: what is published without one can't be.

    :param resource_id: id of the resource
    :returns: ``{"resource_id", "deleted": number of reports}``
    """
    resource = _resource(context, data_dict)
    tk.check_access("smartregion_quality_recheck", context, {"id": resource["package_id"]})
    if model.is_online(str(resource.get("hash"))):
        sentence = tk._(
            "These bytes are published: their report stays. Send a new file, or withdraw the dataset first."
        )
        raise tk.ValidationError({"resource_id": [sentence]})
    count = ckan_model.Session.query(model.Report).filter_by(sha256=resource.get("hash") or "").delete()
    ckan_model.Session.commit()
    return {"resource_id": resource["id"], "deleted": count}


def resource_validation_run_batch(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Have published datasets checked again in the background; the name that clients of ckanext-validation know.

    :param dataset_ids: ids or names of datasets, as a list or as JSON (optional: all that have a table contract)
    :returns: ``{"output": a sentence, "job": id of the job}``
    """
    tk.check_access("smartregion_quality_review", context, {})
    names = _listed(data_dict.get("dataset_ids") or [])
    packages = [ckan_model.Package.get(str(name)) for name in names]
    if missing := [name for name, package in zip(names, packages, strict=True) if package is None]:
        raise tk.ValidationError({"dataset_ids": [f"{tk._('There is no such dataset.')} {', '.join(missing)}"]})
    wanted = [package.id for package in packages if package] or [
        package_id for package_id, _ in model.online_judgements()
    ]
    job = tk.enqueue_job(reviewing.review, [wanted], title="Check published datasets again", queue=DEFAULT_QUEUE_NAME)
    return {"output": f"{len(wanted)} datasets are checked again in the background.", "job": job.id}


def _listed(given: Any) -> list[str]:
    try:
        found = json.loads(given) if isinstance(given, str) and given.startswith("[") else given
    except ValueError:
        raise tk.ValidationError({"dataset_ids": [tk._("Give a list of ids or names.")]}) from None
    return [str(one) for one in (found if isinstance(found, list) else [found])]
