"""Publishing: datasets that are marked as stale are read as everybody sees them, rendered, and written to the log.

One at a time, in a transaction that holds a lock: numbers are given in the order in which they become visible, so a
reader who follows the log never misses a change that was committed late. A crash at any point leaves the marks.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from collections.abc import Callable, Collection, Iterator
from functools import cache, lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model
from ckan.types import Context

from ckanext.dcat.utils import catalog_uri
from ckanext.smartregion import schemas
from ckanext.smartregion.feeds import log, model
from ckanext.smartregion.feeds.description.iris import dataset_iri
from ckanext.smartregion.feeds.log import Rendered
from ckanext.smartregion.feeds.logic import sharing
from ckanext.smartregion.feeds.logic.organisations import with_organisations
from ckanext.smartregion.feeds.logic.portal import current_portal
from ckanext.smartregion.feeds.model import Piece, Stale, Version
from ckanext.smartregion.feeds.serializer import render_all
from ckanext.smartregion.schemas import dataset_contracts

OURS = (Path(__file__).resolve().parents[1], Path(schemas.__file__).parent)
SUFFIXES = frozenset({".py", ".yaml", ".json", ".csv"})
BATCH = 100
LOCK = 0x5EED
PATIENCE = "3s"  # for whoever publishes at this moment
AGAIN = dt.timedelta(minutes=5)  # until what could not be rendered is tried again
logger = logging.getLogger(__name__)


def anybody() -> Context:
    """A feed shows what everybody sees, whoever asks: no draft leaks through an officer's own session."""
    return {"user": "", "ignore_auth": False}


def publish(limit: int = BATCH) -> int:
    """Publish the datasets that were marked first; how many marks were dealt with.

    0 when there was none, or when somebody else publishes at this moment.
    """
    if not ckan_model.Session.query(sa.select(Stale).where(model.is_due()).exists()).scalar():
        return 0
    with ckan_model.ensure_engine().begin() as connection:
        if not connection.execute(sa.select(sa.func.pg_try_advisory_xact_lock(LOCK))).scalar():
            return 0
        # Before the datasets are read: what is changed meanwhile stays stale.
        return _publish(connection, _marks(connection, sa.select(Stale).order_by(Stale.mark).limit(limit)))


def publish_first(id_or_name: str) -> None:
    """Publish one dataset, if it is marked, before those that were marked earlier; waits a moment for who publishes.

    Who has just published something asks for it next.
    """
    package = ckan_model.Package
    ids = sa.select(package.id).where(sa.or_(package.id == id_or_name, package.name == id_or_name))
    its = sa.select(Stale).where(Stale.package_id.in_(ids))
    if not ckan_model.Session.query(its.where(model.is_due()).exists()).scalar():
        return
    try:
        with ckan_model.ensure_engine().begin() as connection:
            connection.execute(sa.select(sa.func.set_config("lock_timeout", PATIENCE, True)))
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
            _publish(connection, _marks(connection, its))
    except OperationalError as error:  # others publish for longer than anybody should wait
        logger.warning("The dataset %s is not published at once: %s", id_or_name, error)


def _publish(connection: sa.Connection, marks: dict[str, int]) -> int:
    failed = _append(connection, list(marks))
    done = {id: mark for id, mark in marks.items() if id not in failed}
    _forget_marks(connection, done)
    _put_off(connection, {id: marks[id] for id in failed})
    return len(done)


def publish_outdated(limit: int = BATCH) -> int:
    """Render anew what another version of our code, contracts or portal made; how many datasets were looked at."""
    with ckan_model.ensure_engine().begin() as connection:
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
        outdated = sa.select(Version.package_id).where(Version.until.is_(None), Version.kind != "Delete")
        outdated = outdated.where(Version.made_by != made_by()).order_by(Version.place).limit(limit)
        ids = list(connection.execute(outdated).scalars())
        failed = _append(connection, ids)
        looked_at = sa.update(Version).where(Version.package_id.in_(ids), Version.until.is_(None))
        connection.execute(looked_at.values(made_by=made_by()))
        _mark(connection, failed)  # so that they are tried again, and stop no other
        return len(ids)


def made_by() -> str:
    """Changes with whatever a fragment is made of besides its dataset: our code and lists, the portal."""
    return _made_by(_code(), catalog_uri(), current_portal())


@lru_cache(maxsize=10)
def _made_by(*made_of: object) -> str:
    return hashlib.sha256(" ".join(map(str, made_of)).encode()).hexdigest()[:16]


def read(dataset_id: str) -> dict[str, Any] | None:
    """The dataset as everybody sees it now; None where nobody but its officers does."""
    try:
        dataset = tk.get_action("package_show")({**anybody(), "use_cache": False}, {"id": dataset_id})
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return None
    shown = dataset["state"] == "active" and not dataset["private"] and dataset["type"] in dataset_contracts()
    return dataset if shown else None


def _marks(connection: sa.Connection, of: Any) -> dict[str, int]:
    """The marks among these that are due."""
    return {row.package_id: row.mark for row in connection.execute(of.where(model.is_due()))}


def _forget_marks(connection: sa.Connection, marks: dict[str, int]) -> None:
    connection.execute(sa.delete(Stale).where(_unchanged(marks)))


