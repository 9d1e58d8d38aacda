"""What a broken rule means for publication, and the verdict that follows."""

from collections.abc import Iterable, Mapping

from ckanext.smartregion.quality.rules import rules

SEVERITIES = ("block", "warn", "note")
PUBLISH, WARNINGS, HOLD = "publish", "publish with warnings", "hold"


def severity(rule: str, column: str | None, policy: Mapping[str, str]) -> str:
    """The severity of a rule: the policy's word for this column, else for the rule, else the house's own."""
    ours = rules()[rule]
    if ours.get("fixed"):
        return ours["severity"]
    return policy.get(f"{column}.{rule}") or policy.get(rule) or ours["severity"]


def verdict(severities: Iterable[str], rows: int | None, failed: bool) -> str:
    """The verdict: nothing is published that was not read to its end."""
    found = set(severities)
    if failed or not rows or "block" in found:
        return HOLD
    return WARNINGS if "warn" in found else PUBLISH
