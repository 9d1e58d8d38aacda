"""What the gate remembers: reports bound to bytes, and the verdicts on datasets."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert
from sqlalchemy.orm import Mapped, mapped_column

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.smartregion.belgium import today
from ckanext.smartregion.quality import waivers


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _id() -> str:
    return str(uuid.uuid4())


BINDING = ("sha256", "contract", "contract_version", "policy_version", "engine")


class Report(tk.BaseModel):
    """A report on some bytes by one contract version and one engine; made once, never changed.

    Of several, made because a day had come on which the same bytes may be judged otherwise, the newest counts.
    """

    __tablename__ = "smartregion_report"
    __table_args__ = (sa.Index("smartregion_report_binding", *BINDING),)

    id: Mapped[str] = mapped_column(primary_key=True, default=_id)
    sha256: Mapped[str]
    contract: Mapped[str]
    contract_version: Mapped[str]
    policy_version: Mapped[str]
    engine: Mapped[str]
    verdict: Mapped[str]
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True), default=_now)


class Judgement(tk.BaseModel):
    """One verdict on one version of a dataset; the newest tells where the dataset stands.

    ``outcome`` is an Outcome; ``candidate`` is the whole dataset dictionary where a version waits;
    ``waivers`` are the exceptions that counted, as they were then.
    """

    __tablename__ = "smartregion_judgement"

    id: Mapped[str] = mapped_column(primary_key=True, default=_id)
    package_id: Mapped[str] = mapped_column(sa.ForeignKey("package.id", ondelete="CASCADE"), index=True)
    created: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True), default=_now, index=True)
    verdict: Mapped[str]
    outcome: Mapped[str]
    public: Mapped[bool]
    author: Mapped[str | None]
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    reports: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    waivers: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    candidate: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))


class Waiver(tk.BaseModel):
    """A signed exception: one rule of one contract, on one dataset, through the day ``until``.

    ``contract`` is None for what the description must say; ``signer`` is the name that the public reads; ``told`` are
    the kinds of news that were told of it.
    """

    __tablename__ = "smartregion_waiver"

    id: Mapped[str] = mapped_column(primary_key=True, default=_id)
    package_id: Mapped[str] = mapped_column(sa.ForeignKey("package.id", ondelete="CASCADE"), index=True)
    contract: Mapped[str | None]
    rule: Mapped[str]
    why: Mapped[str]
    signed_by: Mapped[str]
    signer: Mapped[str]
    since: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True), default=_now)
    until: Mapped[dt.date] = mapped_column(index=True)
    revoked: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    revoked_by: Mapped[str | None]
    told: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), default=list)

    def plain(self) -> waivers.Waiver:
        """What the verdict needs of it."""
        return waivers.Waiver(self.id, self.contract, self.rule, self.until, self.signer, self.why)


class Confirmation(tk.BaseModel):
    """Somebody said that exactly these bytes are right as a new version of a dataset, however much they differ.

    ``signer`` is the name that the public reads.
    """

    __tablename__ = "smartregion_confirmation"

    id: Mapped[str] = mapped_column(primary_key=True, default=_id)
    package_id: Mapped[str] = mapped_column(sa.ForeignKey("package.id", ondelete="CASCADE"), index=True)
    sha256: Mapped[str]
    why: Mapped[str]
    signed_by: Mapped[str]
    signer: Mapped[str]
    since: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True), default=_now)

    def plain(self) -> dict[str, str]:
        """As a finding tells it."""
        return {"signed_by": self.signer, "why": self.why, "since": self.since.isoformat()}


class LoadedTable(tk.BaseModel):
    """Which bytes the datastore's table of a resource holds, by which engine, and the SHA-256 of its Parquet file."""

    __tablename__ = "smartregion_loaded_table"

    resource_id: Mapped[str] = mapped_column(sa.ForeignKey("resource.id", ondelete="CASCADE"), primary_key=True)
    sha256: Mapped[str]
    contract: Mapped[str]
    engine: Mapped[str]
    parquet: Mapped[str]
    rows: Mapped[int]
    loaded: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True), default=_now)


class Address(tk.BaseModel):
    """What was stored from an address of a linked file, and the far end's validators of it; sizes in bytes."""

    __tablename__ = "smartregion_address"

    url: Mapped[str] = mapped_column(primary_key=True)
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    sha256: Mapped[str]
    size: Mapped[int] = mapped_column(sa.BigInteger)
    checked: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True), default=_now)


LONGEST_ADDRESS = 2000  # characters; PostgreSQL indexes no more than 2,700 bytes


def find_address(url: str) -> sa.Row | None:
    """What is known of an address; read beside the caller's transaction, as it is written."""
    table: Any = Address.__table__
    with model.meta.engine.connect() as connection:  # type: ignore[union-attr]
        return connection.execute(sa.select(table).where(table.c.url == url)).first()


def keep_address(url: str, **said: Any) -> None:
    """Remember what an address gave, in a transaction of its own: the bytes are stored whatever the caller's does."""
    if len(url.encode()) > LONGEST_ADDRESS:
        return
    values = {**said, "checked": _now()}
    kept = insert(Address.__table__).values(url=url, **values)  # type: ignore[arg-type]
    with model.meta.engine.begin() as connection:  # type: ignore[union-attr]
        connection.execute(kept.on_conflict_do_update(index_elements=["url"], set_=values))


