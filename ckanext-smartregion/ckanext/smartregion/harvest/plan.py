"""The plan of a run: what becomes of each remote item, and of those that have vanished. Pure; preview shows it.

A plan is a sequence of steps; a run keeps them and does exactly these, page by page, in their order.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, is_dataclass, replace
from typing import Any, Literal

from ckanext.smartregion.harvest.records import Candidate, Change, Finding, Record
from ckanext.smartregion.harvest.sentences import say

Act = Literal["create", "update", "hold", "unchanged", "conflict", "miss", "withdraw", "fail"]
ACTS: tuple[Act, ...] = ("create", "update", "hold", "unchanged", "conflict", "miss", "withdraw", "fail")
SHARE = 0.2
SHOWN = ("published", "held")  # the states of an item that has a dataset of its own in the catalogue


@dataclass(frozen=True)
class Known:
    """What the mapping table remembers of one remote item."""

    remote_id: str
    package_id: str
    hash: str
    state: str = "published"
    raw_hash: str = ""
    fingerprint: str = ""
    missing_since: dt.datetime | None = None
    first_seen: dt.datetime | None = None

    @property
    def shown(self) -> bool:
        """Whether the item has a dataset of its own in the catalogue."""
        return self.state in SHOWN


@dataclass(frozen=True)
class Twin:
    """The same dataset from another source: where it is, and whether that source is nearer its origin than ours."""

    package_id: str
    record_id: str
    source: str
    nearer: bool


@dataclass(frozen=True)
class Step:
    """One thing to do, about one remote item; `package_id` is the dataset that it is about, where there is one."""

    act: Act
    remote_id: str
    record: Record | None = None
    candidate: Candidate | None = None
    package_id: str | None = None
    problem: dict[str, str] | None = None
    twin: Twin | None = None

    def staged(self) -> dict[str, Any]:
        """The step as plain JSON, to be taken up by whatever process."""
        return {name: _plain(value) for name, value in vars(self).items()}

    @classmethod
    def taken_up(cls, staged: Mapping[str, Any]) -> Step:
        """A step from its plain JSON."""
        found = dict(staged)
        if record := found["record"]:
            found["record"] = Record(**record | {"changes": _changes(record["changes"])})
        if candidate := found["candidate"]:
            findings = tuple(Finding(**each) for each in candidate["findings"])
            more = {"changes": _changes(candidate["changes"]), "publishers": tuple(candidate["publishers"])}
            found["candidate"] = Candidate(**candidate | more | {"findings": findings})
        if twin := found["twin"]:
            found["twin"] = Twin(**twin)
        return cls(**found)

    def shown(self) -> dict[str, Any]:
        """The step as preview shows it."""
        candidate = self.candidate
        return {
            "act": self.act,
            "remote_id": self.remote_id,
            "package_id": self.package_id,
            "title": candidate.dataset.get("title_translated") if candidate else None,
            "type": candidate.dataset.get("type") if candidate else None,
            "publishers": list(candidate.publishers) if candidate else [],
            "changes": [change.as_dict() for change in candidate.changes] if candidate else [],
            "findings": [finding.as_dict() for finding in candidate.findings] if candidate else [],
            "problem": self.problem,
            "twin": self.twin.source if self.twin else None,
        }


def _plain(value: Any) -> Any:
    """Plain JSON of a word of harvesting; what it holds is plain already, and is not copied."""
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return {name: _plain(each) for name, each in vars(value).items()} if is_dataclass(value) else value


def _changes(rows: Iterable[Mapping[str, Any]]) -> tuple[Change, ...]:
    return tuple(Change(**row) for row in rows)


def step(
    record: Record,
    candidate: Candidate | None,
    known: Known | None,
    problem: dict[str, str] | None = None,
    twin: Twin | None = None,
) -> Step:
    """What to do about one record that was seen."""
    about = Step("fail", record.remote_id, record, candidate, known.package_id if known else None, problem, twin)
    if problem or candidate is None:
        return replace(about, candidate=None)
    if twin and twin.nearer:
        same = known and known.state == "linked" and (known.package_id, known.hash) == (twin.package_id, candidate.hash)
        return replace(about, act="unchanged" if same else "conflict", package_id=twin.package_id)
    if twin:  # we are nearer the origin: the dataset is ours from now on, with its history and its address
        return replace(about, act="update", package_id=twin.package_id)
    if known is None:
        return replace(about, act="create")
    same = known.hash == candidate.hash and known.shown
    return replace(about, act="unchanged" if same else "update")


def is_nearer(one: tuple[int, dt.datetime], other: tuple[int, dt.datetime | None]) -> bool:
    """Whether the first of two records of a dataset is nearer its origin.

    Each is given by the precedence of its source and when it was first seen; None: it has no dataset of its own yet.
    """
    if one[0] != other[0]:
        return one[0] < other[0]
    return other[1] is None or one[1] < other[1]


@dataclass(frozen=True)
class Vanished:
    """What is to be done about items that are no longer listed; `asked` waits until a person confirms it."""

    steps: tuple[Step, ...] = ()
    asked: tuple[Step, ...] = ()
    notes: tuple[dict[str, str], ...] = ()


def vanished(
    unlisted: Mapping[str, Known],
    shown: int,
    *,
    complete: bool,
    nameless: bool,
    moment: dt.datetime,
    grace: dt.timedelta = dt.timedelta(),
) -> Vanished:
    """What becomes of the known items that a listing did not name, of a source of which so many are shown.

    Nothing where the listing broke off, or where a record of it could not even be named: it may be one of those that
    seem to be missing. More than one and more than a fifth wait for a person. The others are marked first, and go
    after their days of grace.
    """
    missing = [item for _, item in sorted(unlisted.items()) if item.state != "withdrawn"]
    if not missing:
        return Vanished()
    if not complete or nameless:
        return Vanished(notes=(say("incomplete"),))
    going = [item for item in missing if item.shown]
    if len(going) > max(1, int(shown * SHARE)):
        asked = tuple(_withdrawal(item) for item in missing)
        return Vanished(asked=asked, notes=(say("guard", missing=len(going), known=shown),))
    over = [item for item in missing if _over(item, moment, grace)]
    marked = [item for item in missing if item.missing_since is None and item not in over]
    steps = (*map(_mark, marked), *map(_withdrawal, over))
    return Vanished(steps)


def _mark(item: Known) -> Step:
    return Step("miss", item.remote_id, package_id=item.package_id)


def _withdrawal(item: Known) -> Step:
    return Step("withdraw", item.remote_id, package_id=item.package_id)


def _over(item: Known, moment: dt.datetime, grace: dt.timedelta) -> bool:
    """Whether an item has used up its days of grace; a link to another source's dataset has none to use."""
    return not grace or not item.shown or (item.missing_since is not None and moment - item.missing_since >= grace)


MOST_SHOWN = 1000


@dataclass
class Plan:
    """Everything a run is going to do, counted, the first of it in detail; the notes say what it is not going to do.

    A catalogue of any size has its plan in bounded memory.
    """

    counts: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(ACTS, 0)))
    steps: list[dict[str, Any]] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    notes: list[dict[str, str]] = field(default_factory=list)

    def add(self, steps: Iterable[Step], *, asked: bool = False) -> None:
        """Steps that a run is going to do, or would ask a person about."""
        shown = self.asked if asked else self.steps
        for each in steps:
            self.counts.update(() if asked else (each.act,))
            if len(shown) < MOST_SHOWN:
                shown.append(each.shown())

    def as_dict(self) -> dict[str, Any]:
        """The plan as preview shows it."""
        return {"counts": dict(self.counts), "steps": self.steps, "asked": self.asked, "notes": self.notes}
