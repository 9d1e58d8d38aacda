"""Walk a listing page by page to its end: twins dropped, loops seen, the announced total compared. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ckanext.smartregion.fetch import Client
from ckanext.smartregion.harvest.conversation import Conversation, Said, Unchanged
from ckanext.smartregion.harvest.options import refusal
from ckanext.smartregion.harvest.records import Cursor, EndlessError, ListingError, Page, Record, Source
from ckanext.smartregion.harvest.roll import Called, Roll
from ckanext.smartregion.harvest.sentences import say

if TYPE_CHECKING:
    from ckanext.smartregion.harvesters import Harvester

MOST_PAGES = 5000
MOST_RECORDS = 200_000


@dataclass(frozen=True)
class Remembered:
    """What is known of one page of the last complete listing: whom it named, and what the far end said of it.

    `left_out` are those that it named as well and that the source's options leave out.
    """

    keys: tuple[str, ...]
    next: Cursor | None = None
    total: int | None = None
    said: Mapping[str, Said] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Walked:
    """One page that was walked; `keys` names whom it named as often as it did.

    `fresh` are its records that no page before it had; `quiet` are the keys of those that are there as they were, of
    which the far end sent nothing; `twins` the identifiers that came again; `left_out` those of an unchanged page that
    were left out when it was read. `notes` are sentences about how it came.
    """

    number: int
    cursor: Cursor | None
    keys: tuple[str, ...]
    fresh: tuple[Record, ...]
    quiet: tuple[str, ...]
    twins: tuple[str, ...]
    next: Cursor | None
    total: int | None
    said: Mapping[str, Said]
    unchanged: bool = False
    gathering: bool = False
    left_out: tuple[str, ...] = ()
    notes: tuple[dict[str, str], ...] = ()

    @property
    def called(self) -> Called:
        """The page as the roll knows it."""
        return Called(self.cursor, (*self.keys, *self.left_out), self.unchanged)


def identity(remote_id: str) -> str:
    """Under which a remote item is known: far ends change the case of their identifiers and pad them with blanks."""
    return " ".join(remote_id.split()).casefold()


def place(cursor: Cursor | None) -> str:
    """A cursor as text: the same for the same place in a listing."""
    return json.dumps(cursor, sort_keys=True)


@dataclass
class Walk:
    """A listing under way; it can be taken up at any page with the roll of the pages before it."""

    kind: Harvester
    source: Source
    client: Client
    remembered: Mapping[str, Remembered] = field(default_factory=dict)
    roll: Roll = field(default_factory=Roll)
    number: int = 0
    total: int | None = None

    def pages(self, cursor: Cursor | None = None) -> Iterator[Walked]:
        """Every page from a cursor to the end; raises ListingError or FetchError where the listing breaks off."""
        if problem := refusal(self.kind.options, self.source.options):
            raise ListingError(problem)
        visited: set[str] = set()
        while True:
            if self.number >= MOST_PAGES or len(self.roll.seen) > MOST_RECORDS:
                raise EndlessError(say("too-many-pages", limit=MOST_PAGES))
            visited.add(place(cursor))
            walked, open_ended = self._step(cursor)
            names = walked.called.names
            going_on = walked.gathering or (bool(names) and not self.roll.seen.issuperset(names))
            self.roll.call(walked.called)
            self.total = max(self.total or 0, walked.total) if walked.total is not None else self.total
            yield walked
            if walked.unchanged and cursor is None and (others := self._vouched_for()):
                yield from others
                return
            if walked.next is None or (open_ended and not going_on):
                break
            if place(walked.next) in visited or not going_on:
                raise ListingError(say("loop", url=_where(walked.cursor, self.source)))
            cursor = walked.next
        self.close()

    def close(self) -> None:
        """The end of the list: raises ListingError where not all came that were announced; see roll.py for the rule."""
        found = len(self.roll.seen)
        if self.total is None or found >= self.total:
            return
        if self.roll.came != self.total:
            raise ListingError(say("fewer-than-announced", total=self.total, found=found))
        if not all(self._still_there(page, names) for page, names in self.roll.doubtful()):
            raise ListingError(say("moved-while-read", total=self.total, found=found))

    def _still_there(self, page: Called, names: set[str]) -> bool:
        """Whether a page in a fixed order still names these; it is asked as if nothing were known of it."""
        again = self.kind.list(self.source, Conversation(self.client), page.cursor)
        return again.ordered and names <= {identity(record.remote_id) for record in again.records}

    def _vouched_for(self) -> list[Walked]:
        """The other pages of the last complete listing, where the first one, unchanged, vouches for them.

        It does where it shows what changed last, and where all pages bear the same validator: the catalogue's own.
        """
        chain = self._chain()
        if not (self.kind.newest_first or _one_validator(chain)):
            return []
        others = []
        for cursor, page in chain[1:]:
            self.number += 1
            others.append(self._as_before(cursor, page, Conversation(self.client, said=dict(page.said))))
            self.roll.call(others[-1].called)
        return others

    def _chain(self) -> list[tuple[Cursor | None, Remembered]]:
        """The remembered pages from the first to the last; empty where one of them is not remembered."""
        found: list[tuple[Cursor | None, Remembered]] = []
        cursor: Cursor | None = None
        while len(found) <= len(self.remembered):
            page = self.remembered.get(place(cursor))
            if page is None or not page.said:
                return []
            found.append((cursor, page))
            if page.next is None:
                return found
            cursor = page.next
        return []

    def _step(self, cursor: Cursor | None) -> tuple[Walked, bool]:
        last = self.remembered.get(place(cursor))
        ask = Conversation(self.client, last.said if last else {})
        self.number += 1
        try:
            page = self.kind.list(self.source, ask, cursor)
        except Unchanged:
            if last is None:
                raise
            return self._as_before(cursor, last, ask), False
        return self._sorted(page, cursor, ask), page.open_ended

    def _as_before(self, cursor: Cursor | None, page: Remembered, ask: Conversation) -> Walked:
        names = (*page.keys, *page.left_out)
        return Walked(
            number=self.number,
            cursor=cursor,
            keys=page.keys,
            fresh=(),
            quiet=tuple(key for key in dict.fromkeys(page.keys) if key not in self.roll.seen),
            twins=tuple(self.roll.again(names)),
            next=page.next,
            total=page.total,
            said=ask.said,
            notes=tuple(ask.notes),
            unchanged=True,
            # A page that named nobody and still went on was summed up in the cursor that it led to.
            gathering=not names and page.next is not None,
            left_out=page.left_out,
        )

    def _sorted(self, page: Page, cursor: Cursor | None, ask: Conversation) -> Walked:
        """The records of a page that are new, and the identifiers that came again."""
        first: dict[str, Record] = {}
        twins = []
        for record in page.records:
            key = identity(record.remote_id)
            if key in first or key in self.roll.seen:
                twins.append(record.remote_id)
            else:
                first[key] = record
        listed = [identity(record.remote_id) for record in page.records]
        sent, present = set(listed), [identity(name) for name in page.present]
        quiet = (key for key in dict.fromkeys(present) if key not in sent and key not in self.roll.seen)
        return Walked(
            number=self.number,
            cursor=cursor,
            keys=(*listed, *(key for key in present if key not in sent)),
            fresh=tuple(first.values()),
            quiet=tuple(quiet),
            twins=tuple(twins),
            next=page.next,
            total=page.total,
            said=ask.said,
            notes=tuple(ask.notes),
            gathering=page.gathering,
        )


def _one_validator(chain: list[tuple[Cursor | None, Remembered]]) -> bool:
    """Whether every page was sent with one and the same ETag, or date of change."""
    etags = {said.etag for _, page in chain for said in page.said.values()}
    dates = {said.last_modified for _, page in chain for said in page.said.values()}
    return (len(etags) == 1 and None not in etags) or (len(dates) == 1 and None not in dates and etags == {None})


def _where(cursor: Cursor | None, source: Source) -> str:
    return str((cursor or {}).get("url") or source.url)
