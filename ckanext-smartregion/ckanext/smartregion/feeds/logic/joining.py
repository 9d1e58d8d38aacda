"""Pages of the whole catalogue, joined: one row in place of the hundred that it was joined from.

Whoever reads a page first keeps it for the others. It names the snapshot that it was joined in, and is good for every
other one between which and its own nothing happened at its places; so nobody has to take care that a change makes
exactly one page old, and a walk never sees what came after it began. Without these rows all pages are the same, later.
"""

from __future__ import annotations

import datetime as dt
import logging
from contextlib import closing
from typing import Any, NamedTuple

import sqlalchemy as sa
import zstandard
from psycopg2.extensions import BYTES, register_type
from sqlalchemy.dialects.postgresql import psycopg2 as psycopg2_dialect
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model

from ckanext.smartregion.feeds.model import ERASURES, FORGOTTEN, Standing, Version, remembered
from ckanext.smartregion.feeds.serializer import Joined, Told

LOCK = 0x5EED2  # shared by those who keep a page, taken alone by who erases a dataset
logger = logging.getLogger(__name__)


class JoinedPage(tk.BaseModel):
    """A page of the whole catalogue in one profile and serialisation, as it was in a snapshot: see `Joined`.

    ``moment`` is when the snapshot's newest change was published: a database that was restored may count on from an
    older number, and give the same ones to other changes. Both parts are packed by zstd: to unpack them takes a tenth
    of the time that their texts would take from PostgreSQL to us.
    """

    __tablename__ = "smartregion_feed_joined"

    profile: Mapped[str] = mapped_column(primary_key=True)
    form: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    snapshot: Mapped[int] = mapped_column(sa.BigInteger)
    moment: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True))
    made_by: Mapped[str]
    front: Mapped[bytes]
    back: Mapped[bytes]


class Places(NamedTuple):
    """The places of a page: the hundred of a number, where a page has a hundred; in which profile and form."""

    profile: str
    form: str
    size: int
    number: int

    @property
    def before(self) -> int:
        """The last place before them."""
        return (self.number - 1) * self.size

    @property
    def last(self) -> int:
        """The last of them."""
        return self.number * self.size


# The datasets of a snapshot, as `model.in_snapshot` says it. Texts, for to put a statement together takes longer than
# to answer it.
_OF_SNAPSHOT = """
    FROM smartregion_feed_version AS version
    JOIN smartregion_feed_piece AS piece ON (piece.seq, piece.profile, piece.form) = (version.seq, :profile, :form)
    WHERE version.seq <= :now AND (version.until IS NULL OR version.until > :now) AND version.kind <> 'Delete'
"""
# The first place behind one.
_LATER = f"SELECT version.place {_OF_SNAPSHOT} AND version.place > :last ORDER BY version.place LIMIT 1"
LATER = sa.text(_LATER)
EXTENT = sa.text(f"SELECT count(*), max(version.place) {_OF_SNAPSHOT}")
QUESTION = sa.text(
    f"""
SELECT joined.front, joined.back, CASE WHEN :follows THEN ({_LATER}) END
FROM (SELECT) AS one LEFT JOIN smartregion_feed_joined AS joined
    ON (joined.profile, joined.form, joined.size, joined.number) = (:profile, :form, :size, :number)
    AND joined.made_by = :made_by
    AND EXISTS (
        SELECT FROM smartregion_feed_version AS newest
        WHERE newest.seq = joined.snapshot AND newest.published = joined.moment)
    AND NOT EXISTS (
        SELECT FROM smartregion_feed_version AS between
        WHERE between.place > :before AND between.place <= :last
            AND between.seq > least(joined.snapshot, :now) AND between.seq <= greatest(joined.snapshot, :now))
"""  # noqa: S608 - nothing from outside
)


def find(places: Places, snapshot: int, made_by: str, *, follows: bool) -> tuple[Joined | None, int | None]:
    """The page as it is in a snapshot, if it is kept; and, for who ``follows``, the first place behind it that has a
    dataset.
    """
    asked = {"now": snapshot, "made_by": made_by, "follows": follows}
    where = {"before": places.before, "last": places.last, **places._asdict()}
    front, back, later = ckan_model.Session.execute(QUESTION, {**asked, **where}).one()
    return (None if front is None else Joined(_unpacked(front), [_unpacked(back)])), later


# What a page is joined from, in the words of the driver. Hashes as one text: an array would be read item by item.
_PIECES = sa.text(f"""
SELECT piece.own, array_to_string(piece.shared, ' '), piece.links {_OF_SNAPSHOT}
    AND version.place > :before AND version.place <= :last
ORDER BY version.place
""")
PIECES = str(_PIECES.compile(dialect=psycopg2_dialect.dialect()))


