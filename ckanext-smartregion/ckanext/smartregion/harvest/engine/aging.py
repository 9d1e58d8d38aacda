"""Findings that come with the day and not with the data: a timetable is over though its file did not change."""

from __future__ import annotations

from ckan import model as ckan_model

from ckanext.smartregion.harvest import model
from ckanext.smartregion.harvest.engine.comparing import Comparison
from ckanext.smartregion.harvest.records import Record


def look(source: model.Source, run: model.Run) -> None:
    """Map what an unchanged record sent last as of today; where only its findings are others, keep these."""
    comparison = Comparison(source)
    if not getattr(comparison.kind, "ages", False):
        return
    for row, sent in model.unchanged(source.id, run.id):
        candidate, _ = comparison.candidate(Record(row.remote_id, sent, row.address))
        found = [finding.as_dict() for finding in candidate.findings] if candidate else row.findings
        if candidate and candidate.hash == row.hash and found != row.findings:
            row.findings = found
    ckan_model.Session.flush()
