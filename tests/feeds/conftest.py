"""A portal, datasets of each type and the official shapes, for the tests of the feed."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from rdflib import Graph
from rdflib.namespace import SH

from ckan.common import config

from ckanext.smartregion.feeds import paging
from ckanext.smartregion.feeds.description.portal import Portal, read_portal
from ckanext.smartregion.feeds.fragments import document
from ckanext.smartregion.feeds.front import Front, Memory
from ckanext.smartregion.feeds.paging import Page
from ckanext.smartregion.feeds.profiles import DEFAULT
from ckanext.smartregion.feeds.serializer import Joined, Told, fill, join, render

from tests.feeds.examples import BASE, BASE_FIELDS, EU, MOBILITY_FIELDS, ORGANISATION, SERVICE, TABLE, parsed
from tests.feeds.validation import Result, official


class Finding(NamedTuple):
    """One result of a validation; severity and path without what stands before their names."""

    severity: str
    path: str
    focus: str
    value: str
    message: str


@pytest.fixture(autouse=True)
def address(monkeypatch) -> str:
    """The address of the portal that the feed describes."""
    monkeypatch.setitem(config, "ckan.site_url", BASE)
    return BASE


@pytest.fixture
def made_app(made_app: Any) -> Any:
    """The application, which has answered nothing yet: rows that come back have the moments of an earlier test."""
    if isinstance(made_app.wsgi_app, Front):
        made_app.wsgi_app.memory = Memory()
    return made_app


@pytest.fixture
def stored(request: pytest.FixtureRequest, kept: dict[Any, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the tests of a module find the dumps that one of them has made, as long as rows are remembered."""
    of = ("stored", request.module.__name__)
    if of not in kept:
        kept[of] = tmp_path_factory.mktemp("stored")
    return kept[of]


@pytest.fixture
def portal() -> Portal:
    """The portal as the project's own catalogue file describes it."""
    return read_portal(BASE)


@pytest.fixture
def minimal() -> Callable[..., dict]:
    """A dataset of a type with nothing but what publication demands."""

    def made(kind: str = "dataset", **fields) -> dict:
        dataset = {
            "id": f"id-minimal-{kind}",
            "name": f"minimal-{kind}",
            "type": kind,
            "title_translated": {"fr": "Stationnements pour vélos"},
            "notes_translated": {"fr": "Relevé sur place."},
            "owner_org": ORGANISATION["id"],
            "organization": ORGANISATION,
            "theme": [EU + "data-theme/TRAN"],
            "license_id": EU + "licence/CC_BY_4_0",
            "metadata_created": "2026-01-01T10:00:00.123456",
            "metadata_modified": "2026-02-01T10:00:00.123456",
            "resources": [{"id": "r0", "url": "https://www.example.be/velos.csv"}],
        }
        needed = {"mobility_theme": ["https://w3id.org/mobilitydcat-ap/mobility-theme/bike-parking-locations"]}
        return {**dataset, **(needed if kind == "mobility" else {}), **fields}

    return made


@pytest.fixture
def full(minimal) -> Callable[..., dict]:
    """A dataset of a type with every field that the feed writes."""

    def made(kind: str = "dataset", **fields) -> dict:
        extra = {**BASE_FIELDS, **(MOBILITY_FIELDS if kind == "mobility" else {}), "resources": [TABLE[kind], SERVICE]}
        return {**minimal(kind), "id": f"id-full-{kind}", "name": f"full-{kind}", **extra, **fields}

    return made


@pytest.fixture
def graph_of(portal: Portal) -> Callable[..., Graph]:
    """The graph that the feed of one dataset holds, read back from what is sent."""

    def read(dataset: dict, extension: str = "ttl", profile: str = DEFAULT) -> Graph:
        return parsed(document(extension, (), [render(dataset, portal, profile)]), extension)

    return read


@pytest.fixture
def page_text(portal: Portal) -> Callable[..., str]:
    """The text of a page with some datasets."""

    def write(
        datasets: list[dict], extension: str = "ttl", number: int = 1, count: int | None = None, profile: str = DEFAULT
    ) -> str:
        total = len(datasets) if count is None else count
        fragments = [render(dataset, portal, profile) for dataset in datasets]
        links = paging.numbered(number, max(1, -(-total // 100)))
        page = Page(f"{BASE}/catalog.{extension}", {}, {"page": str(number)}, links, total, 100)
        told = [Told(each.own[extension].encode(), each.shared[extension], each.links) for each in fragments]
        joined = join(portal, extension, told, services=bool(told), profile=profile)
        return fill(portal, extension, joined, page.statements(), modified="2026-02-01T10:00:00").decode()

    return write


@pytest.fixture
def joined(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many datasets each page of the walk has that is joined from its rows; the others were kept."""
    found: list[int] = []

    def watched(portal: Portal, form: str, told: list, **more) -> Joined:
        found.append(len(told))
        return join(portal, form, told, **more)

    monkeypatch.setattr("ckanext.smartregion.feeds.logic.walk.join", watched)
    return found


@pytest.fixture(scope="session")
def findings(shared) -> Callable[..., list[Finding]]:
    """What some official shapes find in a graph."""

    def found(graph: Graph, *names: str) -> list[Finding]:
        return sorted(map(_finding, official(shared / "shacl", *names).results(graph)))

    return found


@pytest.fixture(scope="session")
def violations(findings) -> Callable[..., list[str]]:
    """The violations of some official shapes in a graph, each as one line."""

    def found(graph: Graph, *names: str) -> list[str]:
        return [" | ".join(one) for one in findings(graph, *names) if one.severity == "Violation"]

    return found


def _finding(result: Result) -> Finding:
    severity, path = (str(result.get(part)) for part in (SH.resultSeverity, SH.resultPath))
    focus, value, message = (str(result.get(part)) for part in (SH.focusNode, SH.value, SH.resultMessage))
    return Finding(severity.rpartition("#")[2], re.split("[/#]", path)[-1], focus, value, message)
