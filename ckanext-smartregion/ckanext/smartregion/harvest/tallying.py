"""How often each rule changed something and each finding was made in a run. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ckanext.smartregion.harvest.records import Candidate


def tally(candidates: Iterable[Candidate]) -> dict[str, dict[str, int]]:
    """The number of records that each rule changed and that each finding concerns, the most frequent first."""
    rules: Counter[str] = Counter()
    findings: Counter[str] = Counter()
    for candidate in candidates:
        rules.update({change.rule for change in candidate.changes})
        findings.update({finding.rule for finding in candidate.findings})
    return {"rules": _ranked(rules), "findings": _ranked(findings)}


def _ranked(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
