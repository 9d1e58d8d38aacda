"""The score of a source, 0 to 100, from a sample of its records: five dimensions after the EU's metadata quality.

What is measured, for how many points and under which name stands in scoring.json. Pure.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ckanext.smartregion.harvest.records import Candidate, Draft
from ckanext.smartregion.schemas import vocabulary

Texts = dict[str, str]
SENTENCE = 40  # letters, below which a description is no sentence
DIMENSIONS: list[dict[str, Any]] = json.loads(Path(__file__).with_name("scoring.json").read_text("utf-8"))
UNREAD_CODES = {"theme-unread", "frequency-unread", "language-unread", "format-unread", "code-unread"}


@dataclass(frozen=True)
class Part:
    """One thing that is measured, or one dimension with its `parts`: points reached, of how many."""

    name: str
    label: Texts
    points: float
    of: int
    parts: tuple[Part, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The part as pages and API show it."""
        shown = {"name": self.name, "label": self.label, "points": round(self.points, 1), "of": self.of}
        return shown | ({"parts": [part.as_dict() for part in self.parts]} if self.parts else {})


@dataclass(frozen=True)
class Score:
    """The mean of a sample, in which a broken record counts nothing; and how many findings and changes a record has."""

    total: int
    dimensions: tuple[Part, ...]
    records: int
    broken: int
    findings: float
    changes: float

    def as_dict(self) -> dict[str, Any]:
        """The score as pages and API show it."""
        return {
            "total": self.total,
            "dimensions": [dimension.as_dict() for dimension in self.dimensions],
            "records": self.records,
            "broken": self.broken,
            "findings_per_record": round(self.findings, 1),
            "changes_per_record": round(self.changes, 1),
        }


def score(candidates: Iterable[Candidate], broken: int = 0) -> Score:
    """The score of the records that could be mapped and of those, `broken`, that could not; none at all: zero."""
    sample = list(candidates)
    records = len(sample) + broken
    dimensions = tuple(_dimension(each, sample, records) for each in DIMENSIONS)
    total = round(sum(dimension.points for dimension in dimensions))
    findings = sum(len(each.findings) for each in sample)
    changes = sum(len(each.changes) for each in sample)
    mapped = len(sample) or 1
    return Score(total, dimensions, records, broken, findings / mapped, changes / mapped)


def _dimension(entry: dict[str, Any], sample: list[Candidate], records: int) -> Part:
    parts = tuple(_part(metric, sample, records) for metric in entry["metrics"])
    points, of = sum(part.points for part in parts), sum(part.of for part in parts)
    return Part(entry["name"], entry["label"], points, of, parts)


def _part(metric: dict[str, Any], sample: list[Candidate], records: int) -> Part:
    share = sum(MEASURES[metric["name"]](each) for each in sample) / (records or 1)
    return Part(metric["name"], metric["label"], share * metric["points"], metric["points"])


def _has(field: str) -> Callable[[Candidate], float]:
    return lambda candidate: float(bool(candidate.dataset.get(field)))


def _of_files(holds: Callable[[Draft], Any]) -> Callable[[Candidate], float]:
    """The share of a dataset's resources of which something holds; none without resources."""

    def share(candidate: Candidate) -> float:
        files = candidate.dataset.get("resources", [])
        return sum(bool(holds(file)) for file in files) / len(files) if files else 0.0

    return share


def _title(candidate: Candidate) -> float:
    """A title of its own, not one made of the identifier."""
    made = any(change.rule == "title-missing" for change in candidate.changes)
    return float(not made and bool(candidate.dataset.get("title_translated")))


def _description(candidate: Candidate) -> float:
    texts = candidate.dataset.get("notes_translated", {}).values()
    return min(1.0, max(map(len, texts), default=0) / SENTENCE)


def _keywords(candidate: Candidate) -> float:
    groups = candidate.dataset.get("tags_translated", {}).values()
    return min(1.0, max(map(len, groups), default=0) / 3)


def _is_open(file: Draft) -> bool:
    concept = vocabulary("file-type").by_code(file.get("format", ""))
    return bool(concept) and concept.extra["non_proprietary"] == concept.extra["machine_readable"] == "yes"


def _open_format(candidate: Candidate) -> float:
    return float(any(map(_is_open, candidate.dataset.get("resources", []))))


def _contact(candidate: Candidate) -> float:
    return float(any(each.get("email") or each.get("url") for each in candidate.dataset.get("contact", [])))


def _publisher(candidate: Candidate) -> float:
    unknown = any(finding.rule == "publisher-unknown" for finding in candidate.findings)
    return float(bool(candidate.publishers) and not unknown)


def _codes(candidate: Candidate) -> float:
    return float(not any(finding.rule in UNREAD_CODES for finding in candidate.findings))


MEASURES: dict[str, Callable[[Candidate], float]] = {
    "title": _title,
    "description": _description,
    "keywords": _keywords,
    "theme": _has("theme"),
    "place": _has("spatial_coverage"),
    "period": _has("temporal_coverage"),
    "files": _has("resources"),
    "download": _of_files(lambda file: file.get("download_url")),
    "format": _of_files(lambda file: file.get("format")),
    "open_format": _open_format,
    "codes": _codes,
    "licence": _has("license_id"),
    "file_licence": _of_files(lambda file: file.get("license")),
    "contact": _contact,
    "publisher": _publisher,
    "frequency": _has("frequency"),
    "modified": _has("modified"),
    "issued": _has("issued"),
    "language": _has("language"),
}
