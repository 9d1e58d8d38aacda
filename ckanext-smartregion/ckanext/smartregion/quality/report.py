"""The report of a check: what was found, where, what was expected and how to mend it, in four languages."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from ckanext.smartregion.quality.policy import SEVERITIES, severity, verdict
from ckanext.smartregion.quality.rules import LanguageMap, filled, rules, words
from ckanext.smartregion.quality.wording import Wording, tolerated
from ckanext.smartregion.schemas.named import FileContract
from ckanext.smartregion.schemas.table_contracts import TableContract
from ckanext.smartregion.schemas.vocabulary import LANGUAGES

NO_FILE = {"rows": None, "columns": None, "encoding": None, "delimiter": None, "sheet": None}
NO_COUNTS = {"rows": 0, "valid_rows": 0, "invalid_rows": 0}


@dataclass(frozen=True)
class Sample:
    """One place where a rule is broken: address in the file, line if it has lines, key of the row, value found."""

    cell: str
    line: int | None
    key: str
    value: str
    # What more there is to say of this place, such as the code that follows a former one.
    hint: LanguageMap | None = None


@dataclass(frozen=True)
class Finding:
    """One broken rule in one column, with how often, what was expected and how to mend it.

    `rule` is a rule of the house, or the id of one that the contract adds, then of a `kind`. `tolerated` tells the
    share of rows and the limit of the policy, and the sentence on it, where a blocking rule has become a warning.
    `fixed` says that the policy lets nobody sign an exception.
    """

    rule: str
    severity: str
    column: str | None
    label: LanguageMap
    count: int
    expected: LanguageMap
    example: str
    fix: LanguageMap
    message: LanguageMap
    samples: list[Sample]
    kind: str | None = None
    tolerated: dict[str, Any] | None = None
    fixed: bool = False


@dataclass(frozen=True)
class Report:
    """What the gate says about one file under one contract version and one engine.

    `until` is the first day (ISO) on which the same file may be judged otherwise, because a rule looks at the day.
    `profile` is what the next version of the file is compared with; None where the file was not read to its end.
    """

    contract: str
    contract_version: str
    policy_version: str
    engine: str
    sha256: str
    verdict: str
    file: dict[str, Any]
    counts: dict[str, int]
    findings: list[Finding] = field(default_factory=list)
    truncated: bool = False
    error: LanguageMap | None = None
    until: str | None = None
    profile: dict[str, Any] | None = None

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON carries it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "Report":
        """The report that `to_dict` gave."""
        findings = [
            Finding(**{**finding, "samples": [Sample(**sample) for sample in finding["samples"]]})
            for finding in stored["findings"]
        ]
        return cls(**{**stored, "findings": findings})


def compose(outcome: Mapping[str, Any] | None, contract: FileContract, engine: str, sha256: str, size: int,
            error: LanguageMap | None = None) -> Report:  # fmt: skip
    """The report on what the child process found; without an outcome it says why and holds."""
    found = outcome or {"file": NO_FILE, "counts": NO_COUNTS, "findings": [], "truncated": False}
    rows = found["file"]["rows"]
    told = (tolerant(_finding(raw, contract), contract, rows) for raw in found["findings"])
    findings = sorted(told, key=_order(contract))
    occurrences = {level: sum(one.count for one in findings if one.severity == level) for level in SEVERITIES}
    return Report(
        contract=contract.name,
        contract_version=contract.version,
        policy_version=contract.policy_version,
        engine=engine,
        sha256=sha256,
        # Findings beyond the most that are kept may have blocked: hundreds of notes must not hide them.
        verdict=verdict((one.severity for one in findings), rows, failed=error is not None or found["truncated"]),
        file={**found["file"], "bytes": size},
        counts={**found["counts"], **occurrences},
        findings=findings,
        truncated=found["truncated"],
        error=error,
        until=found.get("until"),
        profile=found.get("profile"),
    )


def fitted(report: Report, limit: int) -> Report:
    """The report in at most ``limit`` bytes of findings: the last ones lose their samples, then go, and it says so."""
    sizes = [_size(one) for one in report.findings]
    if sum(sizes) <= limit:
        return report
    findings = list(report.findings)
    for at in reversed(range(len(findings))):
        findings[at] = replace(findings[at], samples=[])
        sizes[at] = _size(findings[at])
        if sum(sizes) <= limit:
            break
    while sum(sizes) > limit:
        sizes.pop()
    return replace(report, findings=findings[: len(sizes)], truncated=True)


def _size(finding: Finding) -> int:
    return len(json.dumps(asdict(finding), ensure_ascii=False).encode())


def notes(told: Iterable[tuple[str, dict[str, Any]]], contract: FileContract) -> list[dict[str, Any]]:
    """Findings on what was done to a file before it was checked: (rule, values) each."""
    return [beside(rule, None, values, contract, count=1) for rule, values in told]


def beside(
    rule: str, column: str | None, values: dict[str, Any], contract: FileContract, count: int = 0
) -> dict[str, Any]:
    """A finding on more than a file's own cells, as JSON carries it; the count is 0 where nothing is counted."""
    level = severity(rule, column, contract.policy)
    raw = {"rule": rule, "severity": level, "column": column, "values": values, "count": count, "samples": []}
    return asdict(_finding(raw, contract))


