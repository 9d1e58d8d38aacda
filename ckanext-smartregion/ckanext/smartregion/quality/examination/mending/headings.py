"""The names of columns: found under another writing or under the contract's titles in four languages."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from ckanext.smartregion.quality.examination.mending.reading import Field, folded
from ckanext.smartregion.quality.examination.reading import label_key

UNIT = re.compile(r"\s*\([^()]*\)\s*$")


def spoken(fields: Sequence[Field]) -> list[str]:
    """Every name under which a column may go: its own, and its titles with and without the unit behind them."""
    return [name for field in fields for name in _names(field)]


def mended_labels(labels: Sequence[Any], fields: Sequence[Field]) -> list[str]:
    """The labels of a file, those that surely mean a column of the contract as the contract names it.

    What two labels or two columns would claim is left as it is.
    """
    exact = {label_key(field["name"]): field["name"] for field in fields}
    first = [exact.get(label_key(label)) for label in labels]
    meant: dict[str, set[str]] = defaultdict(set)
    for field in fields:
        if field["name"] not in first:
            for name in _names(field):
                meant[folded(name)].add(field["name"])
    found = [one or _only(meant.get(folded(label), set())) for label, one in zip(labels, first, strict=True)]
    return [
        one if one is not None and found.count(one) == 1 else str("" if label is None else label)
        for label, one in zip(labels, found, strict=True)
    ]


def _only(names: set[str]) -> str | None:
    return next(iter(names)) if len(names) == 1 else None


def _names(field: Field) -> Iterator[str]:
    yield field["name"]
    titles = field.get("title") or {}
    for title in titles.values() if isinstance(titles, dict) else [titles]:
        yield str(title)
        if bare := UNIT.sub("", str(title)):
            yield bare
