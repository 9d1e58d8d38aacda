"""The territory: who may own data in Wallonia, where each lies, and whom a messy name means. Pure look-ups."""

from .codes import agency_of, by_cbe, by_nis, by_postal_code
from .finding import Match, find
from .organizations import organizations
from .places import Outlines, boundaries, by_point, svg_paths
from .reading import (
    agencies,
    arrondissements,
    bodies,
    former_municipalities,
    municipalities,
    origins,
    owners,
    provinces,
)
from .records import Agency, Arrondissement, Body, Municipality, Owner, Province, slugify

__all__ = [
    "Agency",
    "Arrondissement",
    "Body",
    "Match",
    "Municipality",
    "Outlines",
    "Owner",
    "Province",
    "agencies",
    "agency_of",
    "arrondissements",
    "bodies",
    "boundaries",
    "by_cbe",
    "by_nis",
    "by_point",
    "by_postal_code",
    "find",
    "former_municipalities",
    "municipalities",
    "organizations",
    "origins",
    "owners",
    "provinces",
    "slugify",
    "svg_paths",
]