def find_report(**binding: str) -> Report | None:
    """The newest report on exactly these bytes, by exactly this contract, policy and engine."""
    return model.Session.query(Report).filter_by(**binding).order_by(Report.created.desc()).first()


def keep_report(binding: dict[str, str], verdict: str, body: dict[str, Any]) -> None:
    """Store a report in a transaction of its own, so that a failing write does not lose it."""
    row = {"id": _id(), **binding, "verdict": verdict, "body": body, "created": _now()}
    with model.meta.engine.begin() as connection:  # type: ignore[union-attr]
        connection.execute(sa.insert(Report).values(row))


def waivers_in_force(package_id: str) -> list[waivers.Waiver]:
    """The exceptions that count on a dataset today: those that are signed, and the grace of its last review."""
    query = model.Session.query(Waiver).filter_by(package_id=package_id, revoked=None)
    signed = [row.plain() for row in query.filter(Waiver.until >= today()).order_by(Waiver.since)]
    online = latest(package_id, public=True)
    grace = [waivers.Waiver.from_dict(one) for one in (online.waivers if online else []) if one["signed_by"] is None]
    return [*signed, *(one for one in grace if one.until >= today())]


def confirmation(package_id: str, sha256: str) -> dict[str, str] | None:
    """What was said last when these bytes were confirmed for a dataset."""
    query = model.Session.query(Confirmation).filter_by(package_id=package_id, sha256=sha256)
    row = query.order_by(Confirmation.since.desc()).first()
    return row.plain() if row else None


def online_judgements(package_ids: list[str] | None = None) -> list[tuple[str, list[dict[str, Any]]]]:
    """What the newest judgement said of the files of each published dataset, or of these, that have a contract."""
    table = Judgement.__table__
    package: Any = model.meta.metadata.tables["package"]
    newest = sa.select(table.c.package_id, table.c.reports).join(package, package.c.id == table.c.package_id)
    newest = newest.where(table.c.public, package.c.state == "active", package.c.private.is_(sa.false()))
    newest = newest if package_ids is None else newest.where(table.c.package_id.in_(package_ids))
    newest = newest.distinct(table.c.package_id).order_by(table.c.package_id, table.c.created.desc())
    return [(package_id, reports) for package_id, reports in model.Session.execute(newest) if reports]


def is_online(sha256: str) -> bool:
    """Whether these bytes are a file of a published dataset."""
    query = model.Session.query(model.Resource.id).join(model.Package).filter(model.Resource.hash == sha256)
    query = query.filter(model.Resource.state == "active", model.Package.state == "active")
    return model.Session.query(query.filter(model.Package.private.is_(False)).exists()).scalar()


def bindings(report_ids: list[str]) -> dict[str, tuple[str, ...]]:
    """Contract version, policy version and engine of reports, by their ids."""
    columns = (Report.id, Report.contract_version, Report.policy_version, Report.engine)
    found: dict[str, tuple[str, ...]] = {}
    for start in range(0, len(report_ids), 1000):
        rows = model.Session.query(*columns).filter(Report.id.in_(report_ids[start : start + 1000]))
        found |= {row[0]: tuple(row[1:]) for row in rows}
    return found


def judged_files(package_id: str) -> list[tuple[dict[str, Any], bool]]:
    """What each judgement on a dataset said of its files, the oldest first, and whether that version went online."""
    query = model.Session.query(Judgement.reports, Judgement.public).filter_by(package_id=package_id)
    rows = query.filter(Judgement.reports != sa.text("'[]'::jsonb")).order_by(Judgement.created)
    return [(row, public) for reports, public in rows for row in reports]


def latest(package_id: str, *, public: bool | None = None) -> Judgement | None:
    """The newest judgement on a dataset; with ``public=True`` the newest on a version that went online.

    One that is about to be written counts: a dataset is shown before its write is at its end.
    """
    pending = [each for each in model.Session.new if isinstance(each, Judgement) and each.package_id == package_id]
    pending = [each for each in pending if public is None or each.public == public]
    if pending:
        return pending[-1]
    query = model.Session.query(Judgement).filter_by(package_id=package_id)
    if public is not None:
        query = query.filter_by(public=public)
    return query.order_by(Judgement.created.desc()).first()


def newest_of_each(condition: sa.ColumnElement[bool] | None = None) -> sa.sql.Subquery:
    """One row per dataset that still exists, and that the condition lets through: its newest judgement."""
    table = Judgement.__table__
    package: Any = model.meta.metadata.tables["package"]
    return (
        sa.select(table, package.c.name, package.c.owner_org, package.c.title, package.c.state, package.c.private)
        .join(package, package.c.id == table.c.package_id)
        .where(package.c.state.in_(["active", "draft"]), sa.true() if condition is None else condition)
        .distinct(table.c.package_id)
        .order_by(table.c.package_id, table.c.created.desc())
        .subquery()
    )
