"""The page of a record: where a dataset comes from, what was done to it, and whose word counts. Records as a file."""

from __future__ import annotations

import json
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Response

from ckanext.smartregion.harvest.views.asking import ask, attempt, chosen, chunks, file, may

RAW_SHOWN = 100_000  # characters
COLUMNS = (
    "remote_id", "title", "dataset", "state", "address", "first_seen", "changed", "missing_since", "findings", "changes"
)  # fmt: skip


def record_read(id: str) -> Any:
    """A record, by its id or by the name of its dataset."""
    try:
        record = tk.get_action("smartregion_record_show")({}, {"id": id})
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return tk.abort(404, tk._("This record does not exist, or you may not see it."))
    raw = json.dumps(record["raw"], ensure_ascii=False, indent=2) if record["raw"] is not None else ""
    facts = {
        "record": record,
        "raw": raw[:RAW_SHOWN],
        "left_off": max(0, len(raw) - RAW_SHOWN),
        "may_mend": may("smartregion_record_release", id=record["id"]),
        "may_edit": may("package_update", id=record["package_id"]),
        "held_report": _report(record) if record["state"] == "held" else None,
    }
    return tk.render("harvest/record.html", facts)


def _report(record: dict[str, Any]) -> dict[str, Any] | None:
    """What holds a record, where the gate is switched on and the reader may sign an exception from it."""
    dataset = record["package_id"]
    signable = tk.h.smartregion_has_page("smartregion_quality.waive") and may(
        "smartregion_waiver_sign", dataset=dataset
    )
    if not signable or not may("smartregion_quality_report_show", id=dataset):
        return None
    return ask("smartregion_quality_report_show", id=dataset)


def waive(id: str) -> Response:
    """Sign an exception for a held record, and try it again."""
    if not tk.h.smartregion_has_page("smartregion_quality.waive"):
        return tk.abort(404, tk._("There is no such page."))
    record, form = ask("smartregion_record_show", id=id), tk.request.form
    contract, _, rule = form.get("rule", "").partition("/")
    sent = {"rule": rule, "why": form.get("why"), "until": form.get("until"), "contract": contract}
    given = {name: value for name, value in sent.items() if value}
    if attempt("smartregion_waiver_sign", tk._("The exception is signed."), dataset=record["package_id"], **given):
        return release(id)
    return tk.redirect_to("smartregion_harvest.record_read", id=id)


def release(id: str) -> Response:
    """Try a held record again."""
    record = attempt("smartregion_record_release", "", id=id)
    if record and record["state"] == "published":
        tk.h.flash_success(tk._("It passes now: the dataset is published."))
    elif record:
        tk.h.flash_error(tk._("It is still held. The report says what is to be mended."))
    return tk.redirect_to("smartregion_harvest.record_read", id=id)


def give_back(id: str) -> Response:
    """Let the source speak again for a field that people wrote, or for all of them."""
    fields = tk.request.form.getlist("field")
    done = tk._("Given back: the next run writes what the source says.")
    attempt("smartregion_record_give_back", done, id=id, **({"fields": fields} if fields else {}))
    return tk.redirect_to("smartregion_harvest.record_read", id=id)


def download(name: str, form: str) -> Response:
    """The records of a source as a file."""
    filters = chosen("state", "q")
    ask("smartregion_record_list", source=name, limit=1)

    def load(limit: int, offset: int) -> list[dict[str, Any]]:
        return ask("smartregion_record_list", source=name, limit=limit, offset=offset, **filters)

    return file(f"{name}-records", form, chunks(load), COLUMNS)
