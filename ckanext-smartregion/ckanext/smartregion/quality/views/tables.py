"""The Parquet file of a table, at an address that stays."""

from __future__ import annotations

from typing import Any

from flask import send_file

import ckan.plugins.toolkit as tk

from ckanext.smartregion.quality import tables

MEDIA_TYPE = "application/vnd.apache.parquet"


def parquet(id: str, resource_id: str) -> Any:
    """The table of a resource as Parquet, for whoever may see the resource; that of the bytes that are published."""
    try:
        package = tk.get_action("package_show")({}, {"id": id})
        resource = tk.get_action("resource_show")({}, {"id": resource_id})
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return tk.abort(404, tk._("This file does not exist, or you may not see it."))
    path = tables.parquet(resource) if resource["package_id"] == package["id"] else None
    if path is None:
        return tk.abort(404, tk._("There is no Parquet file of this table, or not yet: try again in some minutes."))
    name = f"{package['name']}.parquet"
    return send_file(path, MEDIA_TYPE, as_attachment=True, download_name=name, etag=path.name)
