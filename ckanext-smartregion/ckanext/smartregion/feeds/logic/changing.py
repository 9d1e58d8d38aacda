"""The change feed as it is read from the log: blocks, the entry, and what came after a number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model

from ckanext.dcat.utils import catalog_uri
from ckanext.smartregion import config
from ckanext.smartregion.feeds import http, model
from ckanext.smartregion.feeds.changes import atom, plain, stream
from ckanext.smartregion.feeds.changes.blocks import SIZE, Addresses, Block, Change, Span, block_of
from ckanext.smartregion.feeds.log import DEFAULT_PROFILE
from ckanext.smartregion.feeds.logic import asking, publishing, sharing
from ckanext.smartregion.feeds.logic.portal import current_portal
from ckanext.smartregion.feeds.model import Piece, Version
from ckanext.smartregion.feeds.problems import Problem

KINDS = {  # extension -> media type
    "trig": "application/trig",
    "jsonld": "application/ld+json",
    "json": "application/json",
    "atom": "application/atom+xml",
}
FOLLOWING = ("after", "limit", *asking.FILTERS, "hvd")
MOST = 1000


@dataclass
class Told:
    """A document of the change feed, ready to be answered as a file."""

    extension: str
    block: Block
    entry: bool

    @property
    def keep(self) -> str:
        """How long a reader may keep it without asking again."""
        return http.FOR_EVER if self.block.full and not self.entry else http.ASK_AGAIN

    @property
    def tag(self) -> str:
        """The same as long as the bytes are the same."""
        state = (model.oldest(), config.feeds_retention_days()) if self.entry else ()
        upto, erasures = self.block.upto, model.erasures()
        return http.tag_of("changes", self.extension, self.block.number, upto, self.entry, *state, erasures, _made())

    @cached_property
    def modified(self) -> Any:
        """When its newest change was published."""
        return model.moment_of(self.block.upto)

    @property
    def links(self) -> str:
        """The blocks beside it, as the value of a `Link` header."""
        at, number = addresses(), self.block.number
        beside = {"prev": number - 1} if number > 1 else {}
        beside |= {"next": number + 1} if self.block.full else {}
        return ", ".join(f'<{at.block(each, self.extension)}>; rel="{name}"' for name, each in beside.items())

    def text(self) -> str:
        """The whole document."""
        at, portal = addresses(), current_portal()
        if self.entry and self.extension in stream.FORMS:
            return stream.entry(self.extension, at, spans(), config.feeds_retention_days(), portal.title)
        changes = rows(self.block.first - 1, self.block.upto, stream.FORMS.get(self.extension))
        if self.extension in stream.FORMS:
            return stream.block(self.extension, at, self.block, changes)
        if self.extension == "json":
            return plain.block(at, self.block, changes)
        title, begun = portal.title[portal.language], f"{portal.issued}T00:00:00Z"
        return atom.feed(at, self.block, changes, title=title, begun=begun, entry=self.entry)


@dataclass
class Following:
    """What came after a number, for one reader: as many changes as they want, narrowed by facets."""

    start: int
    limit: int
    facets: tuple[str, ...]
    parameters: Mapping[str, str]
    newest: int

    @property
    def tag(self) -> str:
        """The same as long as the bytes are the same."""
        asked = (self.start, self.limit, self.facets, sorted(self.parameters.items()))
        return http.tag_of("after", *asked, self.newest, model.oldest(), model.erasures(), _made())

    @property
    def modified(self) -> dt.datetime | None:
        """When the newest change was published."""
        return model.moment_of(self.newest)

    def text(self) -> str:
        """The changes with the address of what follows; the cursor passes over what the facets leave out."""
        changes, upto = read_on(self.start, self.newest, self.facets, self.limit)
        facts = {"start": self.start, "upto": upto, "newest": self.newest, "oldest": model.oldest()}
        return plain.page(addresses(), changes, parameters=self.parameters, **facts)


def addresses() -> Addresses:
    """The addresses of this portal's change feed."""
    return Addresses(catalog_uri().rstrip("/"))


def open_entry(extension: str) -> Told:
    """Where the feed begins: the tree of the stream, or the newest block for feed readers."""
    known(extension)
    publishing.publish()
    newest = model.latest()
    return Told(extension, Block(max(1, block_of(newest)), newest), entry=True)


def open_block(number: int, extension: str) -> Told:
    """A block by its number.

    :raises Problem: 404 where there is none yet, 410 where it is not kept any more
    """
    known(extension)
    newest = model.latest()
    if number >= block_of(newest):  # a full block needs nobody to look for news
        publishing.publish()
        newest = model.latest()
    block = Block(number, newest)
    if not 1 <= number <= block_of(newest + 1):
        raise Problem(404, tk._("There is no such block of changes yet. Begin with /feeds/changes."))
    kept = ckan_model.Session.query(Version).filter(Version.seq >= block.first, Version.seq <= block.upto).count()
    if kept < block.count:
        raise too_old()
    return Told(extension, block, entry=False)


def block_with(seq: int) -> int:
    """The number of the block with a change.

    :raises Problem: 404 where there is no such change
    """
    if not 1 <= seq <= model.latest():
        raise Problem(404, tk._("There is no change with this number."))
    return block_of(seq)


