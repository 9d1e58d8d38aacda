"""The worker that keeps its processes: real Redis, real processes, jobs that tell where they were done."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
from rq.command import send_stop_job_command
from rq.job import Job, JobStatus

from ckan.config.environment import load_environment
from ckan.lib.redis import connect_to_redis
from ckan.plugins import toolkit as tk

from ckanext.smartregion import workers

from tests.harvest.kills.children import Child, start

QUEUE = "kept"
DONE = "smartregion:test:done"
GO = "smartregion:test:go"
LOADED = "smartregion:test:loaded"
SOON = 30.0  # seconds; many times what is met


def tell(word: str) -> None:
    """A job: say by which process it was done."""
    connect_to_redis().rpush(DONE, f"{word} {os.getpid()}")


def die(word: str) -> None:
    """A job that is killed when it has begun."""
    tell(word)
    os.kill(os.getpid(), signal.SIGKILL)


def fail(word: str) -> None:
    """A job that raises."""
    tell(word)
    raise ValueError(word)


def sleep(word: str) -> None:
    """A job that does not end by itself."""
    tell(word)
    time.sleep(10 * SOON)


def wait_for_far_end(word: str) -> None:
    """A job that waits for somebody else until it is let go."""
    tell(f"{word} began")
    with workers.aside():
        connect_to_redis().blpop(GO, timeout=int(SOON))
    tell(f"{word} ended")


@pytest.fixture(autouse=True)
def empty_queue(clean_redis: None) -> None:
    """Redis holds nothing."""


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Child]]:
    """Begin a worker, ended with the test; its processes say that they load CKAN, which these tests have loaded."""
    monkeypatch.setattr(workers, "load_environment", lambda _: connect_to_redis().rpush(LOADED, os.getpid()))
    monkeypatch.setattr(workers, "MOMENT", 0.05)
    monkeypatch.setattr(workers, "LOOK", 0.05)
    monkeypatch.setattr(workers, "MOST_MEMORY", workers.resident() + workers.MOST_MEMORY)  # tests hold more than it
    begun: list[Child] = []

    def begin() -> Child:
        begun.append(start(lambda: workers.Worker([QUEUE]).work()))
        return begun[-1]

    yield begin
    for child in begun:
        if not child.ended:
            child.kill()


def order(job: Callable[[str], None], word: str, **more: Any) -> Job:
    """Put a job into the queue."""
    return tk.enqueue_job(job, [word], queue=QUEUE, rq_kwargs=more)


def told(count: int) -> dict[str, int]:
    """What so many jobs have said, in order: words and process ids."""
    redis, limit = connect_to_redis(), time.monotonic() + SOON
    while (found := redis.llen(DONE)) < count:
        assert time.monotonic() < limit, f"{found} of {count} have spoken"
        time.sleep(0.01)
    lines = [cast(bytes, line).decode().rpartition(" ") for line in redis.lrange(DONE, 0, -1)]
    return {word: int(pid) for word, _, pid in lines}


def loaded() -> list[int]:
    """The processes that have loaded CKAN, in order."""
    return [int(pid) for pid in cast(list[bytes], connect_to_redis().lrange(LOADED, 0, -1))]


def let_go() -> None:
    """The far end answers one who waits."""
    connect_to_redis().rpush(GO, "x")


def ended(job: Job, status: JobStatus) -> bool:
    """Whether a job ends like this, soon."""
    limit = time.monotonic() + SOON
    while job.get_status(refresh=True) != status and time.monotonic() < limit:
        time.sleep(0.01)
    return job.get_status(refresh=True) == status


def why(job: Job) -> str:
    """Why it has failed, as Redis was told."""
    result = job.latest_result()
    return str(result and result.exc_string)


def gone(pid: int) -> bool:
    """Whether a process ends soon."""
    limit = time.monotonic() + SOON
    while time.monotonic() < limit:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.01)
    return False


def test_one_process_does_job_after_job(worker, monkeypatch):
    monkeypatch.setattr(workers, "load_environment", load_environment)
    worker()

    jobs = [order(tell, word) for word in ("one", "two", "three")]

    assert len(set(told(3).values())) == 1
    assert all(ended(job, JobStatus.FINISHED) for job in jobs)


def test_job_that_raises_has_failed_and_its_process_goes_on(worker):
    worker()

    failing, next_one = order(fail, "fails"), order(tell, "next")

    pids = told(2)
    assert pids["fails"] == pids["next"]
    assert loaded() == [pids["next"]]
    assert ended(failing, JobStatus.FAILED)
    assert "ValueError" in why(failing)
    assert ended(next_one, JobStatus.FINISHED)


def test_job_whose_process_is_killed_has_failed_alone(worker):
    worker()

    killed, next_one = order(die, "dies"), order(tell, "next")

    pids = told(2)
    assert pids["dies"] != pids["next"]
    assert loaded() == [pids["dies"], pids["next"]]
    assert ended(killed, JobStatus.FAILED)
    assert "signal 9" in why(killed)
    assert ended(next_one, JobStatus.FINISHED)


def test_job_that_takes_too_long_has_failed_and_its_process_goes_on(worker):
    worker()

    late = order(sleep, "late", timeout=1)
    order(tell, "next")

    pids = told(2)
    assert pids["late"] == pids["next"]
    assert ended(late, JobStatus.FAILED)
    assert "JobTimeoutException" in why(late)


def test_job_that_a_person_stops_is_stopped_alone(worker):
    worker()
    endless = order(sleep, "endless")
    pid = told(1)["endless"]

    send_stop_job_command(connect_to_redis(), endless.id)
    order(tell, "next")

    assert gone(pid)
    assert told(2)["next"] != pid
    assert ended(endless, JobStatus.STOPPED)


def test_what_waits_for_a_far_end_does_not_hold_others_up(worker):
    worker()
    waiting = order(wait_for_far_end, "slow")
    told(1)

    quick = [order(tell, word) for word in ("one", "two")]

    pids = told(3)
    assert pids["one"] == pids["two"] != pids["slow began"]
    assert waiting.get_status(refresh=True) == JobStatus.STARTED
    let_go()
    assert told(4)["slow ended"] == pids["slow began"]
    assert all(ended(job, JobStatus.FINISHED) for job in (waiting, *quick))


def test_process_that_has_waited_takes_jobs_again(worker):
    worker()
    slow = order(wait_for_far_end, "slow")
    told(1)
    order(tell, "meanwhile")
    pids = told(2)
    let_go()
    assert ended(slow, JobStatus.FINISHED)

    order(tell, "later")

    assert told(4)["later"] in pids.values()


def test_one_alone_is_waited_for_by_the_worker_itself(worker):
    child = worker()
    order(wait_for_far_end, "alone")
    told(1)
    time.sleep(4 * workers.LOOK)

    os.kill(child.pid, signal.SIGTERM)  # it ends when its job has
    let_go()

    assert "alone ended" in told(2)
    assert child.wait().code == 0


def test_only_so_many_wait_at_once(worker):
    worker()
    jobs = [order(wait_for_far_end, str(number)) for number in range(workers.MOST + 1)]
    told(workers.MOST)
    time.sleep(6 * workers.LOOK)

    assert len(told(workers.MOST)) == workers.MOST
    for _ in jobs:
        let_go()
    assert all(ended(job, JobStatus.FINISHED) for job in jobs)


@pytest.mark.parametrize(("name", "value"), [("IDLE", 0.05), ("LONGEST", 0.0), ("MOST_MEMORY", 1)])
def test_process_leaves_when_it_is_idle_old_or_large_and_the_next_job_has_another(worker, monkeypatch, name, value):
    monkeypatch.setattr(workers, name, value)
    worker()
    first = order(tell, "first")
    assert name != "IDLE" or ended(first, JobStatus.FINISHED)
    time.sleep(0.2)

    second = order(tell, "second")

    assert ended(first, JobStatus.FINISHED)
    assert ended(second, JobStatus.FINISHED)
    pids = told(2)
    assert pids["first"] != pids["second"]


def test_process_that_leaves_while_it_is_handed_a_job_does_not_lose_it(worker, monkeypatch):
    real = workers.Worker._serve

    def leaving(self: workers.Worker, end: Any) -> None:
        if connect_to_redis().incr("smartregion:test:processes") > 1:
            return real(self, end)
        end.recv()
        end.send(workers.LEFT)
        os._exit(0)

    monkeypatch.setattr(workers.Worker, "_serve", leaving)
    worker()

    job = order(tell, "once")

    assert ended(job, JobStatus.FINISHED)
    assert list(told(1)) == ["once"]


def test_process_that_hangs_while_it_waits_is_ended_with_the_next_job(worker, monkeypatch):
    monkeypatch.setattr(workers, "longest", lambda job: 0.3)
    worker()
    order(wait_for_far_end, "hangs")
    order(tell, "meanwhile")
    pid = told(2)["hangs began"]
    time.sleep(0.5)

    order(tell, "next")

    assert gone(pid)
    assert "next" in told(3)


def test_worker_that_ends_leaves_nobody_behind(worker):
    child = worker()
    order(wait_for_far_end, "waits")
    order(tell, "done")
    pids = told(2)

    os.kill(child.pid, signal.SIGTERM)

    assert child.wait().code == 0
    assert gone(pids["waits began"])
    assert gone(pids["done"])


def test_process_goes_when_its_worker_was_killed(worker):
    child = worker()
    order(tell, "done")
    pid = told(1)["done"]

    child.kill()

    assert gone(pid)


def test_job_that_waits_goes_on_to_its_end_when_its_worker_was_killed(worker):
    child = worker()
    waiting = order(wait_for_far_end, "slow")
    pid = told(1)["slow began"]
    child.kill()

    let_go()

    assert told(2)["slow ended"] == pid
    assert ended(waiting, JobStatus.FINISHED)
    assert gone(pid)


def test_outside_of_such_a_process_waiting_tells_nobody():
    with workers.aside():
        connect_to_redis().rpush(GO, "x")
        connect_to_redis().blpop(GO)
