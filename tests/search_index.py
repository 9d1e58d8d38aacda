"""Solr as tests need it: connections are kept, and what is written is shown when somebody asks, not at each write.

To show it, Solr opens its index anew, which takes it ten times as long as to write a dataset; most tests never search.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import pysolr
import pytest
import requests

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


@contextmanager
def kept_connections() -> Iterator[None]:
    """Each thread keeps its connection to Solr; CKAN makes one for every question, which costs more than most answers.

    A child that is forked must not speak on the connection of its parent.
    """

    @cache
    def session_of(process: int, thread: int) -> requests.Session:
        session = requests.Session()
        session.trust_env = False  # Solr is on loopback: no proxy is looked for
        return session

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pysolr.Solr, "get_session", lambda _: session_of(os.getpid(), threading.get_ident()))
        yield


@contextmanager
def noting() -> Iterator[dict[str, dict[str, Any]]]:
    """The documents that are sent to Solr meanwhile, the last of each dataset, by their ids."""
    documents, add = {}, pysolr.Solr.add

    def noted(solr: pysolr.Solr, docs: Iterable[dict[str, Any]], **more: Any) -> Any:
        docs = list(docs)
        documents.update((doc["index_id"], doc) for doc in docs)
        return add(solr, docs, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pysolr.Solr, "add", noted)
        yield documents
