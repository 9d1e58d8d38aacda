"""The search index follows the catalogue: what a harvest wrote is indexed after its commit, many datasets at a time."""

from __future__ import annotations

from collections.abc import Iterable

import ckan.plugins.toolkit as tk
from ckan import logic
from ckan import model as ckan_model
from ckan.lib import search


class IndexUnavailable(Exception):  # noqa: N818 - what happened
    """The search engine does not answer or refuses; the same datasets can be indexed again later."""


def index(package_ids: Iterable[str]) -> None:
    """Bring the index in line with the catalogue for these datasets; seen by searches after `commit`."""
    for package_id in dict.fromkeys(package_ids):
        try:
            _index_one(package_id)
        except search.SearchIndexError as error:
            raise IndexUnavailable(str(error)) from error


def commit() -> None:
    """Let searches see what was indexed."""
    try:
        search.commit()
    except search.SearchIndexError as error:
        raise IndexUnavailable(str(error)) from error


def _index_one(package_id: str) -> None:
    package = ckan_model.Session.get(ckan_model.Package, package_id)
    present = tk.config["ckan.search.solr_commit"]
    tk.config["ckan.search.solr_commit"] = False
    try:
        if package is None:
            search.clear(package_id)
        else:
            logic.index_update_package({"ignore_auth": True}, package_id, defer_commit=True)
    finally:
        tk.config["ckan.search.solr_commit"] = present
