"""Blocks of changes, a hundred numbers each: a full one never changes again. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

SIZE = 100


@dataclass(frozen=True)
class Change:
    """A row of the log as the feed tells it; the texts are those of its own moment, in one serialisation or none."""

    seq: int
    kind: str
    package_id: str
    name: str
    iri: str
    published: dt.datetime
    fields: list[dict[str, Any]] = field(default_factory=list)
    title: str = ""
    own: str = ""
    shared: tuple[str, ...] = ()

    @property
    def moment(self) -> str:
        """When it was published, in UTC whatever zone the database speaks."""
        return moment(self.published)


@dataclass(frozen=True)
class Block:
    """A block by its number, from 1, as far as the log reached when it was read."""

    number: int
    newest: int

    @property
    def first(self) -> int:
        """The first number of the block."""
        return (self.number - 1) * SIZE + 1

    @property
    def last(self) -> int:
        """The last number that the block has room for."""
        return self.number * SIZE

    @property
    def full(self) -> bool:
        """Whether nothing can be added."""
        return self.newest >= self.last

    @property
    def upto(self) -> int:
        """The newest number in the block; the one before its first where it is empty."""
        return max(self.first - 1, min(self.last, self.newest))

    @property
    def count(self) -> int:
        """How many changes it holds."""
        return self.upto - self.first + 1


@dataclass(frozen=True)
class Span:
    """A block in the tree of the stream: when its first and its newest change were published."""

    number: int
    begins: dt.datetime
    ends: dt.datetime
    full: bool


@dataclass(frozen=True)
class Addresses:
    """The addresses of the change feed below the portal's."""

    base: str

    def entry(self, extension: str = "") -> str:
        """Where the feed begins."""
        return f"{self.base}/feeds/changes{extension and '.'}{extension}"

    def block(self, number: int, extension: str) -> str:
        """A block in one format."""
        return f"{self.entry()}/{number}.{extension}"

    def change(self, seq: int) -> str:
        """The IRI of a change; the walk names deletions by it."""
        return f"{self.entry()}/{seq}"

    def dataset(self, package_id: str) -> str:
        """A dataset by itself, without its extension."""
        return f"{self.base}/dataset/{package_id}"


def block_of(seq: int) -> int:
    """The number of the block that holds a change."""
    return (seq - 1) // SIZE + 1


def moment(published: dt.datetime) -> str:
    """A moment as all formats write it."""
    return published.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
