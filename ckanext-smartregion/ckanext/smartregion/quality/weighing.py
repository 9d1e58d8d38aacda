"""Weigh a version of a dataset: what its description lacks, what its files break, what is excused, and the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.smartregion.quality import checking, files, model, references, succession, waivers
from ckanext.smartregion.quality.decision import missing_fields
from ckanext.smartregion.quality.policy import Verdict, verdict_of, worst
from ckanext.smartregion.quality.waivers import Waiver


@dataclass
class Weighed:
    """The verdict on a version with what it rests on; ``waivers`` are the exceptions that counted."""

    verdict: Verdict
    findings: list[dict[str, Any]]
    reports: list[dict[str, Any]]
    waivers: list[dict[str, Any]]


def weigh(
    values: dict[str, Any], troubles: files.Troubles, present: dict[str, Any] | None, grace: Sequence[Waiver] = ()
) -> Weighed:
    """The verdict on a version; ``present`` is the dataset as it is stored, ``grace`` what is excused besides."""
    exceptions = [*model.waivers_in_force(present["id"]), *grace] if present else []
    found = [*description_findings(values["type"], values), *references.lost(values, present)]
    findings = waivers.applied(found, None, exceptions)
    resources = values.get("resources") or []
    reports = checking.check_resources(resources, troubles, exceptions, values.get("owner_org"))
    reports = succession.compared(reports, resources, present, exceptions)
    verdict = worst([verdict_of(finding["severity"] for finding in findings), *(row["verdict"] for row in reports)])
    counted = waivers.used(findings, *([{"waived": one} for one in row["waived"]] for row in reports))
    return Weighed(verdict, findings, reports, counted)


def description_findings(kind: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    """What the description of a dataset and of its files lacks by their contract."""
    if "scheming_get_dataset_schema" not in tk.h:  # dataset contracts are switched off
        return []
    contract = tk.h.scheming_get_dataset_schema(kind)
    if not contract:
        return []
    found = missing_fields(contract["dataset_fields"], values)
    for number, resource in enumerate(values.get("resources", []), start=1):
        name = resource.get("name") or resource.get("url") or str(number)
        found += missing_fields(contract["resource_fields"], resource, resource=name)
    return found
