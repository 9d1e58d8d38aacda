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
        kept = {field: value for field, value in (draft | replaced).items() if not _empty(value)}
        return kept, changes

    def _diff(self, path: str, before: Any, after: Any) -> Iterator[Change]:
        if before == after or (_empty(before) and _empty(after)):
            return
        if isinstance(before, dict) and isinstance(after, dict):
            yield from self._diff_keys(path, before, after)
        elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
            for index, (old, new) in enumerate(zip(before, after, strict=True)):
                yield from self._diff(f"{path}[{index}]", old, new)
        else:
            yield Change(self.name, path, before, after)

    def _diff_keys(self, path: str, before: Draft, after: Draft) -> Iterator[Change]:
        """A value that only moved to another key (a text to its language) is told as the move."""
        gone, new = before.keys() - after.keys(), after.keys() - before.keys()
        moves = [(old, key) for old in sorted(gone) for key in sorted(new) if before[old] == after[key]]
        yield from (Change(self.name, path, old, key) for old, key in moves)
        moved = {key for move in moves for key in move}
        for key in sorted((before.keys() | after.keys()) - moved):
            yield from self._diff(f"{path}.{key}", before.get(key), after.get(key))


def _empty(value: Any) -> bool:
    return value in (None, "", [], {})


def on(fields: tuple[str, ...], change: Callable[[Any], Any]) -> Reshape:
    """Apply a function to the values of some fields of the dataset and of its resources."""

    def reshape(draft: Draft) -> Draft:
        replaced = {field: change(draft[field]) for field in fields if field in draft}
        resources = [_touch(resource, fields, change) for resource in draft.get("resources", [])]
        return replaced | ({"resources": resources} if resources else {})

    return reshape


def _touch(part: Draft, fields: tuple[str, ...], change: Callable[[Any], Any]) -> Draft:
    touched = part | {field: change(part[field]) for field in fields if field in part}
    return {field: value for field, value in touched.items() if not _empty(value)}


def each_resource(change: Callable[[Draft], Draft]) -> Reshape:
    """Lift a function on one resource to the list of a draft."""

    def reshape(draft: Draft) -> Draft:
        if "resources" not in draft:
            return {}
        return {"resources": [change(resource) for resource in draft["resources"]]}

    return reshape
