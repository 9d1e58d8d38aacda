"""Catalogue records: what the portal did with a dataset's description, as opposed to the dataset itself."""

from __future__ import annotations

from typing import Any

from ckanext.smartregion.feeds.description import agents
from ckanext.smartregion.feeds.description.codes import coded
from ckanext.smartregion.feeds.description.iris import part_iri
from ckanext.smartregion.feeds.description.portal import Portal

CHANGE_TYPES = "http://purl.org/adms/changetype/"


def record_of(dataset: dict[str, Any], portal: Portal) -> dict[str, Any]:
    """The record of a prepared dataset, prepared as well."""
    created = dataset["metadata_created"] or dataset["metadata_modified"]
    languages = (coded("language", tag) for tag in sorted(dataset["title_translated"]))
    return {
        "uri": part_iri(dataset["home"], "record"),
        "topic": dataset["uri"],
        "publisher": agents.portal_publisher(portal),
        "status": CHANGE_TYPES + ("created" if dataset["metadata_modified"] in (None, created) else "updated"),
        "language": [language for language in languages if language],
        "created": created,
        "issued": created,
        "modified": dataset["metadata_modified"] or created,
    }
