"""Solr as tests need it: what is written to the index is shown when somebody asks, instead of at each write.

To show it, Solr opens its index anew, which takes it ten times as long as to write a dataset; most tests never search.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pysolr
import pytest

COMMIT = "<commit />"
UPDATE, SELECT = pysolr.Solr._update, pysolr.Solr._select


@contextmanager
def shown_on_demand(index: str) -> Iterator[None]:
    """Let commits of an index wait until this process asks; those of its children, unknown to it, do not wait."""
    here = os.getpid()
    written = shown = 0  # how often, and until which of them

    def update(solr: pysolr.Solr, message: Any, *, commit: bool | None = None, **more: Any) -> Any:
        nonlocal written
        if not commit or solr.url != index or os.getpid() != here:
            return UPDATE(solr, message, commit=commit, **more)
        told = "" if message == COMMIT else UPDATE(solr, message, commit=False, **more)
        written += 1
        return told

    def select(solr: pysolr.Solr, *asked: Any, **more: Any) -> Any:
        nonlocal shown
        if solr.url == index and shown != written:
            until = written  # others may write meanwhile
            UPDATE(solr, COMMIT, commit=True)
            shown = until
        return SELECT(solr, *asked, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pysolr.Solr, "_update", update)
        patch.setattr(pysolr.Solr, "_select", select)
        yield
