"""A region with three organisations and their people, and a far end to harvest from."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from far_end import Answer, FarEnd, Request, running
from table_rows import write_rows

from ckan.tests import factories
from ckan.tests.helpers import call_action

from ckanext.smartregion.harvest import model
from ckanext.smartregion.harvest.engine import running as engine
from ckanext.smartregion.harvest.engine import ticking

VERSION_2 = "/api/explore/v2.1/catalog/datasets"


class RemotePortal:
    """An Opendatasoft-like catalogue that a test fills, changes and breaks."""

    def __init__(self, far_end: FarEnd) -> None:
        self.far_end, self.items = far_end, {}
        self.url = far_end.url
        far_end.serve(VERSION_2, self.answer)

    def answer(self, request: Request) -> Answer:
        """One page by limit and offset."""
        offset, limit = int(request.query["offset"]), int(request.query["limit"])
        shown = list(self.items.values())[offset : offset + limit]
        return Answer(json.dumps({"total_count": len(self.items), "results": shown}).encode())

    def put(self, name: str, **metas: Any) -> None:
        """A dataset as the platform describes it; keyword arguments replace or add metadata."""
        default = {
            "title": f"Jeu {name}",
            "description": "<p>Une description assez longue pour être utile.</p>",
            "theme": ["Environnement"],
            "keyword": ["arbres"],
            "license": "CC BY",
            "language": "fr",
            "publisher": "Ville de Liège ",
            "modified": "2026-01-05T10:00:00+00:00",
        }
        dcat = {"accrualperiodicity": "annuel", "contact_email": "mailto:mailto:a@liege.be"}
        self.items[name] = {
            "dataset_id": name,
            "dataset_uid": f"da_{name}",
            "has_records": True,
            "features": [],
            "metas": {"default": default | metas, "dcat": dcat | metas.pop("dcat", {})},
        }


def with_three(far_end: FarEnd) -> RemotePortal:
    """A remote portal with three datasets."""
    remote = RemotePortal(far_end)
    for name in ("un", "deux", "trois"):
        remote.put(name)
    return remote


@pytest.fixture
def remote(far_end: FarEnd) -> RemotePortal:
    """A remote portal with three datasets."""
    return with_three(far_end)


@pytest.fixture(scope="session")
def standing() -> Iterator[FarEnd]:
    """A far end that stays where it is: a source that has run is remembered with its address."""
    with running() as far_end:
        yield far_end


@pytest.fixture
def first_run(make: Any, standing: FarEnd, remember: Any) -> Any:
    """`first_run(change, **facts)`: a portal of three datasets, changed so; its source, run once; what the run said."""

    def first_run(change: Callable[[RemotePortal], None] | None = None, **facts: Any) -> tuple[Any, ...]:
        standing.clear()
        remote = with_three(standing)
        if change:
            change(remote)

        def make_and_run() -> tuple[dict[str, Any], dict[str, Any]]:
            source = make(remote.url, **facts)
            return source, run(source)

        name = ("first run", change and change.__qualname__, repr(facts))
        return remote, *remember(name, make_and_run)

    return first_run


@pytest.fixture
def ran(first_run: Any) -> tuple[RemotePortal, dict[str, Any]]:
    """A portal of three datasets and its source, which has run once."""
    return first_run()[:2]


@pytest.fixture
def practised(request: pytest.FixtureRequest, kept: dict[str, Any]) -> None:
    """This process has made runs by itself, and looked for more: its children know what a worker knows after its first.

    Otherwise each of them compiles its statements and reads the registers anew: most of what a short run costs.
    """
    if "practised" in kept:
        return
    request.getfixturevalue("clean_db")
    factories.Organization(name="liege", kind="municipality")
    with running() as far_end:
        remote = RemotePortal(far_end)
        facts = {"kind": "opendatasoft", "organization": "liege", "grace": 0}
        source = call_action("smartregion_source_create", name="essai", url=remote.url, **facts)
        remote.put("un")
        remote.put("deux")
        assert run(source)["created"] == 2
        remote.put("un", title="Autre titre")
        del remote.items["deux"]
        counts = run(source)
    assert (counts["updated"], counts["withdrawn"]) == (1, 1)
    ticking.tick()
    write_rows(request.getfixturevalue("tables"), {})
    kept["practised"] = True


@pytest.fixture
def people(remember: Any, clean_index: None) -> dict[str, dict[str, Any]]:
    """Who meets in these tests: officers of two municipalities, the Region's steward, a sysadmin, anybody."""
    named = ("officer", "neighbour", "steward", "citizen")
    return remember(
        "people",
        lambda: {name: factories.User(name=name) for name in named} | {"sysadmin": factories.Sysadmin(name="chief")},
    )


@pytest.fixture
def region(people: dict[str, dict[str, Any]], remember: Any) -> dict[str, str]:
    """Liège, Namur and the Region as organisations; gives their ids."""
    members = {"liege": "officer", "namur": "neighbour", "wallonie": "steward"}

    def organization(name: str, person: str) -> str:
        users = [{"name": person, "capacity": "admin" if person == "steward" else "editor"}]
        return factories.Organization(name=name, title=name.title(), kind="municipality", users=users)["id"]

    return remember("region", lambda: {name: organization(name, person) for name, person in members.items()})


@pytest.fixture
def make(region: dict[str, str]) -> Any:
    """Make a source; gives it as the API does."""

    def make(url: str, name: str = "essai", kind: str = "opendatasoft", **facts: Any) -> dict[str, Any]:
        facts = {"organization": "wallonie", "any_organization": True, "grace": 0, **facts}
        return call_action("smartregion_source_create", name=name, kind=kind, url=url, **facts)

    return make


@pytest.fixture
def source(make: Any) -> model.Source:
    """A source of the Region."""
    row = model.find_source(make("https://data.liege.be")["name"])
    assert row is not None
    return row


def run(source: dict[str, Any], *, confirmed: bool = False) -> dict[str, Any]:
    """Run a source here and now; gives the summary."""
    row = model.find_source(source["name"])
    assert row is not None
    return engine.run(ticking.make_run(row, "person", None, confirmed=confirmed).id)


@pytest.fixture(name="run")
def run_fixture() -> Any:
    """Run a source here and now."""
    return run


def hold_and_fail(remote: Any) -> None:
    """One record is held and one fails."""
    remote.put("deux", license="", title="Sans licence")
    remote.items["trois"]["metas"] = "oups"


@pytest.fixture
def harvested(first_run: Any) -> dict[str, Any]:
    """A source that has run; one record is held, one failed."""
    facts = {"title": "Portail de Liège", "schedule": "0 3 * * *", "organization": "liege"}
    return first_run(hold_and_fail, **facts)[2]