def follow(given: Mapping[str, str]) -> Following:
    """What a reader of the plain feed asks for; without ``after``, the newest block.

    :raises Problem: when a parameter is unknown or can't be read, or when what it asks for is not kept any more
    """
    asking.refuse_others(given, FOLLOWING)
    publishing.publish()
    newest = model.latest()
    start = _number(given, "after", max(model.oldest(), (block_of(newest) - 1) * SIZE, 0))
    limit = _number(given, "limit", SIZE)
    if start > newest:
        message = tk._("The newest change has the number %(newest)s. Ask for what came after it or an older one.")
        raise Problem(400, message % {"newest": newest}, "after")
    if start < model.oldest():
        raise too_old("after")
    if not 1 <= limit <= MOST:
        raise Problem(400, tk._("Ask for 1 to %(most)s changes at once.") % {"most": MOST}, "limit")
    facets = tuple(asking.facets_in(given))
    parameters = {name: given[name] for name in FOLLOWING[1:] if given.get(name)}
    return Following(start, limit, facets, parameters, newest)


def too_old(parameter: str = "") -> Problem:
    """The refusal of what is not kept any more, with where to begin."""
    message = tk._(
        "Changes that were superseded more than %(days)s days ago are not kept. Begin anew: note the number `newest` "
        "of %(changes)s, read the whole catalogue at %(catalogue)s or the newest dump, then ask for what came after "
        "that number."
    )
    at = addresses()
    facts = {"changes": at.entry("json"), "catalogue": f"{at.base}/catalog.ttl", "days": config.feeds_retention_days()}
    return Problem(410, message % facts, parameter)


def rows(after: int, until: int, form: str | None) -> list[Change]:
    """The changes above one number and up to another, with their texts in a serialisation where one is named."""
    texts = (Piece.own, Piece.shared) if form else ()
    query = sa.select(*_COLUMNS, *texts).select_from(Version).order_by(Version.seq)
    if form:
        there = (Piece.seq == Version.seq, Piece.profile == DEFAULT_PROFILE, Piece.form == form)
        query = query.outerjoin(Piece, sa.and_(*there))
    found = ckan_model.Session.execute(query.where(Version.seq > after, Version.seq <= until))
    if not form:
        return [_change(row) for row in found]
    told = found.all()
    shared = sharing.read(ckan_model.Session, [row.shared or [] for row in told])
    return [_change(row, row.own or "", tuple(of)) for row, of in zip(told, shared, strict=True)]


def read_on(after: int, newest: int, facets: tuple[str, ...], limit: int) -> tuple[list[Change], int]:
    """The next changes that concern what these facets narrow to, and the number up to which the log was read.

    A dataset that leaves the narrowed part is told as gone from it, one that enters as new: following it gives the
    same as walking it.
    """
    before = aliased(Version)
    inside = sa.and_(Version.kind != "Delete", Version.facets.contains(list(facets)))
    was_inside = sa.func.coalesce(sa.and_(before.kind != "Delete", before.facets.contains(list(facets))), sa.false())
    query = sa.select(*_COLUMNS, inside.label("inside"), was_inside.label("was_inside")).select_from(Version)
    query = query.outerjoin(before, sa.and_(before.until == Version.seq, before.package_id == Version.package_id))
    query = query.where(Version.seq > after, Version.seq <= newest).order_by(Version.seq).limit(limit)
    if facets:
        query = query.where(sa.or_(inside, was_inside))
    found = ckan_model.Session.execute(query).all()
    changes = [_change(row, kind=_kind(row) if facets else row.kind) for row in found]
    return changes, changes[-1].seq if len(changes) == limit else newest


def spans() -> list[Span]:
    """The blocks that are kept without a gap, the oldest first."""
    number = ((Version.seq - 1) // SIZE + 1).label("number")
    moments = (sa.func.min(Version.published), sa.func.max(Version.published))
    query = sa.select(number, sa.func.count(), *moments).group_by(number).order_by(number.desc())
    found = ckan_model.Session.execute(query).all()
    newest, kept = model.latest(), []
    for (each, count, begins, ends), expected in zip(found, range(block_of(newest), 0, -1), strict=False):
        block = Block(each, newest)
        if each != expected or count < block.count:
            break
        kept.append(Span(each, begins, ends, block.full))
    return kept[::-1]


_COLUMNS = (
    Version.seq,
    Version.kind,
    Version.package_id,
    Version.name,
    Version.iri,
    Version.published,
    Version.fields,
    Version.dataset["title"].astext.label("title"),
)


def _change(row: Any, own: str = "", shared: tuple[str, ...] = (), kind: str = "") -> Change:
    common = (row.seq, kind or row.kind, row.package_id, row.name, row.iri, row.published, row.fields)
    return Change(*common, row.title or "", own, shared)


def _kind(row: Any) -> str:
    if not row.inside:
        return "Delete"
    return "Update" if row.was_inside else "Create"


def _number(given: Mapping[str, str], name: str, otherwise: int) -> int:
    text = given.get(name) or str(otherwise)
    if not text.isdecimal() or len(text) > 18:
        raise Problem(400, tk._("%(name)s must be a whole number.") % {"name": name}, name)
    return int(text)


def known(extension: str) -> None:
    """Refuse a format that the change feed does not have."""
    if extension not in KINDS:
        message = tk._("There is no feed in the format %(format)s. Ask for one of these: %(known)s.")
        raise Problem(404, message % {"format": extension, "known": ", ".join(KINDS)}, "format")


def _made() -> str:
    return publishing.made_by()
