"""The walk: which datasets stand on a page of the feed, and the text of the page.

A dataset keeps the place in the walk that it was given when it was first published, so nothing that happens during a
walk moves another. `page=3` are the places of the third hundred; a cursor adds the snapshot that the walk began with.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Any

import sqlalchemy as sa

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model
from ckan.lib.search import SearchError

from ckanext.smartregion.feeds import http, model, paging
from ckanext.smartregion.feeds.changes import stream
from ckanext.smartregion.feeds.changes.blocks import Addresses
from ckanext.smartregion.feeds.description.portal import Portal
from ckanext.smartregion.feeds.logic import joining, publishing, sharing
from ckanext.smartregion.feeds.logic.asking import Asked
from ckanext.smartregion.feeds.logic.joining import Places
from ckanext.smartregion.feeds.logic.portal import current_portal
from ckanext.smartregion.feeds.model import Piece, Version
from ckanext.smartregion.feeds.paging import Page
from ckanext.smartregion.feeds.problems import Problem
from ckanext.smartregion.feeds.profiles import DEFAULT
from ckanext.smartregion.feeds.serializer import Joined, Told, fill, join

MOST_FOUND = 100_000
MOST_COUNTED = 1_000
_COUNTED: dict[tuple[Any, ...], tuple[int, int]] = {}  # what snapshots hold never changes
FURTHEST = 2**62  # PostgreSQL counts rows in 64 bits


@dataclass
class Reading:
    """A page as it is read from one snapshot."""

    asked: Asked
    snapshot: int
    standing: model.Standing
    _made_now: Joined | None = field(default=None, init=False)

    @property
    def tag(self) -> str:
        """The same as long as the page's bytes are the same."""
        asked = self.asked
        what = (self.snapshot, asked.form.extension, asked.profile, asked.number, asked.cursor, size())
        return http.tag_of("page", *what, sorted(asked.narrowing.items()), self._made)

    @cached_property
    def _made(self) -> str:
        return f"{publishing.made_by()} {self.standing.erasures}"

    @cached_property
    def _portal(self) -> Portal:
        return current_portal()

    @property
    def modified(self) -> dt.datetime | None:
        """When anything of the snapshot last changed."""
        return self.standing.changed

    @cached_property
    def rows(self) -> list[Any]:
        """The versions of a page that places alone don't make: seq, kind, place, iri, published and the columns of a
        piece.
        """
        columns = (Version.seq, Version.kind, Version.place, Version.iri, Version.published)
        query = self._all(*columns, Piece.own, Piece.shared, Piece.links).order_by(Version.place)
        if self.asked.number is None:
            return query.filter(Version.place > self._after).limit(size()).all()
        start = (self.asked.number - 1) * size()
        return query.offset(start).limit(size()).all() if start < FURTHEST else []

    @cached_property
    def told(self) -> list[Told]:
        """What is told of each dataset of this page; of shared texts, the hashes."""
        if not self._is_whole:
            return [Told(row.own.encode(), row.shared, row.links) for row in self.rows if row.own is not None]
        return joining.told(self._places, self._after, self.snapshot) if self._is_near else []

    @cached_property
    def page(self) -> Page:
        """This page and its links to the others."""
        asked = self.asked
        path = f"{self._portal.base}/catalog.{asked.form.extension}"
        if asked.number is not None:
            own = {"page": str(asked.number)}
            return Page(path, asked.parameters, own, paging.numbered(asked.number, self._last), self._count, size())
        own = {"cursor": str(paging.Cursor(self.snapshot, self._after))}
        return Page(path, asked.parameters, own, paging.followed(self.snapshot, self._more), self._count, size())

    def body(self) -> bytes:
        """The whole page."""
        modified = self.modified.replace(tzinfo=None).isoformat() if self.modified else None
        at, joined = Addresses(self._portal.base), self._kept[0] or self._joined()
        # Only a narrowed feed tells what left.
        gone = () if self._is_whole else (row for row in self.rows if row.kind == "Delete")
        itself = chain(self.page.statements(), *(stream.activity(at, row) for row in gone))
        return fill(self._portal, self.asked.form.form, joined, itself, modified=modified)

    def keep(self) -> None:
        """Keep what was joined for those who read it next; whoever asked needs not wait for it."""
        if self._made_now and self._is_whole and self._is_full:
            joining.keep(self._places, self._made_now, publishing.made_by(), self.snapshot, self.standing)

    def _joined(self) -> Joined:
        """The page as its rows make it."""
        shared = sharing.read(ckan_model.Session, [each.shared for each in self.told])
        shown = [each._replace(shared=texts) for each, texts in zip(self.told, shared, strict=True)]
        services = bool(shown) or self._within
        joined = join(self._portal, self.asked.form.form, shown, services=services, profile=self.asked.profile)
        self._made_now = joined if shown else None
        return joined

    @cached_property
    def _kept(self) -> tuple[Joined | None, int | None]:
        """The page, if it is kept joined; and where there is more, for who follows the links of a whole catalogue."""
        if not (self._is_whole and self._is_near):
            return None, None
        follows = self.asked.number is None
        joined, later = joining.find(self._places, self.snapshot, publishing.made_by(), follows=follows)
        return (joined if self._is_full else None), later

    @cached_property
    def _places(self) -> Places:
        """Of a page of the whole catalogue; a walk begins with the first that has a dataset."""
        asked = self.asked
        first = Places(asked.profile, asked.form.form, size(), asked.number or self._after // size() + 1)
        if asked.number is not None or self._after:
            return first
        place = joining.first_place(first, self.snapshot) or 1
        return first._replace(number=(place - 1) // size() + 1)

    @property
    def _is_near(self) -> bool:
        return self._places.last < FURTHEST

    @property
    def _more(self) -> int | None:
        """The place behind which the next page of a walk begins; None where nothing is left."""
        if not self._is_whole:
            return self.rows[-1].place if len(self.rows) == size() else None
        later = self._kept[1]
        return None if later is None else (later - 1) // size() * size()

    @property
    def _after(self) -> int:
        return self.asked.cursor.place if self.asked.cursor else 0

    @property
    def _by_place(self) -> bool:
        """Whether places alone say what stands on which page: that is so of everything, and of a profile."""
        return not self.asked.narrowing

    @property
    def _is_whole(self) -> bool:
        """Whether it is a page of such places; who follows links through a profile that holds few datasets meets full
        pages instead.
        """
        return self._by_place and (self.asked.number is not None or self.asked.profile == DEFAULT)

    @property
    def _is_full(self) -> bool:
        """Whether it has all of its places: a walk that was begun with pages of another size stands between two."""
        return self._after <= self._places.before

    @property
    def _within(self) -> bool:
        # data.gov.be ends its walk at a page with neither dataset nor service; a page may hold nothing but holes.
        return self.asked.number is not None and self.asked.number <= self._last and self._count > 0

    @property
    def _count(self) -> int:
        return self._extent[0]

    @property
    def _last(self) -> int:
        """The number of the last page that holds a dataset."""
        count, furthest = self._extent
        return max(1, -(-(furthest if self._by_place else count) // size()))

    @cached_property
    def _extent(self) -> tuple[int, int]:
        """How many all pages of a snapshot hold and the furthest place, counted once; not where the search index has a
        say in it.
        """
        asked = self.asked
        if asked.search:
            return self._counted()
        of = (self.snapshot, self.modified, asked.profile, asked.form.form, asked.facets, asked.since, self._made)
        known = _COUNTED.get(of)
        if known is None:
            if len(_COUNTED) >= MOST_COUNTED:
                _COUNTED.clear()
            known = _COUNTED[of] = self._counted()
        return known

    def _counted(self) -> tuple[int, int]:
        asked = self.asked
        if self._by_place:
            return joining.extent(asked.profile, asked.form.form, self.snapshot)
        count, furthest = self._all(sa.func.count(), sa.func.max(Version.place)).one()
        return count, furthest or 0

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
    standing = model.standing()
    if standing.waits and publishing.publish():
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
