"""What the feeds remember: a log with one version per change of a dataset, and which datasets are stale.

PostgreSQL itself marks a dataset as stale, in the transaction that changes it; see the migrations. Whoever publishes
(`logic/publishing.py`) turns marks into versions. A *snapshot* is a number: the versions that were current when the
log ended with it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert
from sqlalchemy.orm import Mapped, mapped_column

import ckan.plugins.toolkit as tk
from ckan import model


class Version(tk.BaseModel):
    """What the feed says of a dataset from one change to the next; of kind Delete: that it says nothing any more."""

    __tablename__ = "smartregion_feed_version"

    seq: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    package_id: Mapped[str]
    kind: Mapped[str]
    published: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True))
    until: Mapped[int | None] = mapped_column(sa.BigInteger)
    place: Mapped[int] = mapped_column(sa.BigInteger)
    made_by: Mapped[str]
    hash: Mapped[str]
    name: Mapped[str]
    iri: Mapped[str]
    facets: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    fields: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    dataset: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))


class Piece(tk.BaseModel):
    """The text of a version in one profile and one serialisation: see `fragments.Fragment`.

    ``shared`` are hashes; `sharing.py` has their texts.
    """

    __tablename__ = "smartregion_feed_piece"

    seq: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    profile: Mapped[str] = mapped_column(primary_key=True)
    form: Mapped[str] = mapped_column(primary_key=True)
    own: Mapped[str]
    shared: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    links: Mapped[list[list[str]]] = mapped_column(JSONB)


class Stale(tk.BaseModel):
    """A dataset that was changed after its last version; a newer change has a higher mark.

    ``tried`` is the mark that could not be rendered, which is tried ``again`` later.
    """

    __tablename__ = "smartregion_stale"

    package_id: Mapped[str] = mapped_column(primary_key=True)
    mark: Mapped[int] = mapped_column(sa.BigInteger)
    tried: Mapped[int | None] = mapped_column(sa.BigInteger)
    again: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))


class State(tk.BaseModel):
    """What the feeds remember by name: a JSON value."""

    __tablename__ = "smartregion_feed_state"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(JSONB)


# Marks that are to be published now; one that failed waits, until its dataset changes once more.
DUE = "(tried IS NULL OR tried <> mark OR again < clock_timestamp())"
FORGOTTEN = "forgotten"  # the snapshots before this one can't be read any more
ERASURES = "erasures"  # how often what a dataset had said was erased before its time
FOLLOWER = "follower"  # when the process that publishes was last there


@dataclass(frozen=True)
class Standing:
    """Where the log stands, by one question.

    The oldest snapshot that can still be read and the newest (0 before anything was published), how often a dataset was
    erased, when a snapshot last changed, and whether changes wait to be published.
    """

    oldest: int
    newest: int
    erasures: int
    changed: dt.datetime | None
    waits: bool


def standing(snapshot: int | None = None) -> Standing:
    """Where the log stands; `changed` is of the snapshot, or of the newest."""
    oldest, newest, erased, changed, waits = model.Session.execute(STANDING, {"snapshot": snapshot}).one()
    return Standing(oldest or 0, newest or 0, erased or 0, changed, waits)


STANDING = sa.text(f"""
SELECT (SELECT CAST(value AS bigint) FROM smartregion_feed_state WHERE name = '{FORGOTTEN}'), newest.seq,
       (SELECT CAST(value AS bigint) FROM smartregion_feed_state WHERE name = '{ERASURES}'),
       (SELECT published FROM smartregion_feed_version WHERE seq = coalesce(:snapshot, newest.seq)),
       EXISTS (SELECT FROM smartregion_stale WHERE {DUE})
