"""The things of the territory: every kind of owner, and the arrondissement that is none."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Literal

Kind = Literal["municipality", "province", "agency", "region", "operator", "research"]
Point = tuple[float, float]
Box = tuple[float, float, float, float]

# Establishment units of the Crossroads Bank begin with 2 to 8, registered entities with 0 or 1.
CBE_ADDRESS = "https://org.belgif.be/id/{type}/{number}"


def slugify(text: str) -> str:
    """Turn a French name into the name its organisation has in the catalogue."""
    bare = re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFKD", text.lower().replace("œ", "oe")))
    return re.sub(r"[^a-z0-9]+", "-", bare).strip("-")


@dataclass(frozen=True, eq=False)
class Owner:
    """Whoever may own data here, one object each; `titles` holds only names that exist, French first."""

    kind: Kind
    slug: str
    titles: dict[str, str]
    languages: tuple[str, ...]
    nis: str | None
    cbe: str | None

    @property
    def title(self) -> str:
        """The name the owner calls itself by: German in the German-speaking municipalities."""
        return self.titles.get(self.languages[0]) or self.titles["fr"]

    @property
    def cbe_uri(self) -> str | None:
        """The address of the owner in the Crossroads Bank for Enterprises, when its number is known."""
        if not self.cbe:
            return None
        kind = "CbeRegisteredEntity" if self.cbe[0] in "01" else "CbeEstablishmentUnit"
        return CBE_ADDRESS.format(type=kind, number=self.cbe)


@dataclass(frozen=True, eq=False)
class Municipality(Owner):
    """One municipality under one NIS code, in force or former (then `successor` names the code that follows)."""

    province: str
    arrondissement: str
    nuts3: str | None
    postal_codes: tuple[str, ...]
    population: int | None
    population_date: date | None
    centre: Point | None
    bbox: Box | None
    valid_from: date
    valid_to: date | None = None
    successor: str | None = None

    def in_force(self, on: date) -> bool:
        """Say whether the code is valid on a day; the day a code ends belongs to its successor."""
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)


@dataclass(frozen=True, eq=False)
class Province(Owner):
    """One of the five provinces; `names` are the bare names, `titles` the full ones."""

    names: dict[str, str]
    nuts2: str


@dataclass(frozen=True, eq=False)
class Agency(Owner):
    """An intermunicipal development agency and the municipalities it covers, as far as known."""

    full_name: str
    province: str
    members: tuple[str, ...]
    territory: str
    as_of: str
    confidence: str
    source: str


@dataclass(frozen=True, eq=False)
class Body(Owner):
    """Any other public body or operator; `portal` says that it has an organisation in the catalogue."""

    parent: str | None
    portal: bool


@dataclass(frozen=True)
class Arrondissement:
    """An administrative arrondissement: a grouping of municipalities that owns nothing."""

    nis: str
    titles: dict[str, str]
    province: str
    valid_from: date
    valid_to: date | None
