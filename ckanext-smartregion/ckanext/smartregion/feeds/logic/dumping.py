"""Dumping: the catalogue is written to files once it was quiet for some minutes, and every night."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from redis import RedisError

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model
from ckan.lib.jobs import DEFAULT_QUEUE_NAME
from ckan.lib.redis import connect_to_redis

from ckanext.dcat.utils import catalog_uri
from ckanext.smartregion import config
from ckanext.smartregion.feeds import model
from ckanext.smartregion.feeds.dumps import kinds, shelf, timing
from ckanext.smartregion.feeds.dumps.shelf import Dump, Shelf
from ckanext.smartregion.feeds.logic import publishing, reading
from ckanext.smartregion.feeds.logic.portal import current_portal
from ckanext.smartregion.feeds.profiles import DEFAULT, PROFILES
from ckanext.smartregion.feeds.serializer import head

log = logging.getLogger(__name__)
LOCK = 0x5EED_D0
LONGEST = 2 * 3600  # seconds that a worker may write
LOOK = 30  # seconds between two looks whether a dump is due


def kept() -> Shelf:
    """The dumps of this installation."""
    return Shelf(Path(tk.config["ckan.storage_path"]) / "feeds" / "dumps")


def is_due() -> bool:
    """Whether the feed says something that was not written yet, and is quiet or has seen a night."""
    now, seq = dt.datetime.now(dt.UTC), model.latest()
    changed, last = model.moment_of(seq), kept().latest()
    if changed is None or kept().find(shelf.name_of(seq, now)):
        return False
    if last and (last.seq, last.index["made_by"]) == (seq, publishing.made_by()):
        return False
    return timing.is_due(now, changed=changed, last=last and last.created, quiet=config.feeds_quiet_minutes())


def take_turn() -> int:
    """Hand a dump that is due to the workers, for it would keep changes from being published; 1 when one was."""
    return int(is_due() and not _is_writing() and hand_over())


def hand_over() -> bool:
    """Have a worker write a dump; False where one waits for it already, or Redis is away."""
    try:
        if not connect_to_redis().set(_key(), "1", nx=True, ex=LONGEST):
            return False
        said: dict[str, Any] = {"title": "Write the dump of the feeds", "queue": DEFAULT_QUEUE_NAME}
        tk.enqueue_job(write_in_background, rq_kwargs={"timeout": LONGEST}, **said)
    except RedisError as error:
        log.warning("No dump is written: Redis does not answer: %s", error)
        return False
    return True


def write_in_background() -> str | None:
    """What a worker does; what changes from now on may ask for the next dump. Gives the name of the dump."""
    connect_to_redis().delete(_key())
    written = make()
    return written.name if written else None


def _key() -> str:
    return f"ckan:{tk.config['ckan.site_id']}:feeds:dump"


def make() -> Dump | None:
    """Write the dump of what the feed says now, and remove those that are not kept any more.

    The dump of today's same snapshot stays as it is. None where somebody else is writing.
    """
    with _alone() as is_mine:
        if not is_mine:
            return None
        kept().sweep()
        while publishing.publish():
            pass
        seq, created = model.latest(), dt.datetime.now(dt.UTC)
        name = shelf.name_of(seq, created)
        kept().find(name) or _written(seq, created)
        _take_away(model.erased())
        days, months = config.feeds_dump_days(), config.feeds_dump_months()
        for old in timing.to_remove(kept().dumps(), created, days=days, months=months):
            kept().remove(old)
        return kept().find(name)


def take_away(package_id: str, before: int) -> list[str]:
    """Remove the dumps of snapshots before a change that hold a dataset; gives their names.

    Where somebody writes at this moment, they do it when they have written.
    """
    with _alone() as is_mine:
        return _take_away({package_id: before}) if is_mine else []


def _take_away(erased: Mapping[str, int]) -> list[str]:
    from ckanext.smartregion.feeds.dumps import columns  # what reads Parquet, which few processes ever do

    removed = []
    for dump in kept().dumps():
        gone = [id for id, before in erased.items() if dump.seq < before]
        if gone and columns.held(dump.folder / kinds.PARQUET.name(), gone):
            kept().remove(dump)
            removed.append(dump.name)
    return removed


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether nobody else writes; what a process that dies held is free at once."""
    with ckan_model.ensure_engine().begin() as connection:
        yield connection.execute(sa.select(sa.func.pg_try_advisory_xact_lock(LOCK))).scalar_one()


def _is_writing() -> bool:
    with _alone() as is_mine:
        return not is_mine


def _written(seq: int, created: dt.datetime) -> Dump | None:
    from ckanext.smartregion.feeds.dumps import writing  # what writes Parquet, which one process does a night

    name, changed, portal = shelf.name_of(seq, created), model.moment_of(seq), current_portal()
    modified = changed.replace(tzinfo=None).isoformat() if changed else None
    with kept().adding(name) as folder:
        written = {}
        for profile in _profiles():
            beside = head(portal, [], modified=modified, services=True, profile=profile)
            said = reading.stream(seq, profile)
            written[profile] = writing.write(folder, profile, portal, beside, said)
        index = {
            "name": name,
            "seq": seq,
            "published": changed.isoformat() if changed else None,
            "created": created.isoformat(timespec="seconds"),
            "made_by": publishing.made_by(),
            "datasets": written[DEFAULT].datasets,
            "files": [file for each in written.values() for file in each.files],
            "tables": written[DEFAULT].tables,
        }
        shelf.write_index(folder, index)
    return kept().find(name)


def _profiles() -> list[str]:
    """The profiles to write, the default first, which the files without a profile are written with."""
    asked = config.feeds_dump_profiles()
    if unknown := set(asked) - set(PROFILES):
        log.warning("There are no profiles of these names to dump: %s", ", ".join(sorted(unknown)))
    return list(dict.fromkeys([DEFAULT, *(name for name in asked if name in PROFILES)]))


def summary(dump: Dump) -> dict[str, Any]:
    """What a list says of a dump, with addresses."""
    return {**_addressed(dump.summary()), "url": address(dump.name, "")}


def whole(dump: Dump) -> dict[str, Any]:
    """All that its index says of a dump, with addresses."""
    return {**_addressed(dump.index), "url": address(dump.name, "")}


def address(dump: str, file: str) -> str:
    """The address of a file of a dump; without a file that of its index."""
    return f"{catalog_uri().rstrip('/')}/feeds/dumps/{dump}/{file}"


def _addressed(index: dict[str, Any]) -> dict[str, Any]:
    def placed(file: dict[str, Any]) -> dict[str, Any]:
        packed = [{**each, "url": address(index["name"], each["name"])} for each in file["packed"]]
        return {**file, "url": address(index["name"], file["name"]), "packed": packed}

    return {**index, "files": [placed(file) for file in index["files"]]}
