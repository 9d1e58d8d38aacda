"""The parts of a layer: published files under one table contract, and what makes one layer differ from another."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace

from ckanext.smartregion.schemas import TableContract
from ckanext.smartregion.schemas.layers import LayerRules

# Raise it whenever the same parts would become another layer.
VERSION = 1


@dataclass(frozen=True)
class Part:
    """A published file as its last passing verdict left it.

    ``kind`` is that of the organisation, ``contract`` the name and version that the file follows, ``licence`` a code of
    the vocabulary or an address that it does not know, ``updated`` an ISO moment in UTC.
    """

    organization: str
    organization_title: str
    kind: str
    nis_code: str | None
    dataset: str
    dataset_title: str
    resource: str
    name: str
    contract: str
    sha256: str
    updated: str
    licence: str


@dataclass(frozen=True)
class LeftOut:
    """Why rows, or a whole part, are not in the layer.

    ``reason`` is one of `REASONS`; ``rows`` None where they were not counted; ``by`` the organisation whose rows stand
    there instead; ``keys`` up to five of those left out.
    """

    reason: str
    rows: int | None = None
    by: str | None = None
    keys: tuple[str, ...] = ()


REASONS = ("licence", "not-judged", "not-stored", "not-read", "no-key", "repeated", "published-nearer")


@dataclass(frozen=True)
class Tally:
    """What became of a part: rows in its file, rows in the layer, and the difference, told.

    ``gone``: its columns that the layer does not have; ``empty``: columns of the layer that it does not have;
    ``emptied``: how many cells of an older version do not fit the type that their column has today.
    """

    part: Part
    rows: int | None = None
    kept: int = 0
    left_out: tuple[LeftOut, ...] = ()
    gone: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    emptied: int = 0

    def without(self, reason: str) -> Tally:
        """The whole part is left out."""
        return replace(self, left_out=(*self.left_out, LeftOut(reason, self.rows)))


def in_order(parts: Iterable[Part]) -> list[Part]:
    """Parts in the order in which their rows stand in the layer."""
    return sorted(parts, key=lambda part: (part.organization, part.dataset, part.resource))


def fingerprint(contract: TableContract, rules: LayerRules, parts: Iterable[Part], engine: str) -> str:
    """What a layer was made of: where it is the same, so is the layer. ``engine`` names the one that reads files."""
    said = [VERSION, contract.id, asdict(rules), engine, [asdict(part) for part in in_order(parts)]]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
