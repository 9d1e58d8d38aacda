"""What the form of a held report sends when somebody confirms its file."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import Response


def confirm(id: str) -> Response:
    """Confirm a file that differs sharply from the published one, and say what came of it."""
    sent = {name: tk.request.form.get(name) for name in ("why", "sha256")}
    try:
        confirmed = tk.get_action("smartregion_version_confirm")({}, {"dataset": id, **sent})
    except tk.ObjectNotFound:
        return tk.abort(404, tk._("This dataset does not exist, or you may not see it."))
    except tk.NotAuthorized:
        return tk.abort(403, tk._("You may not change this dataset."))
    except tk.ValidationError as error:
        tk.h.flash_error(" ".join(str(text) for text in error.error_summary.values()))
    else:
        _tell(confirmed["verdict"])
    return tk.redirect_to("smartregion_quality.report", id=id)


def _tell(verdict: str | None) -> None:
    if verdict == "hold":
        tk.h.flash_notice(tk._("The file is confirmed. Other faults still hold the dataset."))
    else:
        tk.h.flash_success(tk._("The file is confirmed, and the dataset passes."))
