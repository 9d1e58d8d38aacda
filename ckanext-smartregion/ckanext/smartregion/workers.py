"""A worker of CKAN's queues that keeps the processes in which it does its jobs, and does not wait for far ends.

CKAN's own forks a process for each job, which loads the plugins, connects and compiles its statements anew: longer than
most runs of a source that has nothing new. Here a process does job after job. The worker watches it as it would have
watched the others: where it dies or hangs, that job alone has failed, and the next one has a new process. A job that
waits for a far end (`aside`) goes on waiting beside, while the worker does what waits in its queues.
"""

from __future__ import annotations

import gc
import os
import random
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path
from typing import Any, cast

from rq.executions import Execution
from rq.job import Job
from rq.queue import Queue
from rq.utils import now

from ckan.common import config
from ckan.config.environment import load_environment
from ckan.lib import jobs

IDLE = 60.0  # seconds without a job; then a process leaves, and its memory with it
LONGEST = 900.0  # seconds; then it leaves after its job: what was changed in the portal's settings is read anew
MOST_MEMORY = 250  # MiB resident; then it leaves after its job
MOST = 3  # processes of one worker: one at work, the others waiting
MOMENT = 1.0  # seconds of waiting for a far end before others are let go first
LOOK = 0.5  # seconds between two looks at the queues while a job waits
GRACE = 60  # seconds beyond the time-out of a job, as rq gives them
DAY = 86_400

DONE, LEFT, WAITS, WORKS = "done", "left", "waits", "works"
Order = tuple[str, str, str]  # the ids of a job and of its execution, and the name of its queue
Ending = tuple[int | None, int | None, Any]  # process id, exit status and use of resources, as of `os.wait4`


@dataclass
class Horse:
    """A process that is kept, as its worker knows it; `end` leads to it, `life` can be read once it has ended."""

    pid: int
    end: Connection
    life: int
    busy: bool = False
    waits: bool = False
    until: float = 0  # when its job must have ended

    def takes(self, order: Order, seconds: float) -> bool:
        """Whether it is still there to be handed a job that may take so long; it says nothing before it leaves."""
        with suppress(OSError):
            if not wait([self.end, self.life], timeout=0):
                self.end.send(order)
                self.busy, self.waits, self.until = True, False, time.monotonic() + seconds
        return self.busy

    def said(self, timeout: float | None = None) -> str | None:
        """Its next word; empty where it has died without one, None where it says nothing in so many seconds."""
        if not wait([self.end, self.life], timeout):
            return None
        # The worker is woken by alarms: not while half a word is read.
        former = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
        try:
            word = self.end.recv() if self.end.poll() else ""
        except (EOFError, OSError):
            word = ""
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, former)
        self.busy = self.busy and word in (WAITS, WORKS)
        self.waits = word == WAITS
        return word

    def bury(self) -> Ending:
        """Let it go, by force where it is at work, and wait until it is gone."""
        if self.busy:
            with suppress(OSError):
                os.killpg(self.pid, signal.SIGKILL)
        self.end.close()
        os.close(self.life)
        with suppress(ChildProcessError):
            return os.wait4(self.pid, 0)
        return None, None, None


