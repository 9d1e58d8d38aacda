"""The policy of a table contract: what a broken rule means, and how many rows may break it."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

SEVERITIES = ("block", "warn", "note")
# What the house judges cell by cell: only of these, and of a contract's own rules, may a share of rows be wrong.
CELL_RULES = frozenset({
    "required", "unique", "type", "decimal-comma", "pattern", "enum", "minimum", "maximum", "min-length",
    "max-length",
})  # fmt: skip
# The kinds of personal data that a column may promise; a national number is promised nowhere. `codes` says that what
# looks like one, or like a telephone, is a code of another kind.
PERSONAL = ("email", "phone", "name", "iban", "codes")
# What no policy softens: that a file can't be read, and what may never be published of anybody.
FIXED = frozenset({
    "empty-file", "web-page", "pdf", "archive", "old-format", "document", "unreadable-workbook", "unpacked-too-large",
    "sheet-too-wide", "no-visible-sheet", "binary", "encoding-unknown", "encoding-mixed", "quote", "too-large",
    "too-many-rows", "too-many-columns", "cell-too-long", "no-rows", "unknown-header", "preamble",
    "personal-national-number",
})  # fmt: skip
KEYS = frozenset({"version", "rules", "tolerance", "plausibility", "personal", "fixed"})


@dataclass(frozen=True)
class TablePolicy:
    """One policy.yaml: severities by rule or column.rule, tolerated shares of rows likewise, and what others read.

    `fixed` names the rules, or column.rule, that nobody may sign an exception from.
    """

    version: str
    rules: dict[str, str]
    tolerance: dict[str, float] = field(default_factory=dict)
    plausibility: dict[str, Any] = field(default_factory=dict)
    personal: dict[str, list[str]] = field(default_factory=dict)
    fixed: frozenset[str] = frozenset()


class PolicyFaulty(ValueError):  # noqa: N818 - what is wrong, not a kind of error
    """A policy that can't be read; the text says why."""


def read_policy(path: Path) -> TablePolicy:
    """The policy of one file; PolicyFaulty says what is missing or misspelt in it."""
    try:
        said = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        policy = TablePolicy(
            version=str(said["version"]),
            rules=dict(said["rules"] or {}),
            tolerance=dict(said.get("tolerance") or {}),
            plausibility=dict(said.get("plausibility") or {}),
            personal=dict(said.get("personal") or {}),
            fixed=frozenset(said.get("fixed") or ()),
        )
    except (OSError, yaml.YAMLError, TypeError, KeyError, AttributeError, ValueError) as error:
        raise PolicyFaulty(f"It needs 'version' and 'rules': {error}.") from error
    wrong = {rule: severity for rule, severity in policy.rules.items() if severity not in SEVERITIES}
    if wrong:
        raise PolicyFaulty(f"It knows only block, warn and note, not {wrong}.")
    if unknown := sorted(map(str, set(said) - KEYS)):
        raise PolicyFaulty(f"It has no use for {', '.join(unknown)}; it holds {', '.join(sorted(KEYS))}.")
    return policy


def tolerance_faults(tolerance: dict[str, Any], names: Collection[str], rule_ids: Collection[str]) -> Iterator[str]:
    """Sentences that say why these shares can't be tolerated in a table with these columns and own rules."""
    for entry, share in tolerance.items():
        column, _, rule = str(entry).rpartition(".")
        if column and column not in names:
            yield f"Tolerance '{entry}' names '{column}', which is no field of the contract."
        if rule not in rule_ids and rule not in CELL_RULES:
            yield f"Tolerance '{entry}' names no rule of the contract; a file or a row as a whole is never tolerated."
        elif rule in CELL_RULES and not column:
            yield f"Tolerance '{entry}' needs its column: column.{rule}."
        if not isinstance(share, int | float) or isinstance(share, bool) or not 0 <= share <= 1:
            yield f"Tolerance '{entry}' is a share of the rows between 0 and 1, such as 0.01, not {share!r}."


def fixed_faults(policy: TablePolicy, names: Collection[str], rule_ids: Collection[str]) -> Iterator[str]:
    """Sentences that say why a policy softens what can't be softened, or fixes what it does not hold."""
    for entry, severity in policy.rules.items():
        if str(entry).rpartition(".")[2] in FIXED and severity != "block":
            yield f"The policy says {severity} for '{entry}', which always blocks: nobody may lower it."
    for entry in sorted(policy.fixed, key=str):
        column, _, rule = str(entry).rpartition(".")
        if (column and column not in names) or rule not in {*rule_ids, *CELL_RULES}:
            yield f"The policy fixes '{entry}', which is no rule of the contract."
        elif policy.rules.get(entry) != "block":
            yield f"The policy fixes '{entry}', so its rules must say that it blocks."
        elif entry in policy.tolerance or rule in policy.tolerance:
            yield f"The policy fixes '{entry}', so it can't tolerate that some rows break it."


def personal_faults(personal: dict[str, Any], names: Collection[str]) -> Iterator[str]:
    """Sentences that say why a table with these columns can't promise these personal data."""
    for column, kinds in personal.items():
        if column not in names:
            yield f"The policy promises personal data in '{column}', which is no field of the contract."
        if not isinstance(kinds, list) or not kinds or not all(kind in PERSONAL for kind in kinds):
            yield f"Personal data of '{column}' are a list of {', '.join(PERSONAL)}, not {kinds!r}."
