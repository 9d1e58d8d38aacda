"""The licence of a layer: the first of those that admit most of its parts; the other parts are left out."""

from __future__ import annotations

from collections.abc import Sequence

from ckanext.smartregion.quality.layers.parts import Part
from ckanext.smartregion.schemas.layers import Admission


def agree(parts: Sequence[Part], admissions: Sequence[Admission]) -> tuple[str | None, list[Part], list[Part]]:
    """The licence of the whole, the parts that it admits and those that it does not; None where it admits none."""
    best = max(admissions, key=lambda one: sum(part.licence in one.admits for part in parts), default=None)
    admitted = [part for part in parts if best and part.licence in best.admits]
    refused = [part for part in parts if part not in admitted]
    return (best.licence if best and admitted else None), admitted, refused
