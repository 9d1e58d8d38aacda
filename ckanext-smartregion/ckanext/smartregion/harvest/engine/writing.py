"""One candidate into the catalogue, by CKAN's own actions; the gate stands in them and decides on publication."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model
from ckan.lib.munge import munge_title_to_name

from ckanext.smartregion import deferred as deferral
from ckanext.smartregion.harvest import model
from ckanext.smartregion.harvest.engine import indexing, keywords, transactions
from ckanext.smartregion.harvest.engine.fitting import fit
from ckanext.smartregion.harvest.engine.owners import owner
from ckanext.smartregion.harvest.records import Candidate, Change, Draft
from ckanext.smartregion.schemas import dataset_contracts

DEADLOCK = "40P01"  # PostgreSQL's code


@dataclass(frozen=True)
class Written:
    """What became of a candidate: created, updated or held; where; which values were refused; what is left to do.

    ``after`` is for after the caller's commit; see `follow_up`.
    """

    outcome: str
    package_id: str
    refused: tuple[Change, ...] = ()
    after: tuple[Callable[[], object], ...] = ()


def package_id(source_id: str, key: str) -> str:
    """The same for the same remote item, so that a crash between two writes can't make a second dataset."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{source_id}/{key}"))


def present_of(identifiers: Collection[str], names: Collection[str]) -> set[str]:
    """Which of these ids and names datasets have, in whatever state: one question for a whole batch.

    An id that a dataset left behind in an organisation or a group when it was purged counts as well.
    """
    package, member = ckan_model.Package, ckan_model.Member
    known = sa.select(package.id, package.name)
    known = known.where(sa.or_(package.id.in_(identifiers), package.name.in_(names)))
    left = sa.select(member.table_id, member.table_id).where(member.table_id.in_(identifiers))
    return {each for row in ckan_model.Session.execute(known.union(left)) for each in row}


def write(
    source: model.Source,
    identifier: str,
    candidate: Candidate,
    *,
    present_ids: set[str] | None = None,
    deferred: bool = False,
) -> Written:
    """Create or update a dataset; values that its contract refuses are left out rather than the whole.

    With ``deferred`` nothing is committed, indexed or rolled back: the caller commits, calls `follow_up`, and indexes.
    ``present_ids`` holds the ids and names that datasets have, and gets the names that are given. Raises
    ValidationError for a candidate that can't be a dataset, with nothing written, and Interrupted where the caller's
    transaction is gone.
    """
    present = _present(identifier, present_ids)
    # A copy to the bottom: the gate writes into the files it takes in, and the candidate's hash must not follow.
    data = deferral.copied(candidate.dataset)
    data |= {"id": identifier, "owner_org": owner(source, candidate), "state": "active"}
    data = _begun(data, identifier, present_ids) if present is None else _continued(data, present)
    if deferred:
        keywords.ensure(data)
    free = present is None and present_ids is not None
    try:
        return _send(data, present, deferred=deferred, free=free)
    except tk.ValidationError as error:
        if not deferred:
            ckan_model.Session.rollback()
        fitted, refused = fit(data, error.error_dict)
        if not refused:
            raise
    except DBAPIError as error:
        if present is not None or not deferred or transactions.is_in_one_go() or not _is_about_a_name(error):
            raise
        # Another worker has just given the same name to a dataset that was not committed when we looked.
        fitted, refused = data | {"name": _own_name(data["name"], identifier)}, []
    return _send(fitted, present, tuple(refused), deferred=deferred)


def withdraw(identifier: str, *, deferred: bool = False) -> None:
    """Take a dataset out of the catalogue; its history and address stay for its return."""
    with _transaction(identifier) if deferred else nullcontext():
        tk.get_action("package_delete")(_context(deferred=deferred), {"id": identifier})


def follow_up(written: Written) -> None:
    """Do what had to wait for the commit of a deferred write; doing it twice does no harm."""
    for work in written.after:
        work()


