"""The gate's pages: the report on a dataset, what is held, and a dry run before publication."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response
from flask.views import MethodView

import ckan.plugins.toolkit as tk
from ckan.types import Response

from ckanext.smartregion.interface import language
from ckanext.smartregion.quality.generated.downloads import DOWNLOADS
from ckanext.smartregion.quality.generated.explained import explained, rules_of_format
from ckanext.smartregion.quality.generated.legend import kind
from ckanext.smartregion.schemas import (
    ContractNotFound,
    TableContract,
    file_contracts,
    format_contracts,
    names_format,
    table_contract,
    table_contracts,
)
from ckanext.smartregion.schemas.format_contracts import format_contract
from ckanext.smartregion.schemas.layers import is_layer

smartregion_quality = Blueprint("smartregion_quality", __name__)


def report(id: str) -> Any:
    """The report on a dataset: verdict first, then findings by column and rule, blocking ones first."""
    try:
        shown = tk.get_action("smartregion_quality_report_show")({}, {"id": id})
        package = tk.get_action("package_show")({}, {"id": id})
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return tk.abort(404, tk._("This dataset does not exist, or you may not see it."))
    signed = tk.h.smartregion_waivers(package)
    facts = {"shown": shown, "pkg_dict": package, "may_change": _may_change(package), "waivers": signed}
    return tk.render("quality/report.html", facts)


def _may_change(package: dict[str, Any]) -> bool:
    return tk.h.check_access("package_update", {"id": package["id"]})


def recheck(id: str) -> Response:
    """Send what is held through the gate again, and say what came of it."""
    try:
        tk.get_action("smartregion_quality_recheck")({}, {"id": id})
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return tk.abort(403, tk._("You may not change this dataset."))
    except tk.ValidationError as error:
        tk.h.flash_error("; ".join(str(text) for text in error.error_summary.values()))
    return tk.redirect_to("smartregion_quality.report", id=id)


def overview() -> str:
    """What is held or waits, for those who can mend it, and the state of the region for everybody."""
    counts = tk.get_action("smartregion_quality_overview")({}, {})
    held = tk.get_action("smartregion_quality_list")({}, {}) if tk.g.user else []
    listed = {"contracts": table_contracts(), "formats": format_contracts()}
    return tk.render("quality/overview.html", {"counts": counts, "held": held, **listed})


class Check(MethodView):
    """A dry run: check a file by a contract before publishing it."""

    def get(self) -> Any:
        """The form."""
        if not tk.h.check_access("smartregion_check"):
            return tk.abort(403, tk._("Log in as a data officer to check a file."))
        return self._page()

    def post(self) -> Any:
        """The report on the file that was sent."""
        sent = {"contract": tk.request.form.get("contract"), "upload": tk.request.files.get("upload")}
        try:
            found = tk.get_action("smartregion_check")({}, {key: value for key, value in sent.items() if value})
        except tk.NotAuthorized:
            return tk.abort(403, tk._("Log in as a data officer to check a file."))
        except tk.ValidationError as error:
            return self._page(errors=error.error_summary)
        return self._page(found=found)

    def _page(self, **more: Any) -> str:
        return tk.render("quality/check.html", {"contracts": file_contracts(), "found": None, "errors": {}, **more})


def contract(name: str) -> Any:
    """A contract as a page: of a table what to download, columns, rules, what changed; of a format its rules."""
    if names_format(name):
        standard = format_contract(name)
        return tk.render("quality/format.html", {"contract": standard, "rules": list(rules_of_format(standard))})
    found = _contract(name)
    layer = None if is_layer(found.name) else found.name
    facts = {"contract": found, "rules": list(explained(found)), "kind": kind, "layer": layer}
    return tk.render("quality/contract.html", facts)


def _contract(name: str) -> TableContract:
    try:
        return table_contract(name)
    except ContractNotFound:
        return tk.abort(404, tk._("There is no table contract of this name."))


def download(name: str, form: str) -> Any:
    """An empty table to fill in or a schema for programs, made from the contract in the language of the page."""
    if form not in DOWNLOADS:
        return tk.abort(404, tk._("There is no file of this kind."))
    found, file = _contract(name), DOWNLOADS[form]
    answer = make_response(file.make(found, language()))
    answer.headers["Content-Type"] = file.media_type
    answer.headers.set("Content-Disposition", "attachment", filename=file.name(found, language()))
    return answer


smartregion_quality.add_url_rule("/dataset/<id>/quality", view_func=report)
smartregion_quality.add_url_rule("/dataset/<id>/quality/recheck", view_func=recheck, methods=["POST"])
smartregion_quality.add_url_rule("/quality", view_func=overview)
smartregion_quality.add_url_rule("/quality/check", view_func=Check.as_view("check"))
smartregion_quality.add_url_rule("/quality/contract/<name>", view_func=contract)
smartregion_quality.add_url_rule("/quality/contract/<name>/<form>", view_func=download)
