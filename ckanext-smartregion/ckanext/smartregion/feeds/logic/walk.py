"""The walk: which datasets stand on a page of the feed, and the text of the page.

A dataset keeps the place in the walk that it was given when it was first published, so nothing that happens during a
walk moves another. `page=3` are the places of the third hundred; a cursor adds the snapshot that the walk began with.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model
from ckan.lib.search import SearchError

from ckanext.dcat.utils import catalog_uri
from ckanext.smartregion.feeds import http, model, paging
from ckanext.smartregion.feeds.changes import stream
from ckanext.smartregion.feeds.changes.blocks import Addresses
from ckanext.smartregion.feeds.fragments import Fragment, document
from ckanext.smartregion.feeds.logic import publishing, sharing
from ckanext.smartregion.feeds.logic.asking import Asked
from ckanext.smartregion.feeds.logic.portal import current_portal
from ckanext.smartregion.feeds.model import Piece, Version
from ckanext.smartregion.feeds.paging import Page
from ckanext.smartregion.feeds.problems import Problem
from ckanext.smartregion.feeds.serializer import head

MOST_FOUND = 100_000
MOST_COUNTED = 1_000
_COUNTED: dict[tuple[Any, ...], int] = {}  # what snapshots hold never changes
FURTHEST = 2**62  # PostgreSQL counts rows in 64 bits


@dataclass
class Reading:
    """A page as it is read from one snapshot."""

    asked: Asked
    snapshot: int
    standing: model.Standing

    @property
    def tag(self) -> str:
        """The same as long as the page's bytes are the same."""
        asked = self.asked
        what = (self.snapshot, asked.form.extension, asked.profile, asked.number, asked.cursor, size())
        return http.tag_of("page", *what, sorted(asked.narrowing.items()), self._made)

    @cached_property
    def _made(self) -> str:
        return f"{publishing.made_by()} {self.standing.erasures}"

    @property
    def modified(self) -> dt.datetime | None:
        """When anything of the snapshot last changed."""
        return self.standing.changed

    @cached_property
    def rows(self) -> list[Any]:
        """The versions of this page: seq, kind, place, iri, published and the columns of a piece."""
        columns = (Version.seq, Version.kind, Version.place, Version.iri, Version.published)
        query = self._all(*columns, Piece.own, Piece.shared, Piece.links).order_by(Version.place)
        if self.asked.number is None:
            return query.filter(Version.place > self._after).limit(size()).all()
        start = (self.asked.number - 1) * size()
        if start > FURTHEST:
            return []
        if self._by_place:
            return query.filter(Version.place > start, Version.place <= start + size()).all()
        return query.offset(start).limit(size()).all()

    @cached_property
    def page(self) -> Page:
        """This page and its links to the others."""
        asked = self.asked
        path = f"{catalog_uri().rstrip('/')}/catalog.{asked.form.extension}"
        if asked.number is not None:
            own = {"page": str(asked.number)}
            return Page(path, asked.parameters, own, paging.numbered(asked.number, self._last), self._count, size())
        own = {"cursor": str(paging.Cursor(self.snapshot, self._after))}
        more = self.rows[-1].place if len(self.rows) == size() else None
        return Page(path, asked.parameters, own, paging.followed(self.snapshot, more), self._count, size())

    def text(self) -> str:
        """The whole page."""
        form = self.asked.form.form
        told = [row for row in self.rows if row.own is not None]
        shared = sharing.read(ckan_model.Session, [row.shared for row in told])
        shown = [Fragment({form: row.own}, {form: of}, row.links) for row, of in zip(told, shared, strict=True)]
        modified = self.modified.replace(tzinfo=None).isoformat() if self.modified else None
        services = bool(shown) or self._within
        beside = head(current_portal(), shown, modified=modified, services=services, profile=self.asked.profile)
        at = Addresses(catalog_uri().rstrip("/"))
        gone = [statement for row in self.rows if row.kind == "Delete" for statement in stream.activity(at, row)]
        return document(form, [*beside, *self.page.statements(), *gone], shown)

    @property
    def _after(self) -> int:
        return self.asked.cursor.place if self.asked.cursor else 0

    @property
    def _by_place(self) -> bool:
        """Whether the page is one of the whole catalogue, where places alone say what stands where."""
        return not self.asked.narrowing

    @property
    def _within(self) -> bool:
        # data.gov.be ends its walk at a page with neither dataset nor service; a page may hold nothing but holes.
        return self.asked.number is not None and self.asked.number <= self._last and self._count > 0

    @cached_property
    def _count(self) -> int:
        return self._counted("all", lambda: self._all(Version.seq).count())

    @cached_property
    def _last(self) -> int:
        """The number of the last page that holds a dataset."""
        if not self._by_place:
            return max(1, -(-self._count // size()))
        furthest = self._counted("furthest", lambda: self._all(sa.func.max(Version.place)).scalar() or 0)
        return max(1, -(-furthest // size()))

    def _counted(self, what: str, count: Callable[[], int]) -> int:
        """A number that all pages of a snapshot share, counted once; not where the search index has a say in it."""
        asked = self.asked
        if asked.search:
            return count()
        of = (what, self.snapshot, self.modified, asked.profile, asked.form.form, asked.facets, asked.since, self._made)
        known = _COUNTED.get(of)
        if known is None:
            if len(_COUNTED) >= MOST_COUNTED:
                _COUNTED.clear()
            known = _COUNTED[of] = count()
        return known

    def _all(self, *columns: Any) -> Any:
        asked, since = self.asked, self.asked.since
        there = sa.and_(
            Piece.seq == Version.seq, Piece.profile == asked.profile, Piece.form == asked.form.form
        )  # what has no text in this profile does not belong to it
        query = ckan_model.Session.query(*columns).select_from(Version).outerjoin(Piece, there)
        query = query.filter(model.in_snapshot(self.snapshot, facets=asked.facets, deleted=since is not None))
        query = query.filter(sa.or_(Piece.seq.is_not(None), Version.kind == "Delete"))
        if since is not None:
            query = query.filter(Version.published >= since)
        if self._found is not None:
            query = query.filter(Version.package_id.in_(self._found))
        return query

    @cached_property
    def _found(self) -> list[str] | None:
        return found_by(self.asked.search) if self.asked.search else None


def open_page(asked: Asked) -> Reading:
    """The page that is asked for; a walk that begins sees all that was changed until now."""
    if asked.cursor and asked.standing:
        return Reading(asked, asked.cursor.snapshot, asked.standing)
    publishing.publish()
    standing = model.standing()
    return Reading(asked, standing.newest, standing)


def size() -> int:
    """How many datasets a page holds."""
    return tk.asint(tk.config.get("ckanext.dcat.datasets_per_page") or 100)


def found_by(search: Any) -> list[str]:
    """The ids that a search finds, as far as everybody sees them."""
    query = {"q": search.get("q") or "*:*", "fq": search.get("fq") or "", "rows": 1000, "fl": "id"}
    ids: list[str] = []
    try:
        while len(ids) < MOST_FOUND:
            asked = {**query, "start": len(ids), "sort": "metadata_created asc, id asc"}
            found = tk.get_action("package_search")(publishing.anybody(), asked)["results"]
            ids += [each["id"] for each in found]
            if len(found) < query["rows"]:
                break
    except SearchError as error:
        message = tk._("The search in q or fq cannot be read. Write fq as in organization:namur.")
        raise Problem(400, message, "fq") from error
    return ids
