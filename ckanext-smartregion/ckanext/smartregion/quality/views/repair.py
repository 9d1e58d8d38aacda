"""The page that proposes a mended file, and the file itself; it is uploaded by the dataset's form as any other."""

from __future__ import annotations

from typing import IO, Any

from flask import send_file

import ckan.plugins.toolkit as tk

from ckanext.smartregion.quality import repairing
from ckanext.smartregion.quality.repair import Repair


def proposal(id: str, position: int) -> Any:
    """What would be changed in a file of a dataset, what is left, and the report on the result."""
    package, name, found, file = _mended(id, position)
    if file:
        file.close()
    facts = {"pkg_dict": package, "position": position, "name": name, "drop_extra": _drop_extra()}
    return tk.render("quality/repair.html", {**facts, "found": found.to_dict()})


def mended(id: str, position: int) -> Any:
    """The mended file."""
    _, name, _, file = _mended(id, position)
    if file is None:
        return tk.abort(404, tk._("Nothing in this file can be mended without guessing."))
    return send_file(file, mimetype="text/csv", as_attachment=True, download_name=name)


def _mended(id: str, position: int) -> tuple[dict[str, Any], str, Repair, IO[bytes] | None]:
    try:
        tk.check_access("smartregion_repair", {"user": tk.g.user}, {"dataset": id})
        package = tk.get_action("package_show")({}, {"id": id})
        return package, *repairing.mended_of_dataset(package, position, drop_extra=_drop_extra())
    except tk.ValidationError as error:
        return tk.abort(404, " ".join(str(text) for text in error.error_summary.values()))
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return tk.abort(404, tk._("This file does not exist, or you may not change its dataset."))


def _drop_extra() -> bool:
    return bool(tk.request.args.get("drop_extra"))
