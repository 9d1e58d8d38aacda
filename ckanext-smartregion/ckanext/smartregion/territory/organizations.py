"""The organisations of the portal as plain data, in an order in which each parent comes before its children."""

from __future__ import annotations

from functools import cache
from typing import Any

from .codes import agency_of
from .reading import agencies, bodies, municipalities, provinces
from .records import Body, Box, Municipality, Owner, Point, Province

REGION = "wallonie"


def organizations() -> list[dict[str, Any]]:
    """List everybody who has an organisation: the Region, its bodies, provinces, agencies, municipalities."""
    return [
        *(_body(body) for body in bodies() if body.portal),
        *(_province(province) for province in provinces()),
        *(_organization(agency, REGION) for agency in agencies()),
        *(_municipality(municipality) for municipality in municipalities()),
    ]


def _organization(owner: Owner, parent: str | None) -> dict[str, Any]:
    return {
        "name": owner.slug,
        "title_translated": dict(owner.titles),
        "kind": owner.kind,
        "nis_code": owner.nis,
        "cbe_uri": owner.cbe_uri,
        "parent": parent,
        "referent_agency": [],
        "population": None,
        "postal_codes": [],
        "bbox": None,
        "centre": None,
        "language": list(owner.languages),
    }


def _municipality(municipality: Municipality) -> dict[str, Any]:
    return _organization(municipality, _province_slugs()[municipality.province]) | {
        "referent_agency": [agency.slug for agency in agency_of(municipality.nis)],
        "population": municipality.population,
        "postal_codes": list(municipality.postal_codes),
        "bbox": _listed(municipality.bbox),
        "centre": _listed(municipality.centre),
    }


def _province(province: Province) -> dict[str, Any]:
    inside = [each for each in municipalities() if each.province == province.nis]
    return _organization(province, REGION) | _together(inside)


def _body(body: Body) -> dict[str, Any]:
    facts = _together(list(municipalities())) if body.slug == REGION else {}
    return _organization(body, body.parent) | facts


def _together(inside: list[Municipality]) -> dict[str, Any]:
    """What municipalities add up to: their people, and the box around them."""
    boxes = [each.bbox for each in inside if each.bbox]
    wests, souths, easts, norths = zip(*boxes, strict=True)
    return {
        "population": sum(each.population or 0 for each in inside),
        "bbox": [min(wests), min(souths), max(easts), max(norths)],
    }


@cache
def _province_slugs() -> dict[str | None, str]:
    return {province.nis: province.slug for province in provinces()}


def _listed(numbers: Box | Point | None) -> list[float] | None:
    return list(numbers) if numbers else None
