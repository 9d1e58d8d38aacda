"""Work in child processes, as CKAN's worker does it, and points at which such a process kills itself with SIGKILL."""

from __future__ import annotations

import os
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from ckan import model as ckan_model

from ckanext.smartregion.harvest.engine import indexing

LONGEST = 60.0  # seconds that a child may take
LOCKS = """
    SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


@dataclass(frozen=True)
class Point:
    """A place in the engine: just before or just after a function's so many-th call."""

    label: str
    place: Any
    name: str
    when: str = "before"
    times: int = 1

    def at(self, act: Callable[[], None]) -> None:
        """Let this process do something when it comes by."""
        real, left = getattr(self.place, self.name), [self.times]

        def watched(*arguments: Any, **more: Any) -> Any:
            left[0] -= 1
            if left[0] == 0 and self.when == "before":
                act()
            result = real(*arguments, **more)
            if left[0] == 0 and self.when == "after":
                act()
            return result

        setattr(self.place, self.name, watched)


def die() -> None:
    """The end of this process, here and now."""
    os.kill(os.getpid(), signal.SIGKILL)


@dataclass
class Child:
    """A process of ours that does some work; `signal` and `code` tell how it ended, `memory` how much it grew (MB)."""

    pid: int
    signal: int = 0
    code: int | None = None
    begun: float = 0  # MB that it shares with these tests, which hold more than a worker
    memory: float = 0
    ended: bool = field(default=False)

    def kill(self) -> Child:
        """Its end, here and now."""
        os.kill(self.pid, signal.SIGKILL)
        return self.wait()

    def wait(self, seconds: float = LONGEST) -> Child:
        """Until it has ended, and PostgreSQL has noticed."""
        limit = time.monotonic() + seconds
        while not self.ended:
            pid, status, usage = os.wait4(self.pid, os.WNOHANG)
            if pid:
                self.ended, self.memory = True, usage.ru_maxrss / 1024 - self.begun
                self.signal = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
                self.code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else None
            elif time.monotonic() > limit:
                os.kill(self.pid, signal.SIGKILL)
                raise AssertionError(f"the child {self.pid} did not end within {seconds} seconds")
            else:
                time.sleep(0.01)
        return self


def start(work: Callable[[], Any]) -> Child:
    """Begin some work in a child, with connections of its own."""
    ckan_model.Session.remove()
    begun = _resident()
    pid = os.fork()
    if pid:
        return Child(pid, begun=begun)
    code = 1
    try:
        ckan_model.ensure_engine().dispose(close=False)  # they stay the parent's
        indexing.forget()
        work()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _resident() -> float:
    """How much memory this process holds, in MB."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def lock_is_free(seconds: float = 10) -> None:
    """Wait until PostgreSQL has noticed that the holder of a source's lock is gone."""
    limit = time.monotonic() + seconds
    while _locks():
        assert time.monotonic() < limit, "a lock outlives its process"
        time.sleep(0.01)


def _locks() -> int:
    with ckan_model.ensure_engine().connect() as connection:
        return int(connection.execute(sa.text(LOCKS)).scalar_one())


@contextmanager
def gate() -> Iterator[tuple[Callable[[], None], Callable[[], None], Callable[[], None]]]:
    """For a child that stops on its way: it calls the first; the parent waits for it by the second, and lets it go on
    by the third.
    """
    (reached, tell), (going, go) = os.pipe(), os.pipe()

    def stop() -> None:
        os.write(tell, b"x")
        os.read(going, 1)

    def wait() -> None:
        assert os.read(reached, 1) == b"x"

    try:
        yield stop, wait, lambda: (os.write(go, b"x"), None)[1]
    finally:
        for each in (reached, tell, going, go):
            os.close(each)
