"""A portal whose far end turns hostile and gets well again, over and over, and the one worker that lives through it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from far_end import FarEnd

from ckan import model as ckan_model
from ckan.lib.redis import connect_to_redis
from ckan.tests.helpers import call_action

from ckanext.smartregion import config, outgoing
from ckanext.smartregion.fetch import Client, Policy
from ckanext.smartregion.harvest import walking
from ckanext.smartregion.harvesters import opendatasoft

from tests.harvest.conftest import VERSION_2, RemotePortal
from tests.harvest.kills.children import LONGEST, Child, lock_is_free, start
from tests.harvest.kills.story import queued

MEMORY = 400 - 200  # MB that a worker may grow by; one that waits holds 175
HOST = "portail.example.be"
GOOD = ("un", "deux", "trois", "quatre", "cinq")
CATALOGUE = "/catalogue.rdf"
WHOLE = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dcat="http://www.w3.org/ns/dcat#"
    xmlns:dct="http://purl.org/dc/terms/"><dcat:Catalog rdf:about="https://a.be/">%s</dcat:Catalog></rdf:RDF>"""
ONE = """<dcat:dataset><dcat:Dataset rdf:about="https://a.be/%(name)s">
    <dct:title xml:lang="fr">Fiche %(name)s</dct:title><dct:description xml:lang="fr">%(text)s</dct:description>
    <dct:license>CC0</dct:license><dcat:theme>Environnement</dcat:theme></dcat:Dataset></dcat:dataset>"""


@dataclass
class Ended:
    """How a run ended: its status, its counts that are not zero, what it says, and how far its worker grew (MB)."""

    status: str
    counts: dict[str, int]
    says: str
    memory: float
    run: dict[str, Any]


@dataclass
class Worker:
    """A process that does one piece of work after the other, as those of the portal's workers do."""

    child: Child
    end: Connection

    @classmethod
    def begun(cls, work: Callable[..., None]) -> Worker:
        """It waits for what is to be worked at."""
        ours, theirs = Pipe()

        def serve() -> None:
            ours.close()
            with suppress(EOFError):
                while order := theirs.recv():
                    Path("/proc/self/clear_refs").write_text("5", "ascii")  # from here on its peak is that of this work
                    work(*order)
                    ckan_model.Session.remove()
                    theirs.send(_peak())

        worker = cls(start(serve), ours)
        theirs.close()
        return worker

    def do(self, *order: Any) -> float:
        """See some work through; gives how many MB it took at most beyond those with which the worker began."""
        self.end.send(order)
        assert self.end.poll(LONGEST), "the worker hangs"
        try:
            return self.end.recv() - self.child.begun
        except EOFError:
            raise AssertionError("the worker is lost") from None

    def leave(self) -> None:
        """Let it go, whatever it is at."""
        self.end.close()
        self.child.kill()


@dataclass
class Far:
    """The far end with its two sources, `portail` (Opendatasoft, pages of two) and `catalogue` (DCAT)."""

    far_end: FarEnd
    remote: RemotePortal
    others: dict[str, FarEnd] = field(default_factory=dict)
    allowed: list[str] = field(default_factory=list)
    most_pages: int = 50
    healed: int = 0
    whole: bool = False
    worker: Worker | None = None

    def fill(self) -> None:
        """Both sources as they should be, with one dataset that has just changed."""
        self.healed += 1
        self.allowed = [f"{HOST}:*"]
        self.remote.items.clear()
        self.far_end.routes.clear()
        for name in GOOD:
            self.remote.put(name)
        self.remote.put("cinq", title=f"Jeu cinq, version {self.healed}")
        self.far_end.serve(VERSION_2, self.remote.answer)
        self.serve_catalogue(f"Une description, version {self.healed}.")
        connect_to_redis().flushdb()

    def serve_catalogue(self, text: str) -> None:
        """The DCAT catalogue with two datasets."""
        items = "".join(ONE % {"name": name, "text": text} for name in ("alpha", "beta"))
        self.far_end.serve(CATALOGUE, WHOLE % items, content_type="application/rdf+xml")

    def run(self, source: str = "portail") -> Ended:
        """One run by the worker, whose client is as impatient as a test."""
        run_id = queued(source)
        self.worker = self.worker or Worker.begun(self.work)
        memory = self.worker.do(run_id, self.allowed, self.most_pages)
        lock_is_free()
        ckan_model.Session.rollback()
        shown = call_action("smartregion_run_show", id=run_id)
        said = [shown["error"] or {}, *shown["notes"], *(each["problem"] or {} for each in shown["outcomes"])]
        counts = {name: number for name, number in shown["counts"].items() if number}
        return Ended(shown["status"], counts, " ".join(each.get("en", "") for each in said), memory, shown)

    def work(self, run_id: str, allowed: list[str], most_pages: int) -> None:
        """What the worker does."""
        self.allowed, self.most_pages = allowed, most_pages
        self.impatient()
        _execute(run_id)

    def impatient(self, patience: float = 2) -> None:
        """For a process that does not come back: short times, small pages, and a name that leads to this machine."""
        limits = {"back_off": 0.01, "patience": patience, "longest_wait": 1, "persistence": 2}
        outgoing.Policy = partial(Policy, **limits)  # type: ignore[misc, assignment]
        outgoing.Client = partial(Client, lookup=lambda host, port: ["127.0.0.1"])  # type: ignore[misc, assignment]
        config.fetch_allow_private = lambda: self.allowed
        walking.MOST_PAGES = self.most_pages
        opendatasoft.PAGE = 2


def _peak() -> float:
    """How much memory this process has held at most, in MB."""
    (line,) = (each for each in Path("/proc/self/status").read_text("ascii").splitlines() if "VmHWM" in each)
    return int(line.split()[1]) / 1024


def _execute(run_id: str) -> None:
    from ckanext.smartregion.harvest.jobs import execute

    execute(run_id)


def catalogue() -> dict[str, tuple[Any, ...]]:
    """Every dataset with what a write would change of it."""
    ckan_model.Session.rollback()
    packages = ckan_model.Session.query(ckan_model.Package).all()
    found = {each.id: (each.title, each.state, str(each.metadata_modified)) for each in packages}
    ckan_model.Session.remove()
    return found


def endless(piece: bytes, times: int) -> Iterator[bytes]:
    """The same piece over and over."""
    for _ in range(times):
        yield piece
