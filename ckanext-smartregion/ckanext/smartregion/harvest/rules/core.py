"""What a rule is, and how its effect on a draft is found and recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ckanext.smartregion.harvest.records import Change, Draft


@dataclass(frozen=True)
class Reshape:
    """A function from a draft to the fields it replaces, none when the draft is well.

    It has nothing to do where neither the dataset nor a resource has any of its `fields`; none named: it always looks.
    """

    of: Callable[[Draft], Draft]
    fields: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Rule:
    """A named normalisation."""

    name: str
    reshape: Reshape

    def concerns(self, present: set[str]) -> bool:
        """Whether a draft with these fields can have the flaw at all."""
        return not self.reshape.fields or not self.reshape.fields.isdisjoint(present)

    def apply(self, draft: Draft) -> tuple[Draft, list[Change]]:
        """The draft after the rule, and every change it made; the very same draft when there was nothing to do."""
        replaced = self.reshape.of(draft)
        changes = [change for field, after in replaced.items() for change in self._diff(field, draft.get(field), after)]
        if not changes:
            return draft, changes
        kept = {field: value for field, value in draft.items() if field not in replaced}
        return kept | {field: value for field, value in replaced.items() if not is_empty(value)}, changes

    def _diff(self, path: str, before: Any, after: Any) -> Iterator[Change]:
        if before is after or before == after or (is_empty(before) and is_empty(after)):
            return
        if isinstance(before, dict) and isinstance(after, dict):
            yield from self._diff_keys(path, before, after)
        elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
            for index, (old, new) in enumerate(zip(before, after, strict=True)):
                if old is not new:
                    yield from self._diff(f"{path}[{index}]", old, new)
        else:
            yield Change(self.name, path, before, after)

    def _diff_keys(self, path: str, before: Draft, after: Draft) -> Iterator[Change]:
        """A value that only moved to another key (a text to its language) is told as the move."""
        gone, new = before.keys() - after.keys(), after.keys() - before.keys()
        moved: set[str] = set()
        for old, key in ((old, key) for old in sorted(gone) for key in sorted(new)) if gone and new else ():
            if before[old] == after[key]:
                yield Change(self.name, path, old, key)
                moved |= {old, key}
        changed = {key for key in before.keys() & after.keys() if before[key] is not after[key]}
        for key in sorted((changed | gone | new) - moved):
            yield from self._diff(f"{path}.{key}", before.get(key), after.get(key))


def is_empty(value: Any) -> bool:
    """Whether a value says nothing; zero and false say something."""
    return not value and (value is None or isinstance(value, str | list | dict))


def without_empties(draft: Draft) -> Draft:
    """A copy of a draft in which neither the dataset nor a resource has an empty field."""
    kept = {field: value for field, value in draft.items() if not is_empty(value)}
    if "resources" in kept:
        kept["resources"] = [_filled(resource) for resource in kept["resources"]]
    return kept


def _filled(part: Draft) -> Draft:
    return {field: value for field, value in part.items() if not is_empty(value)}


def fields_of(draft: Draft) -> set[str]:
    """The fields that the dataset or one of its resources has."""
    return set(draft).union(*draft.get("resources", ()))


def on(fields: tuple[str, ...], change: Callable[[Any], Any]) -> Reshape:
    """Apply a function to the values of some fields of the dataset and of its resources."""

    def reshape(draft: Draft) -> Draft:
        replaced = _changed(draft, fields, change)
        resources = draft.get("resources")
        return replaced | _resources(resources, lambda each: _touched(each, fields, change)) if resources else replaced

    return Reshape(reshape, frozenset(fields))


def _changed(part: Draft, fields: tuple[str, ...], change: Callable[[Any], Any]) -> Draft:
    """The fields whose value is another after the function."""
    replaced: Draft = {}
    for field in fields:
        if field in part and (after := change(part[field])) != part[field]:
            replaced[field] = after
    return replaced


def _touched(part: Draft, fields: tuple[str, ...], change: Callable[[Any], Any]) -> Draft:
    replaced = _changed(part, fields, change)
    return _filled(part | replaced) if replaced else part


def _resources(resources: list[Draft], change: Callable[[Draft], Draft]) -> Draft:
    """The list of resources as a field to replace, unless each came back as it was."""
    after = [change(each) for each in resources]
    return {} if all(new is old for new, old in zip(after, resources, strict=True)) else {"resources": after}


def each_resource(change: Callable[[Draft], Draft], *fields: str) -> Reshape:
    """Lift a function on one resource to the list of a draft; one without a flaw gives the resource itself back."""
    return Reshape(lambda draft: _resources(draft.get("resources", []), change), frozenset(fields or ("resources",)))


def whole(change: Callable[[Draft], Draft], *fields: str) -> Reshape:
    """A function on the draft as a whole, which looks only where one of the fields is there."""
    return Reshape(change, frozenset(fields))
