"""What to do about values that a contract refuses: the field goes, is told as a change, and the rest is kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ckanext.smartregion.harvest.records import Change, Draft

RULE = "refused-by-contract"
# Without these there is no dataset, or the fault is ours and not the far end's.
NEEDED = frozenset({"title_translated", "name", "owner_org", "id", "type", "resources", "verdict"})


def fit(data: Draft, errors: dict[str, Any]) -> tuple[Draft, list[Change]]:
    """The dataset without the fields that were refused, and what was lost; unchanged when nothing can go."""
    changes = [Change(RULE, field, data[field], None) for field in errors if field in data and field not in NEEDED]
    fitted = {field: value for field, value in data.items() if field not in {change.field for change in changes}}
    if isinstance(errors.get("resources"), list):
        fitted["resources"], more = _fit_resources(data["resources"], errors["resources"])
        changes += more
    return fitted, changes


def _fit_resources(resources: list[Draft], errors: list[Any]) -> tuple[list[Draft], list[Change]]:
    """A file whose address is refused goes as a whole."""
    kept, changes = [], []
    for index, resource in enumerate(resources):
        refused = errors[index] if index < len(errors) and isinstance(errors[index], dict) else {}
        changes += [Change(RULE, f"resources[{index}].{field}", resource.get(field), None) for field in refused]
        if "url" not in refused:
            kept.append({field: value for field, value in resource.items() if field not in refused})
    return kept, changes


def reasons(errors: Any, path: str = "") -> Iterator[str]:
    """What is wrong where: the summary only says that some file is not valid."""
    if isinstance(errors, dict):
        for field, inner in errors.items():
            yield from reasons(inner, f"{path}.{field}".lstrip("."))
    elif isinstance(errors, list):
        for number, inner in enumerate(errors):
            yield from reasons(inner, f"{path}[{number}]" if isinstance(inner, dict) else path)
    else:
        yield f"{path}: {errors}"
