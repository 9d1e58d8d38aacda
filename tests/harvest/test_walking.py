"""When a list is complete: all that were announced came, and a record that comes twice hides nobody who never came."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from ckanext.smartregion.fetch import Client
from ckanext.smartregion.harvest.conversation import Conversation, Unchanged
from ckanext.smartregion.harvest.records import Candidate, Cursor, ListingError, Page, Record, Source
from ckanext.smartregion.harvest.roll import Called, Roll
from ckanext.smartregion.harvest.walking import Remembered, Walk, Walked, place

SOURCE = Source("essai", "shelf", "https://a.be/")


@dataclass
class Shelf:
    """A far end of pages of two; `after` says what becomes of its items once a page was asked for."""

    items: str
    total: int
    ordered: bool = True
    after: dict[int, str] = field(default_factory=dict)
    asked: list[int] = field(default_factory=list)
    kind: str = "shelf"
    options: tuple[Any, ...] = ()
    newest_first: bool = False

    def list(self, source: Source, ask: Conversation, cursor: Cursor | None) -> Page:
        start = (cursor or {"start": 0})["start"]
        shown = self.items[start : start + 2]
        following = {"start": start + 2} if start + 2 < len(self.items) else None
        self.items = self.after.pop(len(self.asked), self.items)
        self.asked.append(start)
        return Page(tuple(map(Record, shown)), following, self.total, ordered=self.ordered)

    def map(self, record: Record, source: Source) -> Candidate:
        raise NotImplementedError


class Unmoved(Shelf):
    """The same, and it says of each page that it is what it was."""

    def list(self, source: Source, ask: Conversation, cursor: Cursor | None) -> Page:
        super().list(source, ask, cursor)
        raise Unchanged


def walk(shelf: Shelf, **facts: Any) -> list[Walked]:
    return list(Walk(shelf, SOURCE, Client(), **facts).pages())


def test_record_that_stands_twice_on_a_page_counts_as_often_as_it_came() -> None:
    shelf = Shelf("aabc", total=4)
    assert [page.twins for page in walk(shelf)] == [("a",), ()]
    assert shelf.asked == [0, 2]


def test_record_that_stands_on_two_pages_is_believed_once_both_still_name_it() -> None:
    shelf = Shelf("abbcde", total=6)
    assert [page.twins for page in walk(shelf)] == [(), ("b",), ()]
    assert shelf.asked == [0, 2, 4, 0, 2], "no page without a doubt is asked again"


@pytest.mark.parametrize("after", ["xabcd", "xabcde"])
def test_record_that_moved_on_while_the_list_was_read_makes_it_incomplete(after: str) -> None:
    # Before page 2 the last record became the first, or a new one came in before all others.
    total = len(after)
    shelf = Shelf("abcdx" if total == 5 else "abcde", total, after={0: after})
    with pytest.raises(ListingError, match=f"delivered {total - 1} different ones: they moved from page to page"):
        walk(shelf)


def test_list_in_no_settled_order_is_not_believed_though_it_repeats_itself() -> None:
    with pytest.raises(ListingError, match="moved from page to page"):
        walk(Shelf("abbc", total=4, ordered=False))


def test_record_that_was_passed_over_makes_the_list_incomplete() -> None:
    with pytest.raises(ListingError, match="announces 6 datasets and delivered 5"):
        walk(Shelf("abcdef", total=6, after={0: "bcdef"}))


def test_doubles_that_the_far_end_does_not_count_hide_nobody() -> None:
    assert len(walk(Shelf("aabbcd", total=4))) == 3
    with pytest.raises(ListingError, match="announces 4 datasets and delivered 3"):
        walk(Shelf("aabbc", total=4))


def test_pages_that_are_as_they_were_in_the_last_complete_list_are_not_asked_again() -> None:
    first = walk(Shelf("abbc", total=4))
    remembered = {place(page.cursor): Remembered(page.keys, page.next, page.total) for page in first}

    shelf = Unmoved("abbc", total=4)
    pages = walk(shelf, remembered=remembered)
    assert shelf.asked == [0, 2]
    assert [(page.keys, page.quiet, page.twins) for page in pages] == [
        (("a", "b"), ("a", "b"), ()),
        (("b", "c"), ("c",), ("b",)),
    ]


def test_list_that_is_taken_up_knows_what_came_before() -> None:
    shelf = Shelf("aabc", total=4)
    first, second = walk(shelf)
    taken_up = Walk(shelf, SOURCE, Client(), roll=Roll.of([first.called]), number=1)
    assert [page.keys for page in taken_up.pages(first.next)] == [second.keys]


def test_names_left_out_by_the_sources_options_were_announced_as_well() -> None:
    page = Remembered(("a",), total=2, left_out=("b",))

    (walked,) = walk(Unmoved("ab", total=2), remembered={place(None): page})
    assert (walked.keys, walked.quiet, walked.left_out) == (("a",), ("a",), ("b",))


def test_roll_names_the_pages_in_doubt_with_who_stands_on_them() -> None:
    pages = [Called(None, ("a", "a", "b")), Called({"p": 2}, ("b", "c")), Called({"p": 3}, ("c",), as_before=True)]
    assert list(Roll.of(pages).doubtful()) == [(pages[0], {"b"}), (pages[1], {"b", "c"}), (pages[2], {"c"})]
