"""Forgetting: what a version said before it was superseded is kept as long as a walk or a follower may need it."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from ckan import model as ckan_model

from ckanext.smartregion.feeds import model, sharing
from ckanext.smartregion.feeds.changes.blocks import SIZE
from ckanext.smartregion.feeds.logic import publishing
from ckanext.smartregion.feeds.model import Piece, Version


def forget(days: int) -> int:
    """Remove versions superseded more than ``days`` days ago, their texts with them; how many.

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
        shared = connection.execute(sa.select(sa.func.unnest(Piece.shared).distinct()).where(Piece.seq.in_(old)))
        hashes = shared.scalars().all()
        ended = [until or 0 for until in connection.execute(removal.returning(Version.until)).scalars()]
        if ended:
            sharing.drop_unused(connection, hashes)
            model.remember(connection, model.FORGOTTEN, max(ended))
        return len(ended)
