"""Pages of exceptions: the public list, and what a steward's forms send."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import Response

from ckanext.smartregion.quality.signing import STATES

PER_PAGE = 50


def waivers() -> str:
    """Every exception on datasets that the reader may see."""
    given = tk.request.args.get("page", "1")
    page = max(1, int(given)) if given.isdecimal() and len(given) < 7 else 1
    state = tk.request.args.get("state", STATES[0])
    state = state if state in STATES else STATES[0]
    window = {"state": state, "limit": PER_PAGE + 1, "offset": (page - 1) * PER_PAGE}
    rows = tk.get_action("smartregion_waiver_list")({}, window)
    facts = {"rows": rows[:PER_PAGE], "more": len(rows) > PER_PAGE, "page": page, "state": state}
    may_revoke = tk.h.check_access("smartregion_waiver_revoke")
    return tk.render("quality/waivers.html", {**facts, "may_revoke": may_revoke})


def waive(id: str) -> Response:
    """Sign an exception for one rule that holds a dataset, and say what came of it."""
    form = tk.request.form
    contract, _, rule = form.get("rule", "").partition("/")
    sent = {
        "rule": rule,
        "why": form.get("why"),
        "until": form.get("until"),
        **({"contract": contract} if contract else {}),
    }
    try:
        signed = tk.get_action("smartregion_waiver_sign")({}, {"dataset": id, **sent})
    except tk.ObjectNotFound:
        return tk.abort(404, tk._("This dataset does not exist, or you may not see it."))
    except tk.NotAuthorized as error:
        return tk.abort(403, error.message or tk._("Only the Region's steward signs exceptions."))
    except tk.ValidationError as error:
        tk.h.flash_error(" ".join(str(text) for text in error.error_summary.values()))
    else:
        _tell(signed["verdict"])
    return tk.redirect_to("smartregion_quality.report", id=id)


def _tell(verdict: str | None) -> None:
    if verdict == "hold":
        tk.h.flash_notice(tk._("The exception is signed. Other faults still hold the dataset."))
    else:
        tk.h.flash_success(tk._("The exception is signed, and the dataset passes."))


def revoke(id: str) -> Response:
    """End an exception today."""
    try:
        tk.get_action("smartregion_waiver_revoke")({}, {"id": id})
    except tk.ObjectNotFound:
        return tk.abort(404, tk._("There is no such exception."))
    except tk.NotAuthorized:
        return tk.abort(403, tk._("Only the Region's steward ends exceptions."))
    tk.h.flash_success(tk._("The exception is ended: the next version is held by this rule again."))
    return tk.redirect_to("smartregion_quality.waivers")
