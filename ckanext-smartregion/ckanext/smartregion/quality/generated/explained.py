"""The rules of a contract in words, for its page: those added to columns, or those of a format."""

from collections.abc import Iterator
from dataclasses import dataclass

from ckanext.smartregion.quality.policy import SEVERITIES, severity
from ckanext.smartregion.quality.rules import LanguageMap, filled, rules
from ckanext.smartregion.quality.wording import Wording
from ckanext.smartregion.schemas.format_contracts import FormatContract
from ckanext.smartregion.schemas.rules.rule import Rule
from ckanext.smartregion.schemas.table_contracts import TableContract


@dataclass(frozen=True)
class Explained:
    """One rule: its name, what it is about, what is expected, in which rows if not in all, and what follows."""

    id: str
    columns: list[str]
    label: LanguageMap
    expected: LanguageMap
    condition: LanguageMap | None
    severity: str
    tolerance: float | None


@dataclass(frozen=True)
class FormatRule:
    """One rule of a format: its code, what it is called, and what follows where it is broken."""

    id: str
    label: LanguageMap
    severity: str


def rules_of_format(contract: FormatContract) -> Iterator[FormatRule]:
    """The rules of a format, blocking ones first; what its policy says of single parts stands in the policy alone."""
    found = (
        FormatRule(name, rules()[name]["label"], severity(name, None, contract.policy)) for name in contract.rule_names
    )
    yield from sorted(found, key=lambda rule: SEVERITIES.index(rule.severity))


def explained(contract: TableContract) -> Iterator[Explained]:
    """The rules of a contract in their order."""
    wording = Wording(contract)
    for rule in contract.rules:
        yield _explained(rule, contract, wording)


def _explained(rule: Rule, contract: TableContract, wording: Wording) -> Explained:
    texts, column = rules()[rule.kind], rule.columns[0]
    field = next(one for one in contract.fields if one["name"] == column)
    values = {"column": field["title"], "name": column, **wording.values(rule)}
    return Explained(
        id=rule.id,
        columns=rule.columns,
        label=texts["label"],
        expected=filled(texts["expected"], values) if "expected" in texts else field["description"],
        condition=None if "{condition}" in texts.get("expected", {}).get("en", "") else values.get("condition"),
        severity=severity(rule.id, column, contract.policy, rule.kind),
        tolerance=contract.tolerance.get(f"{column}.{rule.id}", contract.tolerance.get(rule.id)),
    )