def _send(
    data: Draft, present: Draft | None, refused: tuple[Change, ...] = (), *, deferred: bool, free: bool = False
) -> Written:
    action = "package_create" if present is None else "package_update"
    context = _context(deferred=deferred)
    if deferred and present:
        context["original_package"] = present
    if deferred and free:
        context[deferral.FREE] = True
    try:
        with _transaction(data["id"]) if deferred else nullcontext():
            tk.get_action(action)(context, deferral.copied(data))
    except tk.ValidationError as error:
        if "verdict" in error.error_dict:  # the new version of a published dataset waits
            return Written("held", data["id"], refused)
        raise
    package = ckan_model.Package.get(data["id"])
    outcome = "created" if present is None else "updated"
    held = package is not None and package.state == "draft"
    return Written("held" if held else outcome, data["id"], refused, tuple(context.get(deferral.AFTER_COMMIT, ())))


@contextmanager
def _transaction(identifier: str) -> Iterator[None]:
    """A part of the caller's transaction; what its history was shown is kept for its index."""
    with transactions.part(), deferral.showing_once() as shown:
        yield
    if shown.forms:
        indexing.keep(identifier, shown.forms)


def _context(*, deferred: bool) -> Any:
    """The site itself writes: rights were settled when the source was made."""
    user = _site_user()
    context = {"ignore_auth": True, "user": user.name, "auth_user_obj": user, "smartregion_harvest": True}
    return context | ({"defer_commit": True, "return_id_only": True, deferral.AFTER_COMMIT: []} if deferred else {})


_site: dict[str, Any] = {"id": ""}


def _site_user() -> ckan_model.User:
    """The site's own user, asked for once: held here, so that the session still knows it at the next write."""
    user = ckan_model.Session.get(ckan_model.User, _site["id"])
    if user is None:
        shown = tk.get_action("get_site_user")({"ignore_auth": True, "defer_commit": True}, {})
        user = ckan_model.Session.get_one(ckan_model.User, shown["id"])
    _site.update(id=user.id, user=user)
    return user


def _present(identifier: str, present_ids: Collection[str] | None) -> Draft | None:
    """The dataset as the database has it now: the session may hold an older one, and the index may lag behind."""
    if present_ids is not None and identifier not in present_ids:
        return None
    ckan_model.Session.flush()  # what is not written yet must not be read over
    package = ckan_model.Session.get(ckan_model.Package, identifier, populate_existing=True)
    return (
        tk.get_action("package_show")({"ignore_auth": True, "use_cache": False}, {"id": package.id})
        if package
        else None
    )


def _begun(data: Draft, identifier: str, present_ids: set[str] | None) -> Draft:
    """A new dataset: a readable address, with six signs of its own where another one of the same title has it."""
    name = name_of(data)
    taken = name in present_ids if present_ids is not None else ckan_model.Package.by_name(name) is not None
    name = _own_name(name, identifier) if taken else name
    if present_ids is not None:
        present_ids.add(name)
    # Said here, CKAN need not write each new dataset a second time to say so.
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None).isoformat()
    return data | {"name": name, "metadata_modified": now}


def name_of(data: Draft) -> str:
    """The address that the title of a dataset asks for."""
    titles = data.get("title_translated") or {}
    return munge_title_to_name(titles.get("fr") or next(iter(titles.values()), ""))[:90].strip("-") or "dataset"


def _own_name(name: str, identifier: str) -> str:
    return f"{name}-{identifier[:6]}"


def _is_about_a_name(error: DBAPIError) -> bool:
    """Whether two workers met at a name: the second one came too late, or each waited for the other."""
    return isinstance(error, IntegrityError) or getattr(error.orig, "pgcode", None) == DEADLOCK


def _continued(data: Draft, present: Draft) -> Draft:
    """The next version of a dataset: it keeps its address, and what the far end no longer says is empty."""
    fields = {field["field_name"] for field in dataset_contracts()[data["type"]]["dataset_fields"]}
    # Empty, not as it was: the gate has to see a licence that is gone.
    gone = {name: type(present[name])() for name in fields & present.keys() if name not in data and present[name]}
    kept = {"name": present["name"], "private": present["private"]}
    return data | gone | kept | {"resources": _same_files(data.get("resources", []), present)}


def _same_files(resources: list[Draft], present: Draft) -> list[Draft]:
    """A file keeps its id, and with it its views, its table and its last valid version, as long as its address does."""
    known = {each.get("source_url") or each.get("url"): each["id"] for each in present.get("resources", [])}
    # CKAN adds an empty media type itself; said here, the data it validates are the data that the gate validated.
    return [
        {"mimetype": None} | each | ({"id": known[each["url"]]} if each["url"] in known else {}) for each in resources
    ]
