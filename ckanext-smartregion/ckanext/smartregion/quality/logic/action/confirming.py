"""The action by which a new version is confirmed that differs sharply from the published one."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model
from ckan.logic import validate
from ckan.types import Context

from ckanext.smartregion.quality import model, signing, succession
from ckanext.smartregion.quality.logic import schema


@validate(schema.version_confirm)
def smartregion_version_confirm(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Confirm that a file which is held for its sharp difference from the published one is right all the same.

    Who may change the dataset confirms. It holds for exactly these bytes: the next version is compared with them.

    :param dataset: id or name of the dataset
    :param why: the reason, which everybody reads
    :param sha256: the file, by the SHA-256 in its report (optional; without it every file that waits for it)
    :returns: ``{"dataset", "files": [SHA-256, ...], "why", "signed_by", "since", "verdict", "outcome"}``
    """
    tk.check_access("smartregion_version_confirm", context, data_dict)
    package = signing.dataset(data_dict["dataset"])
    waiting, wanted = succession.unconfirmed(package.id), data_dict.get("sha256")
    files = [sha256 for sha256 in waiting if wanted in (None, sha256)]
    if not files:
        raise tk.ValidationError({"dataset": [tk._("No such file of this dataset waits to be confirmed.")]})
    signed = signing.signature(context)
    rows = [model.Confirmation(package_id=package.id, sha256=one, why=data_dict["why"], **signed) for one in files]
    ckan_model.Session.add_all(rows)
    ckan_model.Session.commit()
    told = {"dataset": package.name, "files": files, **rows[0].plain()}
    return told | signing.judge_again(context, package.id)
