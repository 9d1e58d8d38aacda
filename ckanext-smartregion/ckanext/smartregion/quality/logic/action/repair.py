"""The action that proposes a mended file."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import IO, Any

import ckan.plugins.toolkit as tk
from ckan.logic import validate
from ckan.types import Context

from ckanext.smartregion.quality import repairing
from ckanext.smartregion.quality.logic import schema
from ckanext.smartregion.quality.logic.action.gate import TEXT_LIMIT, write_input
from ckanext.smartregion.quality.repair import Repair


@validate(schema.repair)
def smartregion_repair(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Mend a table where that needs no guessing, say each change, and check the result; nothing is stored or published.

    :param contract: name of the table contract, with
    :param upload: the file (multipart), or
    :param text: the table as text, at most 2 MB; or instead of these
    :param dataset: id or name of a dataset that you may change: a file of its newest version, published or not
    :param position: which of its files, counted from 0 (optional, 0)
    :param drop_extra: leave out the columns that the contract does not know (optional, false)
    :returns: ``{"mended": bool, "changes": [...], "left": [...], "cells", "truncated", "error", "report", "text",
        "download"}``, as described in docs/quality.md; ``text`` is the mended file where it is no longer than 2 MB,
        ``download`` the address of a dataset's mended file
    """
    tk.check_access("smartregion_repair", context, data_dict)
    drop_extra = data_dict.get("drop_extra", False)
    if dataset := data_dict.get("dataset"):
        package = tk.get_action("package_show")(tk.fresh_context(context), {"id": dataset})
        position = data_dict.get("position", 0)
        _, found, file = repairing.mended_of_dataset(package, position, drop_extra=drop_extra)
        more = {"drop_extra": 1} if drop_extra else {}
        address = tk.url_for(
            "smartregion_quality.mended", id=package["name"], position=position, _external=True, **more
        )
        return _answer(found, file, address)
    contract = repairing.contract_of(tk.get_or_bust(data_dict, "contract"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        write_input(data_dict, path)
        return _answer(*repairing.mended(path, contract, drop_extra=drop_extra))


def _answer(found: Repair, file: IO[bytes] | None, address: str | None = None) -> dict[str, Any]:
    """The answer with the mended file in it, as far as it is short."""
    said = {**found.to_dict(), "text": None, "download": address if file else None}
    if file is None:
        return said
    with file:
        content = file.read(TEXT_LIMIT + 1)
    return said if len(content) > TEXT_LIMIT else {**said, "text": content.decode("utf-8")}
