"""The kinds of source, one file each: how to list the records of a far end and how to map one to a candidate."""

from __future__ import annotations

import logging
from importlib.metadata import entry_points
from typing import Protocol

from ckanext.smartregion.harvest.conversation import Conversation
from ckanext.smartregion.harvest.records import Candidate, Cursor, Option, Page, Record, Source
from ckanext.smartregion.harvesters.ckan import Ckan
from ckanext.smartregion.harvesters.csw import Csw
from ckanext.smartregion.harvesters.dcat import Dcat
from ckanext.smartregion.harvesters.dcat_us import DcatUs
from ckanext.smartregion.harvesters.gbfs import Gbfs
from ckanext.smartregion.harvesters.gtfs import Gtfs
from ckanext.smartregion.harvesters.inventory import Inventory
from ckanext.smartregion.harvesters.ocpi import Ocpi
from ckanext.smartregion.harvesters.opendatasoft import Opendatasoft
from ckanext.smartregion.harvesters.plone import Plone

log = logging.getLogger(__name__)

# Under this name another package announces kinds of its own: [project.entry-points."smartregion.harvesters"]
GROUP = "smartregion.harvesters"

__all__ = ["KINDS", "Harvester", "UnknownKindError", "harvester"]


class Harvester(Protocol):
    """What a kind of source can do; its options are data, from which form, API and documentation are made."""

    kind: str
    title: dict[str, str]
    options: tuple[Option, ...]
    newest_first: bool
    """Whether the first page shows what changed last and how many there are: unchanged, it vouches for the others."""

    def list(self, source: Source, ask: Conversation, cursor: Cursor | None) -> Page:
        """One page of the far end's records: the first for None, else the one that the last page's `next` names.

        `ask.page(address)` fetches what alone decides what is on the page, so that an unchanged answer is not read
        again; `ask.get(address)` fetches anything else. Raises ListingError or FetchError where the list breaks off.
        The engine does the rest: it drops twins, sees loops, compares with the announced total, and knows when to stop.
        """
        ...

    def map(self, record: Record, source: Source) -> Candidate:
        """Turn one record into a candidate; raise RecordError when it can't be one."""
        ...


class UnknownKindError(KeyError):
    """A kind of source nobody wrote a harvester for."""

    def __str__(self) -> str:
        return f"There is no kind of source “{self.args[0]}”. Use one of: {', '.join(sorted(KINDS))}."


def announced() -> dict[str, Harvester]:
    """The kinds of other packages; one that can't be loaded is logged and left out, so that the others still work."""
    found: dict[str, Harvester] = {}
    for entry in entry_points(group=GROUP):
        try:
            each: Harvester = entry.load()()
            found[each.kind] = each
        except Exception:
            log.exception("The kind of source %s (%s) could not be loaded", entry.name, entry.value)
    return found


OWN: tuple[Harvester, ...] = (
    Ckan(),
    Csw(),
    Dcat(),
    DcatUs(),
    Gbfs(),
    Gtfs(),
    Inventory(),
    Ocpi(),
    Opendatasoft(),
    Plone(),
)
KINDS: dict[str, Harvester] = announced() | {each.kind: each for each in OWN}


def harvester(kind: str) -> Harvester:
    """The harvester of a kind of source."""
    if kind not in KINDS:
        raise UnknownKindError(kind)
    return KINDS[kind]
