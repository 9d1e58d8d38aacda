"""Dataset series: what datasets of several years or areas have in common."""

from __future__ import annotations

import hashlib
from typing import Any

from ckanext.smartregion.feeds.description.iris import absolute
from ckanext.smartregion.feeds.description.portal import Portal
from ckanext.smartregion.feeds.description.values import as_list, texts

SHARED = ("publisher", "contact", "spatial_coverage", "hvd_category", "applicable_legislation")

Record = dict[str, Any]


def series_of(stored: Record, prepared: Record, portal: Portal) -> list[Record]:
    """The series that a dataset names by title, prepared to be written; one without a title can't be described.

    A series is of its dataset's publisher and law; its IRI is the stated one, else follows from organisation and
    title, so that all of its datasets name the same.
    """
    named = [item for item in as_list(stored.get("in_series")) if isinstance(item, dict)]
    return [found for item in named if (found := _series(item, stored, prepared, portal))]


def _series(item: Record, stored: Record, prepared: Record, portal: Portal) -> Record | None:
    title = texts(item.get("title_translated"), portal.language) or texts(item.get("title"), portal.language)
    if not title:
        return None
    digest = hashlib.sha256(f"{stored.get('owner_org')} {sorted(title.items())}".encode()).hexdigest()[:12]
    notes = texts(item.get("notes_translated"), portal.language) or texts(item.get("notes"), portal.language)
    return {
        **{field: prepared.get(field) for field in SHARED},
        "uri": absolute(item.get("uri")) or f"{portal.base}/series/{digest}",
        "title_translated": title,
        "notes_translated": notes or title,
    }
