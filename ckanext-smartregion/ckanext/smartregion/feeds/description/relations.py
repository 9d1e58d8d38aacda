"""What a dataset stands in relation to: other things, each in a role, and the activities that made it."""

from __future__ import annotations

from typing import Any

from ckanext.smartregion.feeds.description.agents import named_agents
from ckanext.smartregion.feeds.description.codes import coded
from ckanext.smartregion.feeds.description.iris import absolute
from ckanext.smartregion.feeds.description.portal import Portal
from ckanext.smartregion.feeds.description.values import as_list, texts, valid_date, whole_day

Record = dict[str, Any]


def relations(dataset: Record) -> list[Record]:
    """What a dataset relates to, and in which role; one without both would say nothing."""
    found = (
        {
            "uri": absolute(item.get("uri")) or "",
            "relation": absolute(item.get("relation")),
            "role": coded("relation-role", item.get("role")) or absolute(item.get("role")),
        }
        for item in _records(dataset.get("qualified_relation"))
    )
    return [each for each in found if each["relation"] and each["role"]]


def activities(dataset: Record, portal: Portal) -> list[Record]:
    """What made a dataset; one without a name, a page or somebody behind it would say nothing."""
    found = (
        {
            "uri": absolute(item.get("uri")) or "",
            "label_translated": texts(item.get("label"), portal.language),
            "seeAlso": absolute(item.get("seeAlso")),
            "startedAtTime": _moment(item.get("startedAtTime")),
            "wasAssociatedWith": named_agents(item.get("wasAssociatedWith"), portal),
        }
        for item in _records(dataset.get("provenance_activity"))
    )
    return [each for each in found if each["label_translated"] or each["seeAlso"] or each["wasAssociatedWith"]]


def _records(value: Any) -> list[Record]:
    return [item for item in as_list(value) if isinstance(item, dict)]


def _moment(value: Any) -> str | None:
    """The date as a moment, for PROV knows no days."""
    day = whole_day(valid_date(value) or "")
    return f"{day}T00:00:00" if len(day) == len("2026-01-01") else day or None
