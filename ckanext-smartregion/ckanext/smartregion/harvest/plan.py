"""The plan of a run: what would be created, updated, left, withdrawn, and what failed. Pure; preview shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ckanext.smartregion.harvest.records import Candidate, Record
from ckanext.smartregion.harvest.sentences import say
from ckanext.smartregion.harvest.walking import identity

Act = Literal["create", "update", "unchanged", "withdraw", "fail"]
SHARE = 0.2


@dataclass(frozen=True)
class Known:
    """What the mapping table remembers of one remote item."""

    remote_id: str
    package_id: str
    hash: str
    state: str = "active"


@dataclass(frozen=True)
class Step:
    """One thing to do, about one remote item."""

    act: Act
    remote_id: str
    record: Record | None = None
    candidate: Candidate | None = None
    known: Known | None = None
    problem: dict[str, str] | None = None


@dataclass(frozen=True)
class Plan:
    """Everything a run is going to do, in order, and the notes about what it is not going to do."""

    steps: tuple[Step, ...] = ()
    notes: tuple[dict[str, str], ...] = ()
    guarded: tuple[str, ...] = field(default=())

    def counts(self) -> dict[str, int]:
        """How many steps of each kind."""
        acts: tuple[Act, ...] = ("create", "update", "unchanged", "withdraw", "fail")
        return {act: sum(step.act == act for step in self.steps) for act in acts}

    def as_dict(self) -> dict[str, Any]:
        """The plan as preview shows it."""
        return {"counts": self.counts(), "steps": [_shown(step) for step in self.steps], "notes": list(self.notes)}


def _shown(step: Step) -> dict[str, Any]:
    candidate = step.candidate
    return {
        "act": step.act,
        "remote_id": step.remote_id,
        "package_id": step.known.package_id if step.known else None,
        "title": candidate.dataset.get("title_translated") if candidate else None,
        "type": candidate.dataset.get("type") if candidate else None,
        "publishers": list(candidate.publishers) if candidate else [],
        "changes": [change.as_dict() for change in candidate.changes] if candidate else [],
        "problem": step.problem,
    }


def step(record: Record, candidate: Candidate | None, known: Known | None, problem: dict[str, str] | None) -> Step:
    """What to do about one record that was seen."""
    if problem or candidate is None:
        return Step("fail", record.remote_id, record, known=known, problem=problem)
    if known is None:
        return Step("create", record.remote_id, record, candidate)
    same = known.hash == candidate.hash and known.state != "withdrawn"
    return Step("unchanged" if same else "update", record.remote_id, record, candidate, known)


def make(seen: Iterable[Step], known: Mapping[str, Known], *, complete: bool, confirmed: bool = False) -> Plan:
    """The plan for what was seen, given what is known; an incomplete listing withdraws nothing."""
    steps, twins = _once(seen)
    notes = [say("twice", id=remote_id) for remote_id in twins]
    listed = {identity(step.remote_id) for step in steps}
    missing = [item for key, item in sorted(known.items()) if key not in listed and item.state != "withdrawn"]
    nameless = any(step.act == "fail" and identity(step.remote_id) not in known for step in steps)
    if not missing:
        return Plan(tuple(steps), tuple(notes))
    # A record that could not even be named may be one of those that seem to be missing.
    if not complete or nameless:
        return Plan(tuple(steps), (*notes, say("incomplete")))
    current = sum(item.state != "withdrawn" for item in known.values())
    if len(missing) > max(1, int(current * SHARE)) and not confirmed:
        note = say("guard", missing=len(missing), known=current)
        return Plan(tuple(steps), (*notes, note), tuple(item.remote_id for item in missing))
    withdrawals = [Step("withdraw", item.remote_id, known=item) for item in missing]
    return Plan((*steps, *withdrawals), tuple(notes))


def _once(seen: Iterable[Step]) -> tuple[list[Step], list[str]]:
    """Each remote item once, the first wins; and the identifiers that came again."""
    first: dict[str, Step] = {}
    twins: dict[str, str] = {}
    for each in seen:
        key = identity(each.remote_id)
        if key in first:
            twins[key] = each.remote_id
        else:
            first[key] = each
    return list(first.values()), list(twins.values())
