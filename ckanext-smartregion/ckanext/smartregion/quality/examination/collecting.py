"""Findings while a file is read: counted by column and rule, with the first few samples of each."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ckanext.smartregion.quality.escaping import shown
from ckanext.smartregion.quality.examination.header import column_letters
from ckanext.smartregion.quality.examination.personal.masking import hidden
from ckanext.smartregion.quality.examination.reading import Record
from ckanext.smartregion.quality.policy import severity

Sample = dict[str, Any] | Callable[[], dict[str, Any]]
"""Where a finding was made, or what tells it when somebody wants to know."""


class Collector:
    """Findings of one check, in bounded memory however many there are."""

    def __init__(
        self, policy: Mapping[str, str], samples: int, most: int, kinds: Mapping[str, str] | None = None
    ) -> None:
        self.policy, self.samples, self.most = policy, samples, most
        # The kinds of the rules that the contract adds, by their ids.
        self.kinds = kinds or {}
        self.findings: dict[tuple[str, str | None, str], dict[str, Any]] = {}
        self.truncated = False
        self._levels: dict[tuple[str, str | None], str] = {}
        # Occurrences so far that block or warn.
        self.serious = 0

    def add(self, rule: str, column: str | None = None, sample: Sample | None = None, **values: Any) -> None:
        """Count one occurrence of a broken rule; the sample is only made when it is kept."""
        self.add_many(rule, column, 1, [sample] if sample else [], **values)

    def add_many(self, rule: str, column: str | None, count: int, samples: Sequence[Sample], **values: Any) -> None:
        """Count occurrences of one broken rule, of which the first ones are given."""
        level = self.level(rule, column)
        self.serious += count * (level != "note")
        at = (rule, column, str(values.get("found", "")))
        if at not in self.findings and len(self.findings) >= self.most:
            self.truncated = True
            return
        finding = self.findings.setdefault(at, self._new(rule, level, column, values))
        finding["count"] += count
        wanted = samples[: self.samples - len(finding["samples"])]
        finding["samples"] += [sample() if callable(sample) else sample for sample in wanted]

    def level(self, rule: str, column: str | None) -> str:
        """The severity of a rule in a column."""
        known = self._levels.get((rule, column))
        if known is None:
            known = self._levels[rule, column] = severity(rule, column, self.policy, self.kinds.get(rule))
        return known

    def _new(self, rule: str, level: str, column: str | None, values: dict[str, Any]) -> dict[str, Any]:
        plain = {name: shown(hidden(value)) if isinstance(value, str) else value for name, value in values.items()}
        return {"rule": rule, "severity": level, "column": column, "values": plain, "count": 0, "samples": []}

    def to_list(self) -> list[dict[str, Any]]:
        """The findings as the parent process reads them."""
        return list(self.findings.values())


def sample_of(record: Record, at: int | None, key: str, value: str | None = None) -> dict[str, Any]:
    """Where a finding was made and what stood there; `at` is the column position, None for the whole row."""
    if value is None:
        value = str(record.cells[at]) if at is not None and at < len(record.cells) else ""
    cell = f"{column_letters(at or 0)}{record.number}"
    return {"cell": cell, "line": record.line, "key": shown(key), "value": shown(value)}