def told(places: Places, after: int, snapshot: int) -> list[Told]:
    """What a snapshot tells of each dataset of a page that stands behind a place; of shared texts, the hashes."""
    asked = {"profile": places.profile, "form": places.form, "now": snapshot}
    where = {"before": max(after, places.before), "last": places.last}
    connection: Any = ckan_model.Session.connection().connection
    with closing(connection.cursor()) as cursor:
        register_type(BYTES, cursor)  # megabytes that nobody needs to have decoded
        cursor.execute(PIECES, {**asked, **where})
        return [Told(own, shared.decode().split(), links) for own, shared, links in cursor]


def extent(profile: str, form: str, snapshot: int) -> tuple[int, int]:
    """How many datasets a snapshot has in a profile and form, and the last place of all that has one; 0 for none."""
    count, furthest = ckan_model.Session.execute(EXTENT, {"profile": profile, "form": form, "now": snapshot}).one()
    return count, furthest or 0


def first_place(places: Places, snapshot: int) -> int | None:
    """The first place of all that has a dataset in a snapshot."""
    asked = {"profile": places.profile, "form": places.form, "now": snapshot, "last": 0}
    return ckan_model.Session.execute(LATER, asked).scalar()


def keep(places: Places, joined: Joined, made_by: str, snapshot: int, standing: Standing) -> None:
    """Keep a page that was joined in a snapshot, in a transaction of its own; not in place of one of a newer snapshot.

    ``standing`` is where the log stood before the page was read: what was erased since must not be kept. That it can't
    be kept troubles nobody who reads.
    """
    if standing.changed is None:
        return
    facts = {"snapshot": snapshot, "moment": standing.changed, "made_by": made_by, "erasures": standing.erasures}
    packed = {"front": _packed(joined.front), "back": _packed(b"".join(joined.back))}
    try:
        with ckan_model.ensure_engine().begin() as connection:
            if connection.execute(MAY_KEEP, {"lock": LOCK}).one()[0]:
                connection.execute(KEEP, {**places._asdict(), **facts, **packed})
    except SQLAlchemyError as error:
        logger.warning("A page of the feeds was joined and can't be kept: %s", error)


# Whoever is in the way for a second keeps it as well; what a crash takes is joined again.
MAY_KEEP = sa.text("""
SELECT pg_try_advisory_xact_lock_shared(:lock),
       set_config('lock_timeout', '1s', true), set_config('synchronous_commit', 'off', true)
""")
# A statement of its own: it sees what was committed before the lock was free.
KEEP = sa.text(f"""
INSERT INTO smartregion_feed_joined AS kept (profile, form, size, number, snapshot, moment, made_by, front, back)
SELECT :profile, :form, :size, :number, :snapshot, :moment, :made_by, :front, :back
WHERE :erasures = coalesce((SELECT CAST(value AS bigint) FROM smartregion_feed_state WHERE name = '{ERASURES}'), 0)
ON CONFLICT (profile, form, size, number) DO UPDATE
SET (snapshot, moment, made_by, front, back) =
    (excluded.snapshot, excluded.moment, excluded.made_by, excluded.front, excluded.back)
WHERE (excluded.moment, excluded.snapshot) >= (kept.moment, kept.snapshot)
""")  # noqa: S608 - nothing from outside


def _packed(said: bytes) -> bytes:
    return zstandard.ZstdCompressor(level=1).compress(said)


def _unpacked(packed: bytes) -> bytes:
    return zstandard.ZstdDecompressor().decompress(packed)


def drop(connection: sa.Connection, place: int) -> None:
    """Remove the pages that hold a place, and let no other be kept until the caller's transaction ends."""
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
    connection.execute(sa.delete(JoinedPage).where(JoinedPage.number == (place - 1) // JoinedPage.size + 1))


def sweep(connection: sa.Connection, size: int, made_by: str) -> None:
    """Remove the pages that nobody can read any more: of another size or make, or changed before the oldest snapshot.

    ``size`` and ``made_by`` are those of the pages that are read now.
    """
    oldest = remembered(FORGOTTEN, connection) or 0
    placed = sa.and_(
        Version.place > (JoinedPage.number - 1) * JoinedPage.size, Version.place <= JoinedPage.number * JoinedPage.size
    )
    changed = sa.exists().where(placed, Version.seq > JoinedPage.snapshot, Version.seq <= oldest)
    stands = sa.exists().where(Version.seq == JoinedPage.snapshot, Version.published == JoinedPage.moment)
    old = sa.or_(JoinedPage.size != size, JoinedPage.made_by != made_by, changed, ~stands)
    connection.execute(sa.delete(JoinedPage).where(old))
