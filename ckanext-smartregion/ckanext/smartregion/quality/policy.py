"""What a broken rule means for publication, and the verdict that follows."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from ckanext.smartregion.quality.rules import rules
from ckanext.smartregion.schemas.table_contracts import SEVERITIES

__all__ = ["SEVERITIES", "Verdict", "severity", "verdict", "verdict_of", "worst"]


class Verdict(StrEnum):
    """The three verdicts, the strictest last."""

    PUBLISH = "publish"
    WARN = "publish with warnings"
    HOLD = "hold"


def severity(rule: str, column: str | None, policy: Mapping[str, str], kind: str | None = None) -> str:
    """The severity of a rule: the policy's word for this column, else for the rule, else the house's own.

    A rule that a contract adds is of a `kind`, for which a policy may speak too.
    """
    ours = rules()[kind or rule]
    if ours.get("fixed"):
        return ours["severity"]
    words = (f"{column}.{rule}", rule, *((f"{column}.{kind}", kind) if kind else ()))
    return next((policy[word] for word in words if word in policy), ours["severity"])


def verdict_of(severities: Iterable[str]) -> Verdict:
    """The verdict that findings of these severities lead to."""
    found = set(severities)
    if "block" in found:
        return Verdict.HOLD
    return Verdict.WARN if "warn" in found else Verdict.PUBLISH


def verdict(severities: Iterable[str], rows: int | None, failed: bool) -> Verdict:
    """The verdict on a file: nothing is published that was not read to its end."""
    return Verdict.HOLD if failed or not rows else verdict_of(severities)


def worst(verdicts: Iterable[str]) -> Verdict:
    """The strictest of several verdicts; nothing to judge means publish."""
    order = list(Verdict)
    return max((Verdict(verdict) for verdict in verdicts), key=order.index, default=Verdict.PUBLISH)
