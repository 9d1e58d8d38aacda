"""The kinds of source, one file each: how to list the records of a far end and how to map one to a candidate."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from ckanext.smartregion.fetch import Client
from ckanext.smartregion.harvest.records import Candidate, Option, Record, Source
from ckanext.smartregion.harvesters.dcat import Dcat
from ckanext.smartregion.harvesters.opendatasoft import Opendatasoft

__all__ = ["KINDS", "Harvester", "UnknownKindError", "harvester"]


class Harvester(Protocol):
    """What a kind of source can do; its options are data, from which form, API and documentation are made."""

    kind: str
    title: dict[str, str]
    options: tuple[Option, ...]

    def list(self, source: Source, client: Client) -> Iterator[Record]:
        """Yield every record of the far end; raise ListingError or FetchError when the list has no end."""
        ...

    def map(self, record: Record, source: Source) -> Candidate:
        """Turn one record into a candidate; raise RecordError when it can't be one."""
        ...


class UnknownKindError(KeyError):
    """A kind of source nobody wrote a harvester for."""

    def __str__(self) -> str:
        return f"There is no kind of source “{self.args[0]}”. Use one of: {', '.join(sorted(KINDS))}."


KINDS: dict[str, Harvester] = {each.kind: each for each in (Dcat(), Opendatasoft())}


def harvester(kind: str) -> Harvester:
    """The harvester of a kind of source."""
    if kind not in KINDS:
        raise UnknownKindError(kind)
    return KINDS[kind]
