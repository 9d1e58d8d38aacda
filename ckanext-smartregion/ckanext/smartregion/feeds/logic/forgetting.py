"""Forgetting: what a version said before it was superseded is kept as long as a walk or a follower may need it.

What should never have been published is erased at once. Its rows stay, without what they said: numbers are dense, and
who follows them reads that something came and went.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from ckan import model as ckan_model

from ckanext.smartregion.feeds import model
from ckanext.smartregion.feeds.changes.blocks import SIZE
from ckanext.smartregion.feeds.logic import joining, publishing, sharing
from ckanext.smartregion.feeds.logic.walk import size
from ckanext.smartregion.feeds.model import Piece, Quality, Version


def forget(days: int) -> int:
    """Remove versions superseded more than ``days`` days ago, their texts with them, and old joined pages; how many
    versions.

    The newest version of each dataset stays for ever, also the one that says that it is gone. Whole blocks of the
    change feed become old at once: who follows it finds each block as it always was, or not any more.
    """
    superseding = aliased(Version)
    limit = sa.func.clock_timestamp() - dt.timedelta(days=days)
    ends_of_old_blocks = sa.select(sa.func.max(Version.seq)).where(Version.seq % SIZE == 0, Version.published < limit)
    old = sa.select(Version.seq).join(superseding, superseding.seq == Version.until)
    old = old.where(superseding.published < limit, Version.seq <= ends_of_old_blocks.scalar_subquery())
    removal = sa.delete(Version).where(Version.seq.in_(old))
    with ckan_model.ensure_engine().begin() as connection:
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(publishing.LOCK)))  # none names a text meanwhile
        shared = _shared_by(connection, old)
        ended = [until or 0 for until in connection.execute(removal.returning(Version.until)).scalars()]
        if ended:
            sharing.drop_unused(connection, shared)
            model.remember(connection, model.FORGOTTEN, max(ended))
        joining.sweep(connection, size(), publishing.made_by())
        return len(ended)


def erase(package_id: str) -> int | None:
    """Erase what the feed ever said of a withdrawn dataset; how many versions said something.

    Its address and its name stay, in the row that says that it is gone. None where it is published.
    """
    of_it = Version.package_id == package_id
    blank = {"dataset": None, "fields": [], "hash": ""}
    with ckan_model.ensure_engine().begin() as connection:
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(publishing.LOCK)))
        last = connection.execute(sa.select(Version.kind, Version.place).where(of_it, Version.until.is_(None))).first()
        if last is None or last.kind != "Delete":
            return None
        said = sa.and_(of_it, Version.dataset.is_not(None))
        seqs = list(connection.execute(sa.update(Version).where(said).values(blank).returning(Version.seq)).scalars())
        all_of_it = sa.select(Version.seq).where(of_it)
        shared = _shared_by(connection, all_of_it)
        connection.execute(sa.delete(Piece).where(Piece.seq.in_(all_of_it)))
        sharing.drop_unused(connection, shared)
        connection.execute(sa.delete(Quality).where(Quality.package_id == package_id))
        joining.drop(connection, last.place)
        model.remember(connection, model.ERASURES, model.erasures() + 1)
        return len(seqs)


def _shared_by(connection: sa.Connection, seqs: sa.Select[tuple[int]]) -> list[str]:
    """The hashes of the texts that the pieces of some versions name."""
    named = sa.select(sa.func.unnest(Piece.shared).distinct()).where(Piece.seq.in_(seqs))
    return list(connection.execute(named).scalars())
