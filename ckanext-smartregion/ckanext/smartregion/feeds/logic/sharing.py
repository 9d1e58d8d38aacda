"""What many datasets say alike, of codes and publishers: each such text is stored once, and pieces name it by its hash.

What a hash stands for never changes, so what was read once is known for good.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

import ckan.plugins.toolkit as tk

from ckanext.smartregion.feeds.model import Piece
from ckanext.smartregion.feeds.problems import Problem

MOST_KNOWN = 60_000  # texts of some 100 bytes


class SharedText(tk.BaseModel):
    """A text that pieces name."""

    __tablename__ = "smartregion_feed_shared"

    hash: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]


class _Memory:
    known: dict[str, str] = {}


_memory = _Memory()


class Executing(Protocol):
    """A session or a connection."""

    def execute(self, statement: Any, /) -> Any:
        """Run a statement."""


@lru_cache(maxsize=MOST_KNOWN)
def hash_of(text: str) -> str:
    """What a piece names a text by: as in the migration that made the table."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def store(connection: sa.Connection, texts: Iterable[str]) -> None:
    """Store the texts that are not there yet; only who publishes does, one at a time."""
    by_hash = {hash_of(text): text for text in texts}
    there = connection.execute(sa.select(SharedText.hash).where(SharedText.hash.in_(by_hash))).scalars()
    for hash in there.all():
        del by_hash[hash]
    if by_hash:
        columns = [sa.cast([*column], ARRAY(sa.Text)) for column in (by_hash.keys(), by_hash.values())]
        rows = sa.select(*map(sa.func.unnest, columns))
        connection.execute(sa.insert(SharedText).from_select(["hash", "text"], rows))


def drop_unused(connection: sa.Connection, hashes: Collection[str]) -> None:
    """Remove those of these texts that no piece names any more; while nobody publishes."""
    named = sa.select(sa.func.unnest(Piece.shared)).where(Piece.shared.overlap(list(hashes)))
    unused = SharedText.hash.in_(hashes) & SharedText.hash.not_in(named)
    connection.execute(sa.delete(SharedText).where(unused))


def read(within: Executing, named: Collection[list[str]]) -> list[list[str]]:
    """The texts that some pieces name, for each piece; read within a session or a connection.

    :raises Problem: 503 where one was removed since its piece was read
    """
    known = _memory.known
    unknown = {hash for each in named for hash in each if hash not in known}
    if unknown:
        if len(known) + len(unknown) > MOST_KNOWN:
            known = _memory.known = {hash: known[hash] for each in named for hash in each if hash in known}
        known.update(_fetched(within, unknown))
    return [[known[hash] for hash in each] for each in named]


def _fetched(within: Executing, hashes: Collection[str]) -> dict[str, str]:
    query = sa.select(SharedText.hash, SharedText.text).where(SharedText.hash.in_(hashes))
    found = dict(within.execute(query).tuples().all())
    if len(found) < len(hashes):
        raise Problem(503, tk._("What you ask for was removed while it was read. Ask again."))
    return found
