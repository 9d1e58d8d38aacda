"""Look-ups by code: NIS, postal, Crossroads Bank; a code that a spreadsheet turned into a float is read too."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date
from functools import cache

from ckanext.smartregion.belgium import today

from .reading import agencies, former_municipalities, municipalities, owners
from .records import Agency, Municipality, Owner

_CODE = re.compile(r"(?:B(?:E)?-)?(\d{4,5})(?:\.0+)?", re.ASCII | re.IGNORECASE)
_CBE = re.compile(r"(?:.*/Cbe(?:RegisteredEntity|EstablishmentUnit)/|BE ?)?(\d[\d .]{8,14}\d)(?:/.*)?", re.ASCII)


def by_nis(code: object, on: date | None = None) -> Municipality | None:
    """Find the municipality that a NIS code means on a day; a former code leads to its successor once it has ended."""
    wanted = _digits(code, 5)
    if wanted is None:
        return None
    day = on or today()
    municipality = _by_code().get(wanted)
    while municipality and municipality.valid_to and day >= municipality.valid_to:
        municipality = _by_code().get(municipality.successor or "")
    return municipality if municipality and municipality.in_force(day) else None


def by_postal_code(code: object) -> Municipality | None:
    """Find the municipality of a postal code; each Walloon code lies in one municipality."""
    return _by_postal_code().get(_digits(code, 4) or "")


def by_cbe(number: object) -> Owner | None:
    """Find the owner of a Crossroads Bank number, written plainly, with dots or as an address."""
    match = _CBE.fullmatch(str(number).strip())
    return _by_cbe().get(re.sub(r"\D", "", match[1])) if match else None


def agency_of(nis: object) -> tuple[Agency, ...]:
    """List the agencies that cover a municipality: those that may act as its referent."""
    municipality = by_nis(nis)
    return _agencies_by_member().get(municipality.nis or "", ()) if municipality else ()


@cache
def _by_code() -> dict[str, Municipality]:
    return {str(each.nis): each for each in (*former_municipalities(), *municipalities())}


@cache
def _by_postal_code() -> dict[str, Municipality]:
    return {code: municipality for municipality in municipalities() for code in municipality.postal_codes}


@cache
def _by_cbe() -> dict[str, Owner]:
    return {owner.cbe: owner for owner in owners().values() if owner.cbe}


@cache
def _agencies_by_member() -> dict[str, tuple[Agency, ...]]:
    covering: dict[str, list[Agency]] = defaultdict(list)
    for agency in agencies():
        for nis in agency.members:
            covering[nis].append(agency)
    return {nis: tuple(some) for nis, some in covering.items()}


def _digits(code: object, length: int) -> str | None:
    match = _CODE.fullmatch(str(code).strip())
    return match[1] if match and len(match[1]) == length else None
