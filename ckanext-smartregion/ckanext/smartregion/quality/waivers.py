"""Exceptions from a policy: each signed for one rule on one dataset until a day, or a time of grace. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ckanext.smartregion.quality.policy import Verdict, verdict
from ckanext.smartregion.quality.rules import rules

Finding = dict[str, Any]
ENDS, ENDED = "waiver-ends", "waiver-ended"


@dataclass(frozen=True)
class Waiver:
    """An exception from ``rule``, written as in a policy: ``column.rule``, or the rule in any column.

    ``contract`` is the name of a table contract; None for what the dataset's description must say.
    ``signed_by`` is a person's name; None for the grace that a new version of a contract gives by itself: grace
    withdraws nothing, so it covers what nobody may sign for, too.
    """

    id: str | None
    contract: str | None
    rule: str
    until: dt.date
    signed_by: str | None = None
    why: str = ""

    def covers(self, finding: Finding, contract: str | None) -> bool:
        """Whether it excuses this finding."""
        may_be = may_be_waived(finding) if self.signed_by else not is_unreadable(finding)
        return self.contract == contract and self.rule in (finding["rule"], key(finding)) and may_be

    def to_dict(self) -> dict[str, Any]:
        """As a judgement stores it."""
        return asdict(self) | {"until": self.until.isoformat()}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Waiver:
        """What `to_dict` gave."""
        return cls(**{**stored, "until": dt.date.fromisoformat(stored["until"])})


def news(until: dt.date, today: dt.date, ahead: int, told: Iterable[str]) -> str | None:
    """What there is to tell of an exception today: that it ends within some days, or that it has ended; each once."""
    kind = ENDED if until < today else ENDS if 0 < ahead >= (until - today).days else None
    return kind if kind and kind not in told else None


def key(finding: Finding) -> str:
    """The exact name of a finding's rule: ``column.rule``, or the rule alone where no column is meant."""
    return f"{finding['column']}.{finding['rule']}" if finding.get("column") else finding["rule"]


def may_be_waived(finding: Finding) -> bool:
    """Neither what makes a file unreadable nor what protects people."""
    return not is_unreadable(finding) and not is_protected(finding)


def is_unreadable(finding: Finding) -> bool:
    """Whether it makes a file unreadable: without a table there is nothing to make an exception for."""
    ours = rules().get(finding["rule"], {})
    return bool(ours.get("fixed")) and not ours.get("protects")


def is_protected(finding: Finding) -> bool:
    """Whether its rule can't be lifted: by the house for everybody, or by the policy of its contract."""
    return bool(rules().get(finding["rule"], {}).get("protects") or finding.get("fixed"))


def contract_name(reference: str | None) -> str | None:
    """The name in ``name@version``."""
    return reference.partition("@")[0] if reference else None


def applied(findings: Iterable[Finding], contract: str | None, waivers: Iterable[Waiver]) -> list[Finding]:
    """The findings, those that block and are excused turned into warnings that say by whom, why and until when."""
    waivers = sorted(waivers, key=lambda one: (one.signed_by is None, -one.until.toordinal()))
    return [_applied(finding, contract, waivers) for finding in findings]


def _applied(finding: Finding, contract: str | None, waivers: list[Waiver]) -> Finding:
    if finding["severity"] != "block":
        return finding
    waiver = next((one for one in waivers if one.covers(finding, contract)), None)
    return finding | {"severity": "warn", "waived": waiver.to_dict()} if waiver else finding


def report_verdict(body: Mapping[str, Any], findings: Iterable[Finding]) -> Verdict:
    """The verdict on a file whose findings were excused or not; what was not examined to its end can't be excused."""
    failed = bool(body.get("error"))
    if body.get("truncated") and body["verdict"] == Verdict.HOLD:
        failed = True
    return verdict((finding["severity"] for finding in findings), body["file"]["rows"], failed=failed)


def used(*listed: Iterable[Finding]) -> list[dict[str, Any]]:
    """The waivers that counted, each once, in the order in which they were met."""
    found: list[dict[str, Any]] = []
    for finding in (finding for findings in listed for finding in findings):
        if (waiver := finding.get("waived")) and waiver not in found:
            found.append(waiver)
    return found


def blocking(findings: Iterable[Finding]) -> list[Finding]:
    """Those that hold, and that an exception could excuse."""
    return [finding for finding in findings if finding["severity"] == "block" and may_be_waived(finding)]
