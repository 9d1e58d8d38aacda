"""Datasets of a run are indexed as they are written and committed in Solr once: a commit costs a third of a second."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import ckan.plugins.toolkit as tk
from ckan.lib import search


@contextmanager
def committed_once() -> Iterator[None]:
    """Leave Solr's commits to the end of the block, whatever happens in it."""
    present = tk.config["ckan.search.solr_commit"]
    tk.config["ckan.search.solr_commit"] = False
    try:
        yield
    finally:
        tk.config["ckan.search.solr_commit"] = present
        search.commit()
