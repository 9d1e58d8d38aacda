"""What changed from one version of a record to the next, field by field. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ckanext.smartregion.harvest.records import Draft


def diff(before: Draft | None, after: Draft | None) -> list[dict[str, Any]]:
    """The fields that differ, as ``{"field", "before", "after"}``; files are told apart by their address."""
    return [
        {"field": field, "before": old, "after": new}
        for field, old, new in _differences("", _comparable(before or {}), _comparable(after or {}))
    ]


def _comparable(dataset: Draft) -> Draft:
    """Files by their address: one that is new must not make all that follow it look changed."""
    files = {str(each.get("url") or number): each for number, each in enumerate(dataset.get("resources", []))}
    return {**dataset, "resources": files}


def _differences(path: str, before: Any, after: Any) -> Iterator[tuple[str, Any, Any]]:
    if before == after:
        return
    if not (isinstance(before, dict) and isinstance(after, dict)):
        yield path, before, after
        return
    for key in sorted(before.keys() | after.keys()):
        yield from _differences(f"{path}.{key}".lstrip("."), before.get(key), after.get(key))
