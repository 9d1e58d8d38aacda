"""A town and the region harvest the same things: first imports, a take-over, changes, withdrawals, a return."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from far_end import FarEnd

from ckan import model as ckan_model
from ckan.tests import factories
from ckan.tests.helpers import call_action

from ckanext.smartregion.harvest import model
from ckanext.smartregion.harvest.engine import ticking
from ckanext.smartregion.harvest.jobs import execute

from tests.harvest.conftest import RemotePortal
from tests.harvest.kills.children import Child, Point, die, gate, lock_is_free, start

FEW = 5  # datasets of the region's own: with those of the town they make three pages and four transactions
SHARED_ONLY = 0  # two transactions
MANY = 15  # so that a run goes on after each kill of the whole story
SHARED = ("Bancs publics", "Fontaines", "Stationnements vélos")


@dataclass
class Story:
    """The two portals and their sources; `chapters` change the portals and say whose run comes next."""

    region: RemotePortal
    town: RemotePortal
    kept: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def begin(cls, first: FarEnd, second: FarEnd, own: int) -> Story:
        """Both portals filled, that of the region with so many datasets of its own; `sources` lead to them."""
        story = cls(RemotePortal(first), RemotePortal(second))
        for number in range(own):
            story.region.put(f"r{number:02}", title=f"Jeu régional {number}")
        for number, title in enumerate(SHARED):
            story.region.put(f"s{number}", title=title)
            story.town.put(f"t{number}", title=title)
        for number in range(3):
            story.town.put(f"v{number}", title=f"Jeu communal {number}")
        return story

    def import_of_the_region(self) -> str:
        """Its own datasets and those of the town's, none of them known."""
        return "region"

    def import_of_the_town(self) -> str:
        """Three datasets of the region's become the town's; three are new."""
        return "ville"

    def changes_of_the_region(self) -> str:
        """Some are updated, withdrawn, held, broken; the town's are linked."""
        for number in range(4):
            self.region.put(f"r{number:02}", title=f"Jeu régional {number}, revu")
        self.region.put("r04", license="")
        self.region.put("n0", title="Jeu sans licence", license="")
        self.region.put("n1", title="Jeu nouveau")
        self.region.items["r05"]["metas"] = "oups"
        self.kept = {name: self.region.items.pop(name) for name in ("r11", "r12")}
        return "region"

    def loss_in_the_town(self) -> str:
        """A dataset is missing: it is marked, and stays for its days of grace."""
        del self.town.items["v2"]
        self.town.put("v1", title="Jeu communal 1, revu")
        return "ville"

    def return_in_the_region(self) -> str:
        """What was withdrawn is there again."""
        self.region.items |= self.kept
        return "region"

    @property
    def chapters(self) -> Sequence[Callable[[], str]]:
        """In their order."""
        return (
            self.import_of_the_region,
            self.import_of_the_town,
            self.changes_of_the_region,
            self.loss_in_the_town,
            self.return_in_the_region,
        )


def sources(first: FarEnd, second: FarEnd) -> None:
    """Three organisations, and both sources; the town comes before the region."""
    for name in ("liege", "namur", "wallonie"):
        factories.Organization(name=name, title=name.title(), kind="municipality", description="", image_url="")
    facts = {"kind": "opendatasoft", "organization": "wallonie", "any_organization": True}
    call_action("smartregion_source_create", url=first.url, name="region", precedence=90, grace=0, **facts)
    call_action("smartregion_source_create", url=second.url, name="ville", precedence=10, grace=7, **facts)


def queued(name: str) -> str:
    """A run of a source that waits for a worker; gives its id."""
    source = model.find_source(name)
    assert source is not None
    return ticking.make_run(source, "person", None).id


def deliver(run_id: str, point: Point | None = None, act: Callable[[], None] = die) -> Child:
    """Hand a run to a process of its own, as a worker would; at the point it kills itself, or does something else."""

    def work() -> None:
        if point:
            point.at(act)
        execute(run_id)

    return start(work)


def delivered(run_id: str) -> None:
    """Hand a run to a process, and see it through."""
    child = deliver(run_id).wait()
    assert (child.signal, child.code) == (0, 0)
    lock_is_free()


def killed(run_id: str, point: Point) -> None:
    """Hand a run to a process that kills itself at a point; one that does not come by has not been killed."""
    child = deliver(run_id, point).wait()
    assert child.signal == 9, f"the run did not come by: {point.label}"
    lock_is_free()


def disturbed(run: str, point: Point, trouble: Callable[[], None]) -> Child:
    """A worker at a point of the run, while something happens to a service."""
    with gate() as (stop, wait, go):
        child = deliver(run, point, stop)
        wait()
        trouble()
        go()
        return child.wait()


def buried() -> str:
    """Let the scheduler find that a run gives no sign of life; gives the id of the run that takes it up."""
    ago = model.now() - dt.timedelta(minutes=3)
    ckan_model.Session.execute(sa.update(model.Run).where(model.Run.status == "running").values(heartbeat=ago))
    ckan_model.Session.commit()
    ticking.tick()
    (run,) = ckan_model.Session.query(model.Run).filter_by(status="queued").all()
    return run.id


def scheduler(point: Point | None = None) -> int:
    """A scheduler that looks once; gives the signal that ended it."""
    child = start(lambda: (point.at(die) if point else None, ticking.tick())).wait()
    ckan_model.Session.rollback()
    assert child.signal or child.code == 0
    return child.signal


def later(minutes: int) -> None:
    """So much time passes for all runs."""
    long, run = dt.timedelta(minutes=minutes), model.Run
    ckan_model.Session.execute(sa.update(run).values(queued=run.queued - long, heartbeat=run.heartbeat - long))
    ckan_model.Session.commit()


def status(run_id: str) -> str:
    """Where a run stands, as anybody sees it."""
    ckan_model.Session.rollback()
    return call_action("smartregion_run_show", id=run_id)["status"]


@contextmanager
def small_steps(monkeypatch: Any) -> Iterator[None]:
    """Pages of three and transactions of two datasets, so that a short list has many of each."""
    from ckanext.smartregion.harvest.engine import applying
    from ckanext.smartregion.harvesters import opendatasoft

    with monkeypatch.context() as patch:
        patch.setattr(opendatasoft, "PAGE", 3)
        patch.setattr(applying, "CHUNK", 2)
        yield
