"""The plan of a run as it would be now; nothing is written. Of a long list the plan of its beginning."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ckanext.smartregion.fetch import FetchError
from ckanext.smartregion.harvest import model, plan
from ckanext.smartregion.harvest.engine.comparing import Compared, Comparison
from ckanext.smartregion.harvest.engine.listing import news, walk_of
from ckanext.smartregion.harvest.engine.pulse import Told, silent
from ckanext.smartregion.harvest.engine.vanishing import vanished
from ckanext.smartregion.harvest.records import EndlessError, ListingError
from ckanext.smartregion.harvest.sentences import say
from ckanext.smartregion.harvest.walking import Walk, Walked, identity


@dataclass(frozen=True)
class Bound:
    """How much of a list is read: so many pages, and no further one after so many seconds."""

    pages: int
    seconds: float


@dataclass
class Seen:
    """What a preview has seen of the list so far; `part` where the list goes on, `error` where it broke off."""

    plan: plan.Plan = field(default_factory=plan.Plan)
    keys: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    pages: int = 0
    total: int | None = None
    part: bool = False
    error: dict[str, str] | None = None

    def as_dict(self) -> dict[str, Any]:
        """The preview as API and pages show it."""
        return {
            "complete": self.error is None and not self.part,
            "error": self.error,
            "pages": self.pages,
            "listed": len(self.keys),
            "total": self.total,
            **self.plan.as_dict(),
        }


def preview(source: model.Source, bound: Bound, told: Told = silent) -> Seen:
    """What a run would do now, as far as the bound lets the list be read; what has vanished only at its end."""
    seen, comparison = Seen(), Comparison(source)
    try:
        for walked, compared in _within(bound, seen, walk_of(source, comparison), comparison):
            _note(seen, walked, compared)
            told("listing", {"pages": seen.pages, "listed": len(seen.keys), "total": seen.total or 0})
    except (FetchError, ListingError) as broken:
        if isinstance(broken, EndlessError):
            seen = Seen()
        seen.error = broken.texts
    if seen.part:
        seen.plan.notes.append(_how_much(seen))
    else:
        _vanished(source, seen)
    return seen


def _within(bound: Bound, seen: Seen, walk: Walk, comparison: Comparison) -> Iterator[tuple[Walked, Compared]]:
    """The pages of a list, compared, until its end or the bound."""
    until = time.monotonic() + bound.seconds
    for walked in walk.pages():
        yield walked, comparison.page(walked)
        if walked.next is not None and (walked.number >= bound.pages or time.monotonic() > until):
            seen.part = True
            return


def _note(seen: Seen, walked: Walked, compared: Compared) -> None:
    seen.pages = walked.number
    seen.total = max(seen.total or 0, walked.total) if walked.total is not None else seen.total
    seen.keys.update(set(walked.keys) - compared.excluded)
    seen.failed.update(identity(step.remote_id) for step in compared.steps if step.act == "fail")
    seen.plan.add(compared.steps)
    seen.plan.counts["unchanged"] += compared.unchanged
    seen.plan.notes += news(walked, seen.plan.notes)


def _how_much(seen: Seen) -> dict[str, str]:
    facts = {"seen": len(seen.keys), "pages": seen.pages}
    return say("preview-part", total=seen.total, **facts) if seen.total else say("preview-part-of-many", **facts)


def _vanished(source: model.Source, seen: Seen) -> None:
    missing = vanished(source, seen.keys, seen.failed, complete=seen.error is None)
    seen.plan.add(missing.steps)
    seen.plan.add(missing.asked, asked=True)
    seen.plan.notes += missing.notes
