"""Related datasets: the address under which the feeds know a dataset of this portal."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context

from ckanext.dcat.utils import catalog_uri
from ckanext.smartregion.feeds.description.iris import dataset_iri


def address_of(text: str, context: Context) -> str | None:
    """The address of the dataset that a name, an id or the address of its page means.

    None where it means none of this portal, or one that whoever writes may not see.
    """
    base = catalog_uri()
    name = text.removeprefix(f"{base}/dataset/")
    package = None if "/" in name else model.Package.get(name)
    if package is None or package.state == model.State.DELETED or not _may_see(package, context):
        return None
    return dataset_iri({"id": package.id, "uri": package.extras.get("uri")}, base)


def _may_see(package: model.Package, context: Context) -> bool:
    try:
        return tk.check_access("package_show", tk.fresh_context(context), {"id": package.id})
    except tk.NotAuthorized:
        return False