def _put_off(connection: sa.Connection, marks: dict[str, int]) -> None:
    later = sa.func.clock_timestamp() + AGAIN
    connection.execute(sa.update(Stale).where(_unchanged(marks)).values(tried=Stale.mark, again=later))


def _unchanged(marks: dict[str, int]) -> Any:
    """A condition: these marks, but for those that were marked anew since, even if that is not committed yet."""
    seen = sa.tuple_(Stale.package_id, Stale.mark)
    # One whose next marking is not committed yet is locked.
    free = sa.select(Stale.package_id, Stale.mark).where(seen.in_([*marks.items()])).with_for_update(skip_locked=True)
    return seen.in_(free)


def _mark(connection: sa.Connection, ids: Collection[str]) -> None:
    rows = [{"package_id": id} for id in ids]
    if rows:
        change = insert(Stale).values(mark=sa.func.nextval("smartregion_feed_mark"))
        connection.execute(change.on_conflict_do_nothing(), rows)


def _append(connection: sa.Connection, ids: list[str]) -> set[str]:
    """Write to the log what has changed of these datasets, in their order; which of them can't be rendered."""
    rendered, failed = _rendered(ids)
    said = _said(connection, ids)
    seq, place, last = connection.execute(
        sa.select(sa.func.max(Version.seq), sa.func.max(Version.place), sa.func.max(Version.published))
    ).one()
    seq, place = seq or 0, place or 0
    now = connection.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
    versions, pieces = [], []
    for id in (id for id in ids if id not in failed):
        before, after = said.get(id), rendered.get(id)
        kind = log.kind_of_change(before, after)
        if kind is None:
            continue
        seq, place = seq + 1, place + (before is None)
        own_place = before.place if before else place
        common = {"seq": seq, "package_id": id, "kind": kind, "place": own_place, "published": max(now, last or now)}
        versions.append(common | _content(before, after))
        pieces += [{"seq": seq, **piece} for piece in (_pieces(after) if after else ())]
    _write(connection, versions, pieces)
    return failed


def _content(before: Any, after: Rendered | None) -> dict[str, Any]:
    """What a version says; one that says that a dataset is gone keeps its address and what it could be found by."""
    if after is None:
        kept = {"name": before.name, "iri": before.iri, "facets": before.facets}
        return {**kept, "hash": "", "fields": [], "dataset": None, "made_by": before.made_by}
    return {
        "name": after.dataset["name"],
        "iri": after.iri,
        "facets": log.facets_of(after.dataset),
        "hash": after.hash,
        "fields": log.changed_fields(before.dataset, after.dataset) if before and before.dataset else [],
        "dataset": after.dataset,
        "made_by": made_by(),
    }


def _pieces(rendered: Rendered) -> Iterator[dict[str, Any]]:
    for profile, fragment in rendered.fragments.items():
        for form, own in fragment.own.items():
            shared = fragment.shared[form]
            yield {"profile": profile, "form": form, "own": own, "shared": shared, "links": fragment.links}


def _write(connection: sa.Connection, versions: list[dict[str, Any]], pieces: list[dict[str, Any]]) -> None:
    if not versions:
        return
    by = {each["package_id"]: each["seq"] for each in versions}
    ended = sa.update(Version).where(Version.package_id.in_(by), Version.until.is_(None))
    connection.execute(ended.values(until=sa.case(by, value=Version.package_id)))
    connection.execute(sa.insert(Version), versions)
    if pieces:
        sharing.store(connection, chain.from_iterable(each["shared"] for each in pieces))
        connection.execute(
            sa.insert(Piece), [each | {"shared": list(map(sharing.hash_of, each["shared"]))} for each in pieces]
        )


def _said(connection: sa.Connection, ids: Collection[str]) -> dict[str, Any]:
    """What the log last said of these datasets, by id."""
    query = sa.select(Version.__table__).where(Version.package_id.in_(ids), Version.until.is_(None))
    return {row.package_id: row for row in connection.execute(query)}


def _rendered(ids: Collection[str]) -> tuple[dict[str, Rendered], set[str]]:
    """Those of these datasets that everybody sees at this moment, by id, as the database has them; and which of them
    can't be read or rendered. One that can't never stops the others, and goes on to be said as it was.
    """
    failed: set[str] = set()
    datasets = [dataset for id in ids if (dataset := _tried(read, id, id, failed))]
    rendered = ((each["id"], _tried(render, each, each["id"], failed)) for each in with_organisations(datasets))
    return {id: found for id, found in rendered if found}, failed


def _tried(act: Callable[[Any], Any], given: Any, id: str, failed: set[str]) -> Any:
    try:
        return act(given)
    except Exception:
        logger.exception("The feeds can't render the dataset %s", id)
        ckan_model.Session.rollback()
        failed.add(id)
        return None


def render(dataset: dict[str, Any]) -> Rendered:
    """The dataset in each profile that it belongs to."""
    portal = current_portal()
    return Rendered(dataset, dataset_iri(dataset, portal.base), render_all(dataset, portal))


@cache
def _code() -> str:
    files = sorted(path for folder in OURS for path in folder.rglob("*") if path.suffix in SUFFIXES)
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.read_bytes())
    return digest.hexdigest()
