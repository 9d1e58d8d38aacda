"""The directory of organisations: all of them by kind, in the order in which one looks for a name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ckanext.smartregion import territory

KINDS = ("municipality", "province", "agency", "region", "operator", "research")  # what is looked for most comes first
OTHER = "other"


@dataclass(frozen=True)
class Entry:
    """An organisation as CKAN's lists have it: its name in addresses, that for people, its published datasets."""

    name: str
    display_name: str
    package_count: int


def shelves(
    organizations: Iterable[tuple[str, str]], datasets: Mapping[str, int], language: str
) -> dict[str, list[Entry]]:
    """The entries of each kind that has any.

    :param organizations: name and title; whoever is of the territory has the title in this language
    :param datasets: how many each has published, by name
    """
    found: dict[str, list[Entry]] = {kind: [] for kind in (*KINDS, OTHER)}
    for name, title in organizations:
        owner = territory.owners().get(name)
        named = owner.titles.get(language) or owner.titles["fr"] if owner else title
        found[owner.kind if owner else OTHER].append(Entry(name, named, datasets.get(name, 0)))
    for entries in found.values():
        entries.sort(key=lambda one: in_order(one.display_name))
    return {kind: entries for kind, entries in found.items() if entries}


def in_order(name: str) -> str:
    """What names are ordered by: neither accents nor capitals put one after all others."""
    return territory.slugify(name)


def by_title(choice: tuple[str, str]) -> str:
    """What choices, each a code and its title, are ordered by."""
    return in_order(choice[1])
