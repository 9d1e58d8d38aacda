"""What the feed says of one dataset, in the words of schema.org and of Croissant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ckanext.smartregion.feeds import model
from ckanext.smartregion.feeds.description.dataset import prepare
from ckanext.smartregion.feeds.description.portal import Portal
from ckanext.smartregion.feeds.logic.portal import current_portal
from ckanext.smartregion.feeds.model import Version
from ckanext.smartregion.feeds.structured import croissant, schema_org

Node = dict[str, Any]


def as_schema_org(version: Version, portal: Portal, language: str) -> Node:
    """A published dataset in schema.org."""
    return schema_org.dataset(prepare(version.dataset or {}, portal), portal, language)


def as_croissant(version: Version, portal: Portal, language: str) -> Node:
    """A published dataset in Croissant."""
    dataset = version.dataset or {}
    return croissant.dataset(dataset, prepare(dataset, portal), portal, language)


FORMS: dict[str, Callable[[Version, Portal, str], Node]] = {"schemaorg": as_schema_org, "croissant": as_croissant}


def in_page(dataset_id: str, language: str) -> list[str]:
    """The texts of the scripts in the page of a dataset; none while it is not published."""
    version = model.current(dataset_id)
    if version is None or version.kind == "Delete":
        return []
    portal = current_portal()
    return [schema_org.script(write(version, portal, language)) for write in FORMS.values()]
