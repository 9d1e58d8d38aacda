"""Fragments of datasets: those that are stored and up to date, the others rendered now and stored."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context

from ckanext.dcat.utils import catalog_uri
from ckanext.smartregion import schemas
from ckanext.smartregion.feeds import model
from ckanext.smartregion.feeds.fragments import Fragment
from ckanext.smartregion.feeds.logic.organisations import with_organisations
from ckanext.smartregion.feeds.profile import current_portal
from ckanext.smartregion.feeds.serializer import FeedSerializer

OURS = (Path(__file__).resolve().parents[1], Path(schemas.__file__).parent)


def fragments_of(ids: list[str], form: str, profiles: list[str] | None = None) -> list[Fragment]:
    """The fragments of public datasets, in the order of their ids, in one serialisation.

    One that is changed while this reads is shown as it was or as it is, never as a mixture. With ``profiles`` other
    than the configured ones nothing is stored.
    """
    if profiles:
        return list(_rendered(ids, profiles).values())
    found = model.fresh(ids, version(), form)
    if others := [each for each in ids if each not in found]:
        seen = model.marks(others)  # before the datasets are read: what is changed meanwhile stays stale
        rendered = _rendered(others, None)
        model.keep(rendered, {id: mark for id, mark in seen.items() if id in rendered}, version())
        found |= rendered
    return [found[each] for each in ids if each in found]


def anybody() -> Context:
    """A feed shows what everybody sees, whoever asks: no draft leaks through an officer's own session."""
    return {"user": "", "ignore_auth": False}


def _rendered(ids: Collection[str], profiles: list[str] | None) -> dict[str, Fragment]:
    """Fragments of those datasets that everybody sees at this moment, as the database has them."""
    datasets = with_organisations([dataset for id in ids if (dataset := _public(id))])
    serializer = FeedSerializer(profiles)
    return {dataset["id"]: serializer.fragment(dataset) for dataset in datasets}


def _public(dataset_id: str) -> dict[str, Any] | None:
    try:
        dataset = tk.get_action("package_show")({**anybody(), "use_cache": False}, {"id": dataset_id})
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return None
    return dataset if dataset["state"] == "active" and not dataset["private"] else None


def version() -> str:
    """Changes with whatever a fragment is made of besides its dataset: our code and lists, the portal, its profiles."""
    profiles = tk.config.get("ckanext.dcat.rdf.profiles")
    made_by = f"{_code()} {catalog_uri()} {current_portal()} {profiles}"
    return hashlib.sha256(made_by.encode()).hexdigest()[:16]


@cache
def _code() -> str:
    files = sorted(path for folder in OURS for path in folder.rglob("*") if path.suffix in (".py", ".yaml", ".json"))
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.read_bytes())
    return digest.hexdigest()
