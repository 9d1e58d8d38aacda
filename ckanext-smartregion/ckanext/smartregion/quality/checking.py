"""Check the stored files of a dataset by the table contracts that they name; each file once per contract."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path
from typing import Any

from ckanext.smartregion.quality import beside, bounds, conversion, engine, files, model, waivers
from ckanext.smartregion.quality.policy import Verdict, verdict_of, worst
from ckanext.smartregion.quality.waivers import Waiver
from ckanext.smartregion.schemas import ContractNotFound, FileContract, file_contract


def check_resources(
    resources: list[dict[str, Any]], troubles: files.Troubles, exceptions: list[Waiver], owner: str | None = None
) -> list[dict[str, Any]]:
    """One row per resource that names a table contract: where its report is, what its verdict was, what was excused.

    ``owner`` is the organisation whose published tables the keys of a file may lead to.
    """
    return [
        {"position": position, "waived": [], **_check(resource, troubles.get(position), exceptions, owner, resources)}
        for position, resource in enumerate(resources)
        if resource.get("schema")
    ]


def _check(
    resource: dict[str, Any],
    trouble: dict[str, str] | None,
    exceptions: list[Waiver],
    owner: str | None,
    siblings: list[dict[str, Any]],
) -> dict[str, Any]:
    facts = {"name": resource.get("name") or resource.get("url"), "contract": resource["schema"]}
    try:
        contract = file_contract(resource["schema"])
    except ContractNotFound as error:
        return facts | _unchecked(error.texts)
    if trouble or not files.store().has(resource.get("hash")):
        return facts | _unchecked(trouble or NO_FILE)
    stored = report_on(resource["hash"], contract, beside.files_beside(contract, owner, siblings))
    converted = conversion.findings(resource, contract)
    return facts | {
        "converted": converted,
        "report": stored.id,
        "sha256": stored.sha256,
        "created": stored.created.isoformat(),
        **_excused(stored, converted, exceptions),
    }


def _excused(stored: model.Report, converted: list[dict[str, Any]], exceptions: list[Waiver]) -> dict[str, Any]:
    """The verdict that follows from a report, what was told of its file's conversion, and the exceptions in force.

    The report itself stays as it is: it is about bytes, whatever was signed for their dataset.
    """
    found = waivers.applied(stored.body["findings"], stored.contract, exceptions)
    told = waivers.applied(converted, stored.contract, exceptions)
    verdict = waivers.report_verdict(stored.body, found) if stored.verdict == Verdict.HOLD else stored.verdict
    verdict = worst([verdict, verdict_of(one["severity"] for one in told)])
    return {"verdict": str(verdict), "waived": waivers.used(found, told)}


NO_FILE = {
    "fr": "Le fichier manque : téléversez-le, ou donnez une adresse qui commence par http:// ou https://.",
    "nl": "Het bestand ontbreekt: laad het op, of geef een adres dat met http:// of https:// begint.",
    "de": "Die Datei fehlt: Laden Sie sie hoch, oder geben Sie eine Adresse an, die mit http:// oder https:// beginnt.",
    "en": "The file is missing: upload it, or give an address that begins with http:// or https://.",
}


def _unchecked(sentences: dict[str, str]) -> dict[str, Any]:
    """What could not be checked is held: no report is never a pass."""
    now = dt.datetime.now(dt.UTC).isoformat()
    return {"report": None, "sha256": None, "verdict": str(Verdict.HOLD), "created": now, "error": sentences}


def report_on(sha256: str, contract: FileContract, others: beside.Files | None = None) -> model.Report:
    """The report on these bytes by this contract; made when it is asked for the first time, or when its day has come.

    ``others`` are the published files that foreign keys look into: beside others the verdict may be another.
    """
    limits = bounds.limits()
    binding = {
        "sha256": sha256,
        "contract": contract.name,
        "contract_version": contract.version,
        "policy_version": contract.policy_version,
        "engine": engine.name(limits) + beside.mark(others or {}),
    }
    known = model.find_report(**binding)
    if known and not _has_ended(known):
        return known
    with tempfile.TemporaryDirectory() as folder:
        published = beside.typed_copies(others or {}, Path(folder))
        report = engine.check(
            files.store().path(sha256), contract, limits=limits, today=model.today(), published=published
        )
    model.keep_report(binding, str(report.verdict), report.to_dict())
    found = model.find_report(**binding)
    assert found, "a report that was kept is found"  # noqa: S101
    return found


def _has_ended(report: model.Report) -> bool:
    """Whether the day has come on which the same file may be judged otherwise."""
    until = report.body.get("until")
    return bool(until) and dt.date.fromisoformat(until) <= model.today()
