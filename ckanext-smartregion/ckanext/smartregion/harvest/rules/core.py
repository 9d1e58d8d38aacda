"""What a rule is, and how its effect on a draft is found and recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ckanext.smartregion.harvest.records import Change, Draft

Reshape = Callable[[Draft], Draft]


@dataclass(frozen=True)
class Rule:
    """A named normalisation: a function from a draft to the fields it replaces, none when the draft is well."""

    name: str
    reshape: Reshape

    def apply(self, draft: Draft) -> tuple[Draft, list[Change]]:
        """The draft after the rule, and every change it made."""
        replaced = self.reshape(draft)
        changes = [change for field, after in replaced.items() for change in self._diff(field, draft.get(field), after)]
        kept = {field: value for field, value in (draft | replaced).items() if value not in (None, "", [], {})}
        return kept, changes

    def _diff(self, path: str, before: Any, after: Any) -> Iterator[Change]:
        if before == after:
            return
        if isinstance(before, dict) and isinstance(after, dict):
            for key in sorted(before.keys() | after.keys()):
                yield from self._diff(f"{path}.{key}", before.get(key), after.get(key))
        elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
            for index, (old, new) in enumerate(zip(before, after, strict=True)):
                yield from self._diff(f"{path}[{index}]", old, new)
        else:
            yield Change(self.name, path, before, after)


def on(fields: tuple[str, ...], change: Callable[[Any], Any]) -> Reshape:
    """Apply a function to the values of some fields of the dataset and of its resources."""

    def reshape(draft: Draft) -> Draft:
        replaced = {field: change(draft[field]) for field in fields if field in draft}
        resources = [_touch(resource, fields, change) for resource in draft.get("resources", [])]
        return replaced | ({"resources": resources} if resources else {})

    return reshape


def _touch(part: Draft, fields: tuple[str, ...], change: Callable[[Any], Any]) -> Draft:
    touched = part | {field: change(part[field]) for field in fields if field in part}
    return {field: value for field, value in touched.items() if value not in (None, "", [], {})}


def each_resource(change: Callable[[Draft], Draft]) -> Reshape:
    """Lift a function on one resource to the list of a draft."""

    def reshape(draft: Draft) -> Draft:
        if "resources" not in draft:
            return {}
        return {"resources": [change(resource) for resource in draft["resources"]]}

    return reshape
