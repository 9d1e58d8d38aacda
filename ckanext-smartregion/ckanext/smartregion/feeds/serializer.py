"""From dictionaries to what is stored and sent: the fragment of a dataset, and pages of the catalogue."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple

from ckanext.smartregion.feeds import emission
from ckanext.smartregion.feeds.description import concepts
from ckanext.smartregion.feeds.description.catalogue import before_anything, catalogue_of, own_services
from ckanext.smartregion.feeds.description.dataset import prepare
from ckanext.smartregion.feeds.description.portal import Portal
from ckanext.smartregion.feeds.description.tables import CATALOGUE, RECORD
from ckanext.smartregion.feeds.description.writing import describe
from ckanext.smartregion.feeds.emission import Descriptions, Statement, iri, statements
from ckanext.smartregion.feeds.fragments import Fragment, around, fragment
from ckanext.smartregion.feeds.profiles import DEFAULT, PROFILES, profiles_of

# Stands for the moment until it is known; no dataset can hold what every process thinks up anew.
_MOMENT = secrets.token_hex(16)


class Told(NamedTuple):
    """What is told of a dataset in one profile and serialisation, as a `Fragment` has it; its own text in UTF-8."""

    own: bytes
    shared: list[str]
    links: list[list[str]]


class Joined(NamedTuple):
    """A page but for what may change while its datasets stay: what it says of itself, and the moment between front and
    back, when the catalogue last changed. The back is megabytes in many parts; `fill` alone copies them.
    """

    front: bytes
    back: Sequence[bytes]


def described(prepared: dict[str, Any], profile: str = DEFAULT) -> Descriptions:
    """All that a profile says of a prepared dataset and its record, without the concepts that this leads to."""
    about = PROFILES[profile]
    record = {**prepared["record"], "profiles": [about.conforms_to]}
    shelf = {**prepared["shelf"], "conforms_to": [about.conforms_to]} if prepared["shelf"] else None
    return describe(
        (about.narrowed(prepared), about.dataset),
        (record, RECORD),
        *([(about.narrowed_catalogue(shelf), CATALOGUE)] if shelf else []),
    )


def render(dataset: dict[str, Any], portal: Portal, profile: str = DEFAULT) -> Fragment:
    """One dataset in a profile, as CKAN shows it with the whole of its organisation, ready for any document."""
    return _rendered(prepare(dataset, portal), profile)


def render_all(dataset: dict[str, Any], portal: Portal) -> dict[str, Fragment]:
    """The same in each profile that the dataset belongs to, by its name."""
    prepared = prepare(dataset, portal)
    return {profile: _rendered(prepared, profile) for profile in profiles_of(prepared)}


def _rendered(prepared: dict[str, Any], profile: str) -> Fragment:
    return fragment(described(prepared, profile), prepared["uri"], prepared["home"])


def head(
    portal: Portal, links: Iterable[Sequence[str]], *, modified: str | None, services: bool, profile: str = DEFAULT
) -> list[Statement]:
    """What a page says beside its datasets: the catalogue, its links (predicate and IRI), and its services where asked.

    ``modified`` is when the catalogue last changed, as ISO 8601.
    """
    shown = ((portal.base, predicate, iri(address)) for predicate, address in links)
    return [*_around(portal, modified, services, profile), *shown]


@lru_cache(maxsize=100)  # pages of one snapshot have the same
def _around(portal: Portal, modified: str | None, services: bool, profile: str) -> list[Statement]:
    about = PROFILES[profile]
    catalogue = {**catalogue_of(portal, modified=modified), "conforms_to": [about.conforms_to]}
    offered = own_services(portal) if services and about.whole else []
    said = describe((about.narrowed_catalogue({**catalogue, "services": offered}), CATALOGUE))
    return concepts.described(statements(said))


def join(portal: Portal, form: str, told: Collection[Told], *, services: bool, profile: str = DEFAULT) -> Joined:
    """What a page says of its datasets and of the catalogue, its services included where asked."""
    links = chain.from_iterable(each.links for each in told)
    beside = head(portal, links, modified=_MOMENT, services=services, profile=profile)
    before, behind = around(form, beside, (each.shared for each in told))
    front, _, rest = emission.joined(form, before).encode().partition(_MOMENT.encode())
    parts = filter(None, (*(each.own for each in told), *map(str.encode, behind)))
    glue = emission.frame(form)[1].encode()
    return Joined(front, [rest, *chain.from_iterable((glue, part) for part in parts)])


def fill(portal: Portal, form: str, joined: Joined, itself: Iterable[Statement], *, modified: str | None) -> bytes:
    """The whole page; ``itself`` is what it says of itself, ``modified`` as in `head`."""
    before, glue, after = emission.frame(form)
    own = emission.piece(form, emission.described(itself))
    start, moment = f"{before}{own}{glue}".encode(), (modified or before_anything(portal)).encode()
    return b"".join((start, joined.front, moment, *joined.back, after.encode()))