FROM (SELECT max(seq) AS seq FROM smartregion_feed_version) AS newest
""")  # noqa: S608 - nothing from outside


def latest() -> int:
    """The newest snapshot; 0 before anything was published."""
    return model.Session.query(sa.func.max(Version.seq)).scalar() or 0


def moment_of(snapshot: int) -> dt.datetime | None:
    """When the newest change of a snapshot was published."""
    return model.Session.query(Version.published).filter(Version.seq == snapshot).scalar()


def oldest() -> int:
    """The oldest snapshot that can still be read."""
    return remembered(FORGOTTEN) or 0


def erasures() -> int:
    """How often a dataset was erased: what is told of older versions is the same until this number changes."""
    return remembered(ERASURES) or 0


def erased() -> dict[str, int]:
    """The datasets whose versions still stand in the log without what they said, and which change ended the last."""
    blank = sa.and_(Version.kind != "Delete", Version.dataset.is_(None))
    found = model.Session.query(Version.package_id, sa.func.max(Version.until)).filter(blank).group_by("package_id")
    return {package_id: ended or 0 for package_id, ended in found}


def in_snapshot(snapshot: int, *, facets: Collection[str] = (), deleted: bool = False) -> Any:
    """A condition: versions that were current in a snapshot; with ``deleted`` also those that say a dataset is gone."""
    conditions = [Version.seq <= snapshot, sa.or_(Version.until.is_(None), Version.until > snapshot)]
    if not deleted:
        conditions.append(Version.kind != "Delete")
    if facets:
        conditions.append(Version.facets.contains(list(facets)))
    return sa.and_(*conditions)


def with_text(query: Any, profile: str, form: str) -> Any:
    """The query, each version with its piece in one profile and serialisation; one without is left out."""
    return query.join(Piece, sa.and_(Piece.seq == Version.seq, Piece.profile == profile, Piece.form == form))


def with_text_of(query: Any, form: str) -> Any:
    """The query, each version with its pieces of one serialisation: one for each profile that it belongs to."""
    return query.join(Piece, sa.and_(Piece.seq == Version.seq, Piece.form == form))


def current(id_or_name: str) -> Version | None:
    """The newest version of a dataset, by its id or the last name it had."""
    query = model.Session.query(Version).filter(Version.until.is_(None))
    return (
        query.filter(Version.package_id == id_or_name).one_or_none()
        or query.filter(Version.name == id_or_name).order_by(Version.kind == "Delete", Version.seq.desc()).first()
    )


def history(package_id: str) -> list[Version]:
    """The versions of a dataset that are still known, the newest first."""
    query = model.Session.query(Version).filter(Version.package_id == package_id)
    return query.order_by(Version.seq.desc()).all()


def changes(after: int, until: int) -> list[Version]:
    """The changes with a number above ``after`` and up to ``until``, in order."""
    query = model.Session.query(Version).filter(Version.seq > after, Version.seq <= until)
    return query.order_by(Version.seq).all()


def is_due() -> Any:
    """A condition: marks that are to be published now."""
    return sa.text(DUE)


def stale() -> int:
    """How many datasets are marked."""
    return model.Session.query(sa.func.count()).select_from(Stale).scalar() or 0


def remembered(name: str, within: sa.Connection | None = None) -> Any:
    """A value of the feeds' memory, None where there is none; read within a connection of the caller's where given."""
    return (within or model.Session).execute(sa.select(State.value).filter_by(name=name)).scalar()


def remember(connection: sa.Connection, name: str, value: Any) -> None:
    """Put a value into the feeds' memory, in the caller's transaction."""
    change = insert(State).values(name=name, value=value)
    connection.execute(change.on_conflict_do_update(index_elements=["name"], set_={"value": change.excluded.value}))


class Quality(tk.BaseModel):
    """How the newest version of a dataset was judged, as far as lists and sums need it."""

    __tablename__ = "smartregion_feed_quality"

    package_id: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(sa.BigInteger)
    made_by: Mapped[str]
    organization: Mapped[str]
    points: Mapped[int]
    parts: Mapped[dict[str, int]] = mapped_column(JSONB)
    lost: Mapped[dict[str, int]] = mapped_column(JSONB)
    violations: Mapped[int]
    warnings: Mapped[int]


def published_qualities(organization: str = "") -> Any:
    """A query for the judgements on what is published now, with its version; those of one organisation where named."""
    standing = sa.and_(Version.package_id == Quality.package_id, Version.until.is_(None), Version.kind != "Delete")
    query = model.Session.query(Quality, Version.name).join(Version, standing)
    return query.filter(Quality.organization == organization) if organization else query


def points_of_qualities(organization: str = "") -> Any:
    """The judgements on what is published, by points: how many datasets, how many of them valid, and their findings."""
    violations, warnings = sa.func.sum(Quality.violations), sa.func.sum(Quality.warnings)
    valid = sa.func.count().filter(Quality.violations == 0)
    columns = (Quality.points, sa.func.count().label("datasets"), valid.label("valid"))
    query = published_qualities(organization).with_entities(
        *columns, violations.label("violations"), warnings.label("warnings")
    )
    return query.group_by(Quality.points).all()


def parts_of_qualities(organization: str = "") -> Any:
    """The mean of each part of the score."""
    part = sa.func.jsonb_each(Quality.parts).table_valued("key", "value").render_derived()
    query = published_qualities(organization).join(part, sa.true())
    return query.with_entities(part.c.key, sa.func.avg(sa.cast(part.c.value, sa.Integer))).group_by(part.c.key).all()


def lost_by_qualities(organization: str = "") -> Any:
    """How many datasets lose points by each indicator, the most first."""
    lost = sa.func.jsonb_object_keys(Quality.lost).table_valued("name").render_derived()
    query = published_qualities(organization).join(lost, sa.true()).with_entities(lost.c.name, sa.func.count())
    return query.group_by(lost.c.name).order_by(sa.func.count().desc(), lost.c.name).all()


def unjudged(profile: str, form: str, limit: int) -> list[Version]:
    """Versions without a judgement of their own, those longest published first."""
    return _unjudged(model.Session.query(Version), profile, form).order_by(Version.seq).limit(limit).all()


def texts(seqs: Collection[int], form: str) -> dict[int, dict[str, Piece]]:
    """The pieces of versions in one serialisation, by their number and profile."""
    found: dict[int, dict[str, Piece]] = {}
    for piece in model.Session.query(Piece).filter(Piece.seq.in_(seqs), Piece.form == form):
        found.setdefault(piece.seq, {})[piece.profile] = piece
    return found


def count_unjudged(profile: str, form: str) -> int:
    """How many versions have no judgement of their own."""
    return _unjudged(model.Session.query(sa.func.count()).select_from(Version), profile, form).scalar() or 0


def _unjudged(query: Any, profile: str, form: str) -> Any:
    judged = sa.and_(
        Quality.package_id == Version.package_id, Quality.seq == Version.seq, Quality.made_by == Version.made_by
    )
    query = with_text(query, profile, form).outerjoin(Quality, judged)
    return query.filter(Version.until.is_(None), Version.kind != "Delete", Quality.package_id.is_(None))


def keep_qualities(rows: list[dict[str, Any]]) -> None:
    """Store judgements in a transaction of their own; of two on the same dataset that on the newer version stays."""
    if not rows:
        return
    change = insert(Quality).values(rows)
    news = {name: change.excluded[name] for name in rows[0] if name != "package_id"}
    with model.ensure_engine().begin() as connection:
        connection.execute(
            change.on_conflict_do_update(
                index_elements=["package_id"], set_=news, where=Quality.seq <= change.excluded.seq
            )
        )
