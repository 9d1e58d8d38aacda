"""Walk a listing page by page to its end: twins dropped, loops seen, the announced total compared. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ckanext.smartregion.fetch import Client
from ckanext.smartregion.harvest.conversation import Conversation, Said, Unchanged
from ckanext.smartregion.harvest.options import refusal
from ckanext.smartregion.harvest.records import Cursor, ListingError, Page, Record, Source
from ckanext.smartregion.harvest.sentences import say

if TYPE_CHECKING:
    from ckanext.smartregion.harvesters import Harvester

MOST_PAGES = 5000
MOST_RECORDS = 200_000


@dataclass(frozen=True)
class Remembered:
    """What is known of one page of the last complete listing: whom it named, and what the far end said of it."""

    keys: tuple[str, ...]
    next: Cursor | None = None
    total: int | None = None
    said: Mapping[str, Said] = field(default_factory=dict)


@dataclass(frozen=True)
class Walked:
    """One page that was walked: `fresh` are its records that no page before it had, none where it is unchanged."""

    number: int
    cursor: Cursor | None
    keys: tuple[str, ...]
    fresh: tuple[Record, ...]
    twins: tuple[str, ...]
    next: Cursor | None
    total: int | None
    said: Mapping[str, Said]
    unchanged: bool = False
    gathering: bool = False


def identity(remote_id: str) -> str:
    """Under which a remote item is known: far ends change the case of their identifiers and pad them with blanks."""
    return " ".join(remote_id.split()).casefold()


def place(cursor: Cursor | None) -> str:
    """A cursor as text: the same for the same place in a listing."""
    return json.dumps(cursor, sort_keys=True)


@dataclass
class Walk:
    """A listing under way; it can be taken up at any page with the keys that the pages before it named."""

    kind: Harvester
    source: Source
    client: Client
    remembered: Mapping[str, Remembered] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    number: int = 0
    total: int | None = None

    def pages(self, cursor: Cursor | None = None) -> Iterator[Walked]:
        """Every page from a cursor to the end; raises ListingError or FetchError where the listing breaks off."""
        if problem := refusal(self.kind.options, self.source.options):
            raise ListingError(problem)
        visited: set[str] = set()
        while True:
            if self.number >= MOST_PAGES or len(self.seen) > MOST_RECORDS:
                raise ListingError(say("too-many-pages", limit=MOST_PAGES))
            visited.add(place(cursor))
            walked, open_ended = self._step(cursor)
            going_on = walked.gathering or (bool(walked.keys) and not self.seen.issuperset(walked.keys))
            self.seen.update(walked.keys)
            self.total = max(self.total or 0, walked.total) if walked.total is not None else self.total
            yield walked
            if walked.next is None or (open_ended and not going_on):
                break
            if place(walked.next) in visited or not going_on:
                raise ListingError(say("loop", url=_where(walked.cursor, self.source)))
            cursor = walked.next
        if self.total is not None and len(self.seen) < self.total:
            raise ListingError(say("fewer-than-announced", total=self.total, found=len(self.seen)))

    def _step(self, cursor: Cursor | None) -> tuple[Walked, bool]:
        last = self.remembered.get(place(cursor))
        ask = Conversation(self.client, last.said if last else {})
        self.number += 1
        try:
            page = self.kind.list(self.source, ask, cursor)
        except Unchanged:
            if last is None:
                raise
            # A page that named nobody and still went on was summed up in the cursor that it led to.
            gathering = not last.keys and last.next is not None
            return Walked(
                self.number, cursor, last.keys, (), (), last.next, last.total, ask.said, True, gathering
            ), False
        return self._sorted(page, cursor, ask.said), page.open_ended

    def _sorted(self, page: Page, cursor: Cursor | None, said: Mapping[str, Said]) -> Walked:
        """The records of a page that are new, and the identifiers that came again."""
        first: dict[str, Record] = {}
        twins = []
        for record in page.records:
            key = identity(record.remote_id)
            if key in first or key in self.seen:
                twins.append(record.remote_id)
            else:
                first[key] = record
        listed = (record.remote_id for record in page.records)
        return Walked(
            number=self.number,
            cursor=cursor,
            keys=tuple(dict.fromkeys(map(identity, (*listed, *page.present)))),
            fresh=tuple(first.values()),
            twins=tuple(twins),
            next=page.next,
            total=page.total,
            said=said,
            gathering=page.gathering,
        )


def _where(cursor: Cursor | None, source: Source) -> str:
    return str((cursor or {}).get("url") or source.url)