@dataclass
class Told:
    """Tells the worker, from inside the process that is kept, that its job waits for somebody else."""

    end: Connection
    lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Say so once the block has taken a moment, and when it has ended."""
        told, ended = False, False

        def tell() -> None:
            nonlocal told
            with self.lock:
                if not ended:
                    told = True
                    self._say(WAITS)

        timer = threading.Timer(MOMENT, tell)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            with self.lock:
                ended = True
                if told:
                    self._say(WORKS)

    def _say(self, word: str) -> None:
        with suppress(OSError):  # the worker is gone; its job goes on to its end
            self.end.send(word)


_told: Told | None = None


@contextmanager
def aside() -> Iterator[None]:
    """While this block waits for a far end, let the worker do other jobs; elsewhere it is as if it were not there."""
    if _told is None:
        yield
        return
    with _told.waiting():
        yield


class Worker(jobs.Worker):
    """CKAN's worker, but for the processes that it keeps."""

    horse: Horse  # the one whose job is the worker's

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.horses: list[Horse] = []

    def fork_work_horse(self, job: Job, queue: Queue) -> None:
        """Hand a job to a process that is kept and free, or to a new one."""
        self._look_after()
        order: Order = (job.id, cast(Execution, self.execution).id, queue.name)
        while not (free := next((horse for horse in self.horses if not horse.busy), None) or self._begun()).takes(
            order, longest(job)
        ):
            self._buried(free)
        self.horse, self.order = free, order
        self._horse_pid = free.pid

    def monitor_work_horse(self, job: Job, queue: Queue) -> None:
        """As long as the job goes on, or until it is set aside."""
        self.job = job
        super().monitor_work_horse(job, queue)

    def wait_for_horse(self) -> Ending:
        """Wait until the job is done, set aside, or its process has died; gives how that ended, as `os.wait4` does."""
        while True:
            said = self.horse.said(LOOK if self.horse.waits else None)
            if said == DONE:
                return self.horse.pid, os.EX_OK, None
            if said == LEFT:  # at the very moment at which it was handed the job
                self._buried(self.horse)
                self.fork_work_horse(self.job, next(queue for queue in self.queues if queue.name == self.order[2]))
            elif said == "":
                return self._buried(self.horse)
            elif self.horse.waits and self._others_wait():
                return self._set_aside()

    def register_death(self) -> None:
        """Leave nothing behind: what still waits for a far end is taken up again by whoever comes next."""
        for horse in self.horses[:]:
            self._buried(horse)
        super().register_death()

    def _others_wait(self) -> bool:
        busy = sum(horse.busy for horse in self.horses)
        return busy < MOST and any(queue.count for queue in self.queues)

    def _set_aside(self) -> Ending:
        """The process ends its job by itself; no sign of life is due from us meanwhile."""
        seconds = int(min(longest(self.job), DAY))
        with self.connection.pipeline() as pipeline:
            execution = cast(Execution, self.execution)
            execution.heartbeat(self.job.started_job_registry, seconds, pipeline=pipeline)
            self.job.heartbeat(now(), seconds, pipeline=pipeline, xx=True)
            pipeline.execute()
        self.log.info("Worker %s: job %s waits for a far end, others go first", self.name, self.job.id)
        return self.horse.pid, os.EX_OK, None

    def _look_after(self) -> None:
        """Hear what those set aside have said; part from those that have gone, and from those that hang."""
        for horse in self.horses[:]:
            while (said := horse.said(0)) not in (None, "", LEFT):
                pass
            if said is not None or (horse.busy and time.monotonic() > horse.until):
                self._buried(horse)

    def _buried(self, horse: Horse) -> Ending:
        self.horses.remove(horse)
        return horse.bury()

    def _begun(self) -> Horse:
        # Held by another process, too, it would take jobs for a worker that was killed.
        self.connection.connection_pool.disconnect(inuse_connections=False)
        ours, theirs = cast(tuple[Connection, Connection], Pipe())
        pid = os.fork()
        if pid:
            theirs.close()
            self.horses.append(horse := Horse(pid, ours, os.pidfd_open(pid)))
            return horse
        try:
            for other in self.horses:
                other.end.close()
            ours.close()
            self._serve(theirs)
        finally:
            os._exit(1)

    def _serve(self, end: Connection) -> None:
        """Be a process that is kept; what becomes of a job, Redis is told by the job itself."""
        global _told
        os.setpgrp()
        random.seed()
        self.setup_work_horse_signals()
        self._is_horse, _told = True, Told(end)
        load_environment(config)
        until = time.monotonic() + LONGEST
        with suppress(EOFError, BrokenPipeError):  # the worker is gone
            while end.poll(IDLE):
                order: Order = end.recv()
                self._do(*order)
                end.send(DONE)
                if time.monotonic() > until or resident() > MOST_MEMORY:
                    break
            end.send(LEFT)
        os._exit(os.EX_OK)

    def _do(self, job_id: str, execution_id: str, queue_name: str) -> None:
        os.environ.update(RQ_WORKER_ID=self.name, RQ_JOB_ID=job_id)
        job = Job.fetch(job_id, connection=self.connection, serializer=self.serializer)
        self.execution = Execution(execution_id, job_id, self.connection)
        self.perform_job(job, next(queue for queue in self.queues if queue.name == queue_name))


def work(queues: Sequence[str]) -> None:
    """Do the jobs of some of CKAN's queues, the first of them first, until told to end."""
    gc.freeze()  # what is loaded stays: the processes share it with us as long as nobody looks through it for waste
    Worker(queues).work(with_scheduler=True)


def longest(job: Job) -> float:
    """Seconds after which a job hangs."""
    timeout = job.timeout or 0
    return timeout + GRACE if timeout > 0 else float("inf")


def resident() -> int:
    """The memory of this process in MiB."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024**2
