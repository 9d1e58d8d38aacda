"""Real workers on the real queue: a far end that wants peace gets it, and no source starves another."""

from __future__ import annotations

import gzip
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
from far_end import Answer, Request
from far_end import running as serving

from ckan import model as ckan_model
from ckan.lib.redis import connect_to_redis
from ckan.tests.helpers import call_action

from ckanext.smartregion import config, workers
from ckanext.smartregion.harvest.engine import queueing, ticking

from tests.harvest.conftest import VERSION_2, RemotePortal
from tests.harvest.hostile.far import HOST, MEMORY, Far
from tests.harvest.kills.children import Child, start


@pytest.fixture
def portals(practised: None, make: Any) -> Iterator[Callable[..., Far]]:
    """Make a portal with so many datasets and a source for it."""
    connect_to_redis().flushdb()
    with ExitStack() as stack:

        def made(name: str, datasets: int) -> Far:
            far_end = stack.enter_context(serving())
            far = Far(far_end, RemotePortal(far_end), allowed=[f"{HOST}:*"])
            for number in range(datasets):
                far.remote.put(f"{name}-{number}", title=f"Jeu {number} de {name}")
            make(f"http://{HOST}:{far_end.port}", name=name)
            return far

        yield made
    connect_to_redis().flushdb()


def worker(far: Far, turn: float) -> Child:
    """A worker that works until the queue is empty; it waits itself for who drips."""

    def work() -> None:
        far.impatient()
        config.harvest_turn = lambda: turn  # type: ignore[assignment, return-value]
        workers.MOMENT = 60
        workers.Worker([queueing.QUEUE]).work(burst=True)

    return start(work)


def runs() -> dict[str, dict[str, Any]]:
    """The last run of each source by its name."""
    ckan_model.Session.rollback()
    found = call_action("smartregion_run_list")
    names = {source["id"]: source["name"] for source in call_action("smartregion_source_list")}
    return {names[run["source_id"]]: run for run in reversed(found)}


def test_small_sources_do_not_wait_for_a_huge_one_nor_for_one_that_drips(portals) -> None:
    huge = portals("immense", 20)
    drip = Answer(b'{"total_count": 1, "results": []}' * 9, drip=0.05)
    portals("goutte", 1).far_end.serve(VERSION_2, drip)
    bomb = Answer(gzip.compress(b" " * 64 * 1024 * 1024), headers={"Content-Encoding": "gzip"})
    portals("bombe", 1).far_end.serve(VERSION_2, bomb)
    for number in range(4):
        portals(f"petite-{number}", 2)
    names = ("immense", "goutte", "bombe", *(f"petite-{number}" for number in range(4)))
    for name in names:
        call_action("smartregion_source_run", id=name)

    child = worker(huge, turn=0).wait(120)

    assert (child.signal, child.code) == (0, 0)
    assert child.memory < MEMORY
    ended = runs()
    assert {name: ended[name]["status"] for name in names} == {
        **dict.fromkeys(names, "done"),
        "goutte": "failed",
        "bombe": "failed",
    }
    order = sorted(names, key=lambda name: ended[name]["finished"])
    assert order[-1] == "immense"
    assert ended["immense"]["counts"]["created"] == 20


def test_far_end_that_drips_holds_no_worker_up(portals, monkeypatch) -> None:
    monkeypatch.setattr(workers, "MOMENT", 0.2)
    dripping = portals("goutte", 1)
    dripping.far_end.serve(VERSION_2, Answer(b'{"total_count": 1, "results": []}' * 99, drip=0.05))
    small = ("petite-0", "petite-1")
    for name in small:
        portals(name, 2)
    for name in ("goutte", *small):
        call_action("smartregion_source_run", id=name)

    def work() -> None:
        dripping.impatient(patience=60)
        workers.Worker([queueing.QUEUE]).work()

    child = start(work)
    try:
        limit = time.monotonic() + 60
        while {runs()[name]["status"] for name in small} != {"done"}:
            assert time.monotonic() < limit, "the others wait for the one that drips"
            time.sleep(0.1)

        assert runs()["goutte"]["status"] == "running"
    finally:
        kept = Path(f"/proc/{child.pid}/task/{child.pid}/children").read_text("ascii").split()
        child.kill()
        for pid in kept:  # the one that waits would go on to its end, with the lock of its source
            with suppress(ProcessLookupError):  # the others may have gone with their worker
                os.kill(int(pid), signal.SIGKILL)


def test_source_has_one_run_at_a_time_and_several_sources_run_side_by_side(portals) -> None:
    talking, most, lock = Counter(), Counter(), threading.Lock()
    both, met = threading.Barrier(2, timeout=30), set()

    def slowly(name: str, far: Far) -> Callable[[Request], Answer]:
        def answer(request: Request) -> Answer:
            with lock:
                talking.update({name: 1, "all": 1})
                for each in (name, "all"):
                    most[each] = max(most[each], talking[each])
            if name not in met:  # the first answer to each comes when the other has asked, too
                met.add(name)
                both.wait()
            time.sleep(0.05)
            with lock:
                talking.subtract({name: 1, "all": 1})
            return far.remote.answer(request)

        return answer

    fars = {name: portals(name, 6) for name in ("premier", "second")}
    for name, far in fars.items():
        far.far_end.serve(VERSION_2, slowly(name, far))
        run = call_action("smartregion_source_run", id=name)
        again = call_action("smartregion_source_run", id=name)
        assert again["id"] == run["id"], "a source that has a run under way gets no second one"

    workers = [worker(fars["premier"], turn=20) for _ in range(2)]
    assert [child.wait(60).code for child in workers] == [0, 0]

    assert {name: run["status"] for name, run in runs().items()} == {"premier": "done", "second": "done"}
    assert most == {"premier": 1, "second": 1, "all": 2}


def test_far_end_that_wants_peace_is_asked_again_when_it_is_over(portals) -> None:
    far = portals("calme", 2)
    far.far_end.serve(VERSION_2, Answer(b"no", 429, headers={"Retry-After": "3"}))
    call_action("smartregion_source_run", id="calme")
    assert worker(far, turn=20).wait().code == 0
    put_off = runs()["calme"]
    assert (put_off["status"], put_off["not_before"] is not None) == ("queued", True)

    far.far_end.serve(VERSION_2, far.remote.answer)
    asked = len(far.far_end.requests)
    ticking.tick()
    assert queueing.waiting_runs() == set(), "it is not due yet"
    time.sleep(3)
    ticking.tick()
    assert queueing.waiting_runs() == {put_off["id"]}
    assert worker(far, turn=20).wait().code == 0

    ended = runs()["calme"]
    assert (ended["status"], ended["counts"]["created"], len(far.far_end.requests) - asked) == ("done", 2, 1)
    assert ended["id"] == put_off["id"]
