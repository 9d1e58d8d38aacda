"""The search index follows the catalogue: what a harvest wrote is indexed after its commit, many datasets at a time.

The documents are those of CKAN's own indexing, made by its own code; only the sending is ours: in batches, over one
connection, and without a commit in Solr for each.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache
from types import FunctionType
from typing import Any

import pysolr
import requests

import ckan.plugins.toolkit as tk
from ckan import model as ckan_model
from ckan.lib.search import common
from ckan.lib.search import index as ckan_index

from ckanext.smartregion import deferred

BATCH = 200  # documents in one request
KEPT = 1000  # datasets whose forms are remembered until they are indexed
Document = dict[str, Any]
Forms = tuple[dict[str, Any], dict[str, Any]]
Version = tuple[str, str]


class IndexUnavailable(Exception):  # noqa: N818 - what happened
    """The search engine does not answer or refuses; the same datasets can be indexed again later."""


def keep(package_id: str, forms: Forms) -> None:
    """Remember how a dataset was shown when it was written: default and custom form, as CKAN's index wants them."""
    _kept.pop(package_id, None)
    _kept[package_id] = forms
    while len(_kept) > KEPT:
        _kept.pop(next(iter(_kept)))


def forget() -> None:
    """Read everything from the database again."""
    _kept.clear()


_kept: dict[str, Forms] = {}


def index(package_ids: Iterable[str]) -> None:
    """Bring the index in line with the catalogue for these datasets, in whatever state; searches see it after `commit`.

    Raises IndexUnavailable where Solr is away or refuses; indexing the same again does no harm.
    """
    waiting = list(dict.fromkeys(package_ids))
    for start in range(0, len(waiting), BATCH):
        batch = waiting[start : start + BATCH]
        while batch:
            before = _versions(batch)
            _send(*_documents(batch, before))
            after = _versions(batch)
            # Somebody else wrote and indexed in between: our document may be the older one.
            batch = [each for each in batch if before.get(each) != after.get(each)]


def commit() -> None:
    """Let searches see what was indexed."""
    _ask(lambda solr: solr.commit(waitSearcher=True))


def _versions(package_ids: list[str]) -> dict[str, Version]:
    """State and time of the last change, as the database has it now; what is not there is missing."""
    package = ckan_model.Package
    rows = ckan_model.Session.query(package.id, package.state, package.metadata_modified)
    return {row[0]: (row[1], row[2].isoformat()) for row in rows.filter(package.id.in_(package_ids))}


def _documents(package_ids: list[str], versions: dict[str, Version]) -> tuple[list[Document], list[str]]:
    """The documents of those that belong into the index, and the ids of those that don't."""
    found = ckan_model.Session.query(ckan_model.Package).filter(ckan_model.Package.id.in_(package_ids))
    # Read once and held here: CKAN finds each in the session, as the database has it now.
    packages = {package.id: package for package in found.execution_options(populate_existing=True)}
    collector = _Collector()
    for package_id in package_ids:
        forms = _kept.pop(package_id, None)
        if package_id not in packages:
            collector.gone.append(package_id)
            continue
        if forms is None or (forms[0]["state"], forms[0]["metadata_modified"]) != versions.get(package_id):
            forms = deferred.forms_of(package_id)
        collector.take(forms)
    return collector.documents, collector.gone


class _Collector(ckan_index.PackageSearchIndex):
    """CKAN's index of datasets, with a connection that collects what would be sent."""

    def __init__(self) -> None:
        super().__init__()
        self.documents: list[Document] = []
        self.gone: list[str] = []

    def take(self, forms: Forms) -> None:
        """One dataset, as CKAN's own `index_update_package_dicts` hands it over."""
        _collecting(self)(self, dict(forms[0], with_custom_schema=forms[1]), defer_commit=True)

    def add(self, docs: list[Document], commit: bool = False) -> None:
        """What CKAN calls on its connection."""
        self.documents += docs

    def delete_package(self, pkg_dict: dict[str, Any]) -> None:
        """What CKAN does with a deleted dataset."""
        self.gone.append(pkg_dict["id"])


def _collecting(collector: _Collector) -> FunctionType:
    """CKAN's function that makes a document and sends it, with our connection in the place of its own."""
    made = ckan_index.PackageSearchIndex.index_package
    return FunctionType(
        made.__code__, made.__globals__ | {"make_connection": lambda: collector}, argdefs=made.__defaults__
    )


def _send(documents: list[Document], gone: list[str]) -> None:
    if gone:
        site = tk.config["ckan.site_id"]
        query = f'+entity_type:package +site_id:"{site}" +id:({" OR ".join(gone)})'
        _ask(lambda solr: solr.delete(q=query, commit=False))
    if documents:
        _ask(lambda solr: solr.add(documents, commit=False))


def _ask(question: Any) -> None:
    try:
        question(_solr(os.getpid(), tk.config["solr_url"]))
    except (pysolr.SolrError, OSError) as error:
        raise IndexUnavailable(str(error)[:1000]) from error


@cache
def _solr(process: int, address: str) -> pysolr.Solr:
    """One connection per process, kept alive; a child does not talk on its parent's."""
    solr = common.make_connection()
    solr.session = requests.Session()
    return solr
