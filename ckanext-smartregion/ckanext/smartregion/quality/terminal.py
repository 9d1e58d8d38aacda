"""A report, and what a repair has changed, as plain text for the terminal, in one of the four languages."""

from collections.abc import Iterator
from typing import Any

from ckanext.smartregion.quality.repair import Repair
from ckanext.smartregion.quality.report import Finding, Report, Sample
from ckanext.smartregion.quality.rules import filled, repair_words, words


def render(report: Report, language: str = "fr") -> str:
    """The report as lines of text: verdict first, then the file, then each finding with how to mend it."""
    return "\n".join(_lines(report, language)) + "\n"


def render_repair(repair: Repair, language: str = "fr") -> str:
    """What was changed and what is left, by column and kind, then the report on the result."""
    return "\n".join([*_repair_lines(repair, language), "", *_lines(repair.report, language)]) + "\n"


def _repair_lines(repair: Repair, language: str) -> Iterator[str]:
    said = repair_words()
    yield f"{said['title'][language]}: {repair.contract} {repair.contract_version}"
    if repair.error:
        yield repair.error[language]
    elif not repair.mended:
        yield said["nothing" if repair.report.verdict != "hold" else "nothing-safe"][language]
    if repair.truncated:
        yield said["truncated"][language]
    if repair.changes:
        yield filled(said["changed"], {"cells": repair.cells})[language]
        yield from _change_lines(repair.changes, language)
    if repair.left:
        yield said["left"][language]
        yield from _change_lines(repair.left, language)


def _change_lines(rows: list[dict[str, Any]], language: str) -> Iterator[str]:
    """Column by column, the file as a whole first; each kind with how often and the first places."""
    for column in dict.fromkeys(row["column"] for row in sorted(rows, key=lambda row: row["column"] is not None)):
        yield f"  {column or repair_words()['file'][language]}"
        for row in rows:
            if row["column"] == column:
                about = f": {row['about']}" if row["about"] else ""
                yield f"    {row['count']} x {row['label'][language]}{about}"
                yield from (f"      {_change(sample, language)}" for sample in row["samples"])


def _change(sample: dict[str, Any], language: str) -> str:
    place = f"{sample['cell']} ({_word('line', language)} {sample['line']})"
    if not sample["before"] and sample["after"] is None:
        return place
    after = "" if sample["after"] is None else f" -> «{sample['after']}»"
    return f"{place}: «{sample['before']}»{after}"


def _lines(report: Report, language: str) -> Iterator[str]:
    yield f"{_word('report', language)}: {report.contract} {report.contract_version}"
    yield words()["verdicts"][report.verdict][language]
    if report.error:
        yield report.error[language]
    if report.file["rows"] is not None:
        yield _file_line(report, language)
    if report.until:
        yield filled(words()["phrases"]["until"], {"day": report.until})[language]
    if report.truncated:
        yield _word("truncated", language)
    for finding in report.findings:
        yield ""
        yield from _finding_lines(finding, language)


def _file_line(report: Report, language: str) -> str:
    facts = report.file
    parts = [
        f"{facts['rows']} {_word('rows', language)}",
        *([f"{facts['columns']} {_word('columns', language)}"] if facts["columns"] is not None else []),
        f"{report.counts['invalid_rows']} {_word('invalid', language)}",
        *(str(facts[name]) for name in ("encoding", "sheet") if facts[name]),
        *([repr(facts["delimiter"])] if facts["delimiter"] else []),
    ]
    return ", ".join(parts)


def _finding_lines(finding: Finding, language: str) -> Iterator[str]:
    yield f"{words()['severities'][finding.severity][language].upper()}  {finding.label[language]}"
    yield f"  {finding.message[language]}"
    if finding.tolerated:
        yield f"  {finding.tolerated['text'][language]}"
    for sample in finding.samples:
        yield f"    {_sample(sample, language)}"
    if finding.samples and finding.count > len(finding.samples):
        yield f"    {_word('more', language).format(count=finding.count - len(finding.samples))}"
    for name, text in (("expected", finding.expected[language]), ("example", finding.example)):
        if text:
            yield f"  {_word(name, language)}: {text}"
    yield f"  {_word('fix', language)}: {finding.fix[language]}"


def _sample(sample: Sample, language: str) -> str:
    value = f"«{sample.value}»" if sample.value else _word("empty", language)
    key = f" [{sample.key}]" if sample.key else ""
    hint = f" {sample.hint[language]}" if sample.hint else ""
    line = f" ({_word('line', language)} {sample.line})" if sample.line else ""
    return f"{sample.cell}{line}{key}: {value}{hint}"


def _word(name: str, language: str) -> str:
    return words()["words"][name][language]
