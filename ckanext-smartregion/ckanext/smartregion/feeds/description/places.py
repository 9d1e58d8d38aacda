"""Places: what a dataset covers, as a node with a name and an outline."""

from __future__ import annotations

from typing import Any

from ckanext.smartregion.feeds.description.geometry import as_wkt, box, with_box_and_centre
from ckanext.smartregion.feeds.description.iris import absolute
from ckanext.smartregion.feeds.description.portal import Portal
from ckanext.smartregion.feeds.description.values import clean
from ckanext.smartregion.schemas import Concept, vocabulary

OUTLINES = ("geom", "bbox", "centroid")


def place(item: dict[str, Any], portal: Portal) -> dict[str, Any]:
    """A place with what the item says of it; one of our list is called and outlined as the list does.

    Many datasets name it, and what each says of it stands on one page: two boxes would be one too many. Empty when the
    item says nothing usable.
    """
    iri, text = absolute(item.get("uri")), clean(item.get("text"))
    found: dict[str, Any] = {"uri": iri} if iri else {}
    if known := vocabulary("place").by_uri(iri or ""):
        return {**found, "name_translated": known.labels, **with_box_and_centre({"bbox": _box(known)})}
    outlines = with_box_and_centre({field: outline for field in OUTLINES if (outline := as_wkt(item.get(field)))})
    return {**found, **({"name_translated": {portal.language: text}} if text else {}), **outlines}


def _box(known: Concept) -> str:
    return box(*known.extra["bbox"].split())
