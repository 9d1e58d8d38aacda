"""The words of harvesting as plain data: source, record, change, candidate. Pure."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Draft = dict[str, Any]
Cursor = dict[str, Any]
"""Where a listing stands: whatever its kind needs to ask for the next page, as plain JSON; kept between two pages."""


@dataclass(frozen=True)
class Source:
    """Where a harvester pulls from, as far as a harvester needs to know it.

    `since` is given where everything up to that moment is known: a kind whose far end filters by date may then list
    only what has changed, as long as it names all that is there in `Page.present`.
    """

    name: str
    kind: str
    url: str
    options: Mapping[str, Any] = field(default_factory=dict)
    since: dt.datetime | None = None


@dataclass(frozen=True)
class Option:
    """One option of a kind of source; the form, the API and the documentation are made from it.

    Where there are `choices`, no other value will do.
    """

    name: str
    label: dict[str, str]
    default: Any = ""
    type: type = str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """One thing a rule changed in a record on its way in: what stood there, and what stands there now."""

    rule: str
    field: str
    before: Any
    after: Any

    def as_dict(self) -> dict[str, Any]:
        """The change as it is stored and shown."""
        return {"rule": self.rule, "field": self.field, "before": self.before, "after": self.after}


@dataclass(frozen=True)
class Record:
    """One remote item as seen in a run; a `problem` (a sentence per language) says that it could not be read.

    The engine gives it the `hash` of what the far end sent.
    """

    remote_id: str
    payload: dict[str, Any] = field(default_factory=dict)
    address: str = ""
    changes: tuple[Change, ...] = ()
    problem: dict[str, str] | None = None
    hash: str = ""


@dataclass(frozen=True)
class Page:
    """One page of a listing: its records, where the next page is (None after the last), how many are announced in all.

    `present` names records that are there but are not sent again because they have not changed. An `open_ended` list
    does not say where it ends: the first page that brings nothing new is its end, elsewhere such a page is a loop,
    unless it is `gathering`: its kind sums it up in the cursor, and the last page brings records made of the sum.
    `ordered` says that the far end was asked for an order in which each record has its one place.
    """

    records: tuple[Record, ...] = ()
    next: Cursor | None = None
    total: int | None = None
    present: tuple[str, ...] = ()
    open_ended: bool = False
    gathering: bool = False
    ordered: bool = False


@dataclass(frozen=True)
class Finding:
    """What could not be mapped and was kept as it was: a licence that names none, a theme in free words."""

    rule: str
    field: str
    value: Any

    def as_dict(self) -> dict[str, Any]:
        """The finding as it is stored and shown."""
        return {"rule": self.rule, "field": self.field, "value": self.value}


@dataclass(frozen=True)
class Candidate:
    """What a record maps to, before the gate: a dataset without name and organisation, and who publishes it."""

    dataset: Draft
    publishers: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def hash(self) -> str:
        """The same for the same content, whatever the order in which the far end happened to send it."""
        text = json.dumps([self.dataset, self.publishers], sort_keys=True, ensure_ascii=False, default=str)
        return hashlib.sha256(text.encode()).hexdigest()


class ListingError(Exception):
    """A listing that did not come to its end; what was listed may be used, but nothing may be withdrawn."""

    def __init__(self, texts: dict[str, str]) -> None:
        self.texts = texts
        super().__init__(texts["en"])


class EndlessError(ListingError):
    """A listing that seems to have no end: nothing of it can be trusted, and nothing of it is used."""


class RecordError(Exception):
    """A record that can't become a candidate; the others of its run are not concerned."""

    def __init__(self, texts: dict[str, str]) -> None:
        self.texts = texts
        super().__init__(texts["en"])
