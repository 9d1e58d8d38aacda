"""A report as plain text for the terminal, in one of the four languages."""

from collections.abc import Iterator

from ckanext.smartregion.quality.report import Finding, Report, Sample
from ckanext.smartregion.quality.rules import filled, words


def render(report: Report, language: str = "fr") -> str:
    """The report as lines of text: verdict first, then the file, then each finding with how to mend it."""
    return "\n".join(_lines(report, language)) + "\n"


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
        f"{facts['columns']} {_word('columns', language)}",
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
    return f"{sample.cell} ({_word('line', language)} {sample.line}){key}: {value}{hint}"


def _word(name: str, language: str) -> str:
    return words()["words"][name][language]