def tolerant(finding: Finding, contract: FileContract, rows: int | None) -> Finding:
    """The finding, a warning instead of a block where no more rows break the rule than the policy tolerates."""
    limit = contract.tolerance.get(f"{finding.column}.{finding.rule}", contract.tolerance.get(finding.rule))
    if limit is None or not rows or finding.severity != "block" or finding.count > limit * rows:
        return finding
    return replace(finding, severity="warn", tolerated=tolerated(finding.count / rows, limit))


def _order(contract: FileContract) -> Any:
    """Blocking first, then the file as a whole, then column by column; a contract's own rules after the house's."""
    places = {name: at for at, name in enumerate(contract.field_names)}
    listed = [*rules(), *(own.id for own in contract.rules)]
    return lambda one: (
        SEVERITIES.index(one.severity),
        places.get(one.column, -1),
        one.kind is not None,
        listed.index(one.rule),
    )


def _finding(raw: Mapping[str, Any], contract: FileContract) -> Finding:
    own = {rule.id: rule for rule in contract.rules}
    rule = own.get(raw["rule"])
    texts = rules()[rule.kind if rule else raw["rule"]]
    column = next((one for one in contract.fields if one["name"] == raw["column"]), {})
    values = _values(raw, column, contract)
    told_of = rule or own.get(raw["values"].get("own"))
    if told_of and isinstance(contract, TableContract):
        values |= Wording(contract).values(told_of)
    return Finding(
        rule=raw["rule"],
        severity=raw["severity"],
        column=raw["column"],
        label=texts["label"],
        count=raw["count"],
        expected=_expected(texts, values, column),
        example=_example(column),
        fix=filled(texts["fix"], values),
        message=(rule and rule.message) or filled(texts["message"], values),
        samples=[_sample(sample, texts) for sample in raw["samples"]],
        kind=rule.kind if rule else None,
        fixed=not contract.fixed.isdisjoint((raw["rule"], f"{raw['column']}.{raw['rule']}")),
    )


def _sample(raw: Mapping[str, Any], texts: Mapping[str, Any]) -> Sample:
    """The place, and the sentence of its rule that tells more of it."""
    hint = raw.get("hint")
    return Sample(**{**raw, "hint": filled(texts["hints"][hint["hint"]], hint) if hint else None})


def _values(raw: Mapping[str, Any], column: Mapping[str, Any], contract: FileContract) -> dict[str, Any]:
    key_or_all = contract.key if raw["rule"] == "key" else contract.field_names
    return {
        "count": raw["count"],
        "column": column.get("title") or raw["values"].get("found", ""),
        "name": column.get("name", ""),
        "columns": ", ".join(key_or_all),
        "kind": _kind(column),
        "limit": _bound(raw["rule"], column),
        **raw["values"],
    }


def _bound(rule: str, column: Mapping[str, Any]) -> str:
    constraint = {"min-length": "minLength", "max-length": "maxLength"}.get(rule, rule)
    bound = column.get("constraints", {}).get(constraint, "")
    return ", ".join(map(str, bound)) if isinstance(bound, list) else str(bound)


def _kind(column: Mapping[str, Any]) -> LanguageMap:
    kinds = words()["kinds"]
    return kinds.get(column.get("format", "")) or kinds[column.get("type", "string")]


def _expected(texts: Mapping[str, Any], values: Mapping[str, Any], column: Mapping[str, Any]) -> LanguageMap:
    """The rule's own words, or the column's description: never a bare regular expression."""
    if "expected" in texts:
        return filled(texts["expected"], values)
    return column.get("description") or dict.fromkeys(LANGUAGES, "")


def _example(column: Mapping[str, Any]) -> str:
    examples = words()["examples"]
    own = column.get("example") or examples.get(column.get("format", ""))
    return str(own or examples.get(column.get("type", ""), ""))
