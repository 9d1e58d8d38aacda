"""The process that checks are forked from.

This process has loaded all that is slow to load and never touches a file. It hears of a job over a socket, forks a
child for it and answers how the child ended. A child has bounded memory, processor time, file size and wall time,
reaches no network and starts no program; nothing of one check is left for the next. Short texts go to a child that is
kept for some of them, one after the other; see `kept.py`.
"""

import ctypes
import gc
import json
import os
import selectors
import shutil
import signal
import socket
import sys
import time
import traceback
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from ckanext.smartregion.quality.examination import kept
from ckanext.smartregion.quality.examination.working import MEMORY_EXIT, confine, settle, work

GARBAGE = 100_000  # new objects between two looks for garbage: the cells of a sheet are many, and none is any
PR_SET_PDEATHSIG = 1
# A process that nobody asks for so long ends; the next check starts another.
IDLE_SECONDS = 900
# So many kept children wait for a text.
MOST_WAITING = 2


@dataclass
class Check:
    """A check that goes on: who waits for it, until when it may take, and the job where a kept child does it."""

    asker: socket.socket
    deadline: float
    job: dict[str, Any] | None = None
    late: bool = False


@dataclass
class Kept:
    """A child that is kept: the end to talk to it, and the limits that it has for life."""

    end: socket.socket
    limits: dict[str, int]
    waits: bool = False


class Nursery:
    """Has every job that comes over the socket done by a child, and tells who asked how that ended."""

    def __init__(self, listener: socket.socket) -> None:
        self.listener = listener
        self.selector = selectors.DefaultSelector()
        self.checks: dict[int, Check] = {}
        self.kept: dict[int, Kept] = {}
        self.wakened, self.waker = socket.socketpair()
        for end in (self.listener, self.wakened, self.waker):
            end.setblocking(False)
        self.heard = time.monotonic()

    def run(self) -> None:
        """Go on until the process that started this one is gone, or nobody asks any more."""
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self.waker.fileno())
        for source, act in ((self.listener, self._accept), (self.wakened, self._reap), (sys.stdin, None)):
            self.selector.register(source, selectors.EVENT_READ, act)
        while self.checks or time.monotonic() < self.heard + IDLE_SECONDS:
            for key, _ in self.selector.select(self._patience()):
                if key.data is None:
                    self._end_all()
                    return
                if self.selector.get_map().get(key.fd) is key:  # another one of them may have ended it
                    key.data()
            self._end_late()
        self._end_all()

    def _patience(self) -> float:
        ends = [check.deadline for check in self.checks.values() if not check.late]
        return max(0.0, min([self.heard + IDLE_SECONDS, *ends]) - time.monotonic())

    def _accept(self) -> None:
        with suppress(BlockingIOError):
            asker, _ = self.listener.accept()
            self.heard = time.monotonic()
            asker.settimeout(10)
            try:
                said = kept.receive(asker)
                job = json.loads(said)
                asker.setblocking(False)
                self._begin(asker, job, said)
            except (OSError, ValueError, KeyError):
                asker.close()

    def _begin(self, asker: socket.socket, job: dict[str, Any], said: bytes) -> None:
        deadline = time.monotonic() + job["limits"]["seconds"]
        pid = self._give(job["limits"], said) if job.get("short") else None
        self._watch(pid or self._fork(job), Check(asker, deadline, job if pid else None))

    def _watch(self, pid: int, check: Check) -> None:
        self.checks[pid] = check
        # Whoever asked says nothing more: what comes is that it is gone.
        self.selector.register(check.asker, selectors.EVENT_READ, lambda: self._leave(pid, check.asker))

    def _leave(self, pid: int, asker: socket.socket) -> None:
        self.selector.unregister(asker)
        _kill(pid)

    # Children

    def _fork(self, job: dict[str, Any], end: socket.socket | None = None) -> int:
        """The child that does a job and ends, or the one that serves the other end of this one."""
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            _be_child(self, parent, job, end)
        return pid

    def _give(self, limits: dict[str, int], said: bytes) -> int | None:
        """Give a job to a child that is kept, begun where none waits; None where it can't be had."""
        pid = next((pid for pid, one in self.kept.items() if one.waits and one.limits == limits), None)
        pid = pid or self._keep(limits)
        self.kept[pid].waits = False
        try:
            kept.send(self.kept[pid].end, said)
        except OSError:
            _kill(pid)
            return None
        return pid

    def _keep(self, limits: dict[str, int]) -> int:
        end, other = socket.socketpair()
        with other:
            pid = self._fork({"limits": limits}, other)
        end.settimeout(10)
        self.kept[pid] = Kept(end, limits)
        self.selector.register(end, selectors.EVENT_READ, lambda: self._hear(pid))
        return pid

    def _hear(self, pid: int) -> None:
        """Word of a kept child that a check is done; else it has ended, and is reaped."""
        one, check = self.kept[pid], self.checks.get(pid)
        said = b""
        with suppress(OSError):
            said = one.end.recv(1)
        if not said or not check or check.late:
            self._forget(pid)
            _kill(pid)
            return
        del self.checks[pid]
        self._answer(check, 0)
        self.kept[pid] = self.kept.pop(pid)  # in the order in which they began to wait
        one.waits = said == kept.STAYS
        waiting = [pid for pid, one in self.kept.items() if one.waits]
        for ended in (*waiting[:-MOST_WAITING], *([] if one.waits else [pid])):
            self._forget(ended)
            _kill(ended)

    def _forget(self, pid: int) -> None:
        if one := self.kept.pop(pid, None):
            self.selector.unregister(one.end)
            one.end.close()

    def _reap(self) -> None:
        with suppress(BlockingIOError):
            self.wakened.recv(4096)
        with suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                pid, status = ended
                _kill(pid)
                self._forget(pid)
                if check := self.checks.pop(pid, None):
                    self._conclude(check, os.waitstatus_to_exitcode(status))

    def _conclude(self, check: Check, code: int) -> None:
        """Answer how a child ended; one that was kept is believed only where all went well."""
        if not check.job or check.late or check.asker not in self.selector.get_map():
            self._answer(check, code)
            return
        self.selector.unregister(check.asker)
        self._watch(self._fork(check.job), Check(check.asker, check.deadline))

    def _answer(self, check: Check, code: int) -> None:
        with suppress(KeyError):
            self.selector.unregister(check.asker)
        with suppress(OSError), check.asker:
            check.asker.sendall(json.dumps({"code": code, "late": check.late}).encode())

    def _end_late(self) -> None:
        now = time.monotonic()
        for pid, check in self.checks.items():
            if not check.late and now >= check.deadline:
                check.late = True
                _kill(pid)

    def _end_all(self) -> None:
        for pid in {*self.checks, *self.kept}:
            _kill(pid)

    def close(self) -> None:
        """In a child: nobody is heard and nobody is answered from here."""
        self.selector.close()
        askers = [check.asker for check in self.checks.values()]
        for end in (self.listener, self.wakened, self.waker, *askers, *(one.end for one in self.kept.values())):
            end.close()


