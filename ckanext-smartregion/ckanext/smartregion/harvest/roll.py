"""Who was named by which page of a listing, and whether those are all that the far end announced. Pure.

A list is complete when as many different records came as the far end announces, or when exactly as many came with
those that came more than once, each of which stands twice on one page or, where the far end was asked for a fixed
order, still stands on every page that named it when these are asked again.

Some far ends count a record twice that they list twice: 186 different ones in 200, each time. But a record may also
come twice because all moved on by one while they were read, or because their order is not settled, and then another one
never came. Who has moved is no longer where it was; where no order is settled, asking again tells nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ckanext.smartregion.harvest.records import Cursor


@dataclass(frozen=True)
class Called:
    """A page: where it stands, whom it named, as often as it did; and whether the last complete list had it so."""

    cursor: Cursor | None
    names: tuple[str, ...]
    as_before: bool = False


@dataclass
class Roll:
    """The pages of a listing so far; `seen` are the different names, `came` counts them as often as they came."""

    pages: list[Called] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    came: int = 0

    @classmethod
    def of(cls, pages: Iterable[Called]) -> Roll:
        """The roll of a listing that is taken up."""
        roll = cls()
        for page in pages:
            roll.call(page)
        return roll

    def call(self, page: Called) -> None:
        """One more page."""
        self.pages.append(page)
        self.seen.update(page.names)
        self.came += len(page.names)

    def again(self, names: Iterable[str]) -> Iterator[str]:
        """Those of a page's names that came before, on it or on an earlier one."""
        here: set[str] = set()
        for name in names:
            if name in here or name in self.seen:
                yield name
            here.add(name)

    def doubtful(self) -> Iterator[tuple[Called, set[str]]]:
        """The pages that have to be asked again, each with its names that stand on other pages as well.

        What stood on these pages in the last complete listing already needs no second look.
        """
        pages = [(page, set(page.names)) for page in self.pages]
        times = Counter(name for _, names in pages for name in names)
        fresh = {name for page, names in pages if not page.as_before for name in names if times[name] > 1}
        for page, names in pages:
            if names & fresh:
                yield page, names & fresh
