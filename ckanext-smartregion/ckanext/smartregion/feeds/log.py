"""The log of the feed: which change follows from what it said of a dataset and what it says now. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from ckanext.smartregion.feeds.description.codes import coded_list
from ckanext.smartregion.feeds.description.dataset import with_extras
from ckanext.smartregion.feeds.fragments import Fragment
from ckanext.smartregion.schemas import vocabulary

DEFAULT_PROFILE = "dcat-ap"
# Lists of things that have ids of their own: a change is told of the thing, not of its place in the list.
PARTS = ("resources",)

Dataset = dict[str, Any]
Field = dict[str, Any]


@dataclass(frozen=True)
class Rendered:
    """A dataset as everybody sees it, and its fragment in each profile that it belongs to."""

    dataset: Dataset
    iri: str
    fragments: Mapping[str, Fragment]

    @property
    def hash(self) -> str:
        """The same as long as the feed says the same, in hexadecimal."""
        digest = hashlib.sha256()
        for profile in sorted(self.fragments):
            fragment = self.fragments[profile]
            digest.update("".join([profile, fragment.own["nt"], *fragment.shared["nt"]]).encode())
        return digest.hexdigest()


class Said(Protocol):
    """What the feed said of a dataset last."""

    kind: str
    hash: str
    dataset: Dataset | None


def kind_of_change(said: Said | None, rendered: Rendered | None) -> str | None:
    """Create, Update or Delete; None where the feed goes on saying the same."""
    if said is None or said.kind == "Delete":
        return "Create" if rendered else None
    if rendered is None:
        return "Delete"
    return None if (said.hash, said.dataset) == (rendered.hash, rendered.dataset) else "Update"


def changed_fields(before: Dataset | None, after: Dataset | None) -> list[Field]:
    """What changed, field by field; a part that came or went is one change, of a part that stayed its fields are."""
    return list(_differences(before or {}, after or {}))


def _differences(before: Dataset, after: Dataset, within: str = "") -> Iterator[Field]:
    for name in sorted({*before, *after}):
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        if name in PARTS and not within:
            yield from _parts(name, old or [], new or [])
        else:
            yield {"field": within + name, "before": old, "after": new}


def _parts(name: str, before: list[Dataset], after: list[Dataset]) -> Iterator[Field]:
    old, new = ({part["id"]: part for part in parts} for parts in (before, after))
    for id in {**old, **new}:
        if id in old and id in new:
            yield from _differences(old[id], new[id], f"{name}/{id}/")
        else:
            yield {"field": f"{name}/{id}", "before": old.get(id), "after": new.get(id)}


def facets_of(dataset: Dataset) -> list[str]:
    """What a feed can be narrowed to, as `name:value`: organisation, municipality, type, themes, high-value."""
    dataset = with_extras(dataset)
    organisation = dataset.get("organization") or {}
    found = [f"type:{dataset.get('type', 'dataset')}"]
    found += [f"organization:{organisation['name']}"] if organisation else []
    found += [f"municipality:{organisation['nis_code']}"] if organisation.get("nis_code") else []
    found += [f"theme:{code}" for code in map(_theme, coded_list("data-theme", dataset.get("theme"))) if code]
    return sorted([*found, "hvd"] if coded_list("hvd-category", dataset.get("hvd_category")) else found)


def _theme(iri: str) -> str:
    concept = vocabulary("data-theme").by_uri(iri)
    return concept.code if concept else ""