def _kill(pid: int) -> None:
    """The child and whatever it may have started: it leads a group of its own."""
    for kill in (os.killpg, os.kill):
        with suppress(ProcessLookupError, PermissionError):
            kill(pid, signal.SIGKILL)
            return


def _be_child(nursery: Nursery, parent: int, job: dict[str, Any], end: socket.socket | None) -> None:
    """In the child: leave all behind that belongs to the parent, work, and end without ever returning."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
        nursery.close()
        end = _leave_open_files(end)
        if end:
            code = kept.serve(end, job["limits"])
        else:
            settle(Path(job["outcome"]).parent)
            confine(job["limits"])
            code = work(job)
    except MemoryError:
        code = MEMORY_EXIT
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _leave_open_files(end: socket.socket | None) -> socket.socket | None:
    """Close all that is open but one end, which is given with another number; what is said goes nowhere."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for target in (0, 1, 2):
        os.dup2(nothing, target)
    if end:
        os.dup2(end.detach(), 3)
    os.closerange(4 if end else 3, 256)
    return socket.socket(fileno=3) if end else None


def _load() -> None:
    """Everything that a check may need and that is slow to load. Polars must not compute here: it starts threads."""
    for module in ("numpy.ma", "opening_hours", "python_calamine", "shapely", "frictionless.resources"):
        import_module(module)
    from frictionless.platform import platform

    from ckanext.smartregion import territory
    from ckanext.smartregion.quality.examination import examine, judging  # noqa: F401
    from ckanext.smartregion.quality.examination.mending import table  # noqa: F401
    from ckanext.smartregion.quality.formats import examine as formats  # noqa: F401
    from ckanext.smartregion.quality.rules import rules

    for load in (rules, territory.municipalities, territory.former_municipalities, territory.boundaries):
        load()
    for name in ("dateutil_parser", "jsonschema_validators", "rfc3986", "validators"):
        getattr(platform, name)
    kinds = ["string", "number", "integer", "boolean", "date", "datetime", "time", "geopoint", "geojson"]
    fields = [{"name": kind, "type": kind} for kind in kinds]
    with judging.table([kinds, [""] * len(kinds)], {"fields": fields}) as resource:
        list(resource.row_stream)


def main(folder: str, listening: str) -> None:
    """Load, then serve the socket that was handed down; its folder goes when this process does."""
    listener = socket.socket(fileno=int(listening))
    gc.disable()  # what is loaded stays until the end
    try:
        _load()
        gc.freeze()
        gc.set_threshold(GARBAGE)
        gc.enable()
        Nursery(listener).run()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
