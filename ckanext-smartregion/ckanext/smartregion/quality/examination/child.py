"""The process that checks are forked from, and what each of them does under limits before it ends.

This process has loaded all that is slow to load and never touches a file. It hears of a job over a socket, forks a
child for it and answers how the child ended. A child has bounded memory, processor time, file size and wall time,
reaches no network and starts no program; nothing of one check is left for the next.
"""

import ctypes
import gc
import json
import os
import resource
import selectors
import shutil
import signal
import socket
import sys
import tempfile
import time
import traceback
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

FORBIDDEN = (
    "socket.connect",
    "socket.getaddrinfo",
    "socket.gethostbyname",
    "socket.gethostbyaddr",
    "socket.bind",
    "socket.sendto",
    "socket.sendmsg",
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.fork",
    "os.forkpty",
    "os.posix_spawn",
)
GARBAGE = 100_000  # new objects between two looks for garbage: the cells of a sheet are many, and none is any
MEMORY_EXIT = 3  # children.py in the parent knows it, too
NOTHING = 32 * 1024 * 1024  # bytes; a few threads or one block of a table
PR_SET_PDEATHSIG = 1
# A process that nobody asks for so long ends; the next check starts another.
IDLE_SECONDS = 900
LONGEST_JOB = 16 * 1024 * 1024


def confine(limits: dict[str, int]) -> None:
    """Bound memory, processor time and file size; the check reaches no network and starts no program."""
    memory = limits["memory_mb"] * 1024 * 1024
    # What is unpacked and written anew in UTF-8 grows, and so does the typed copy.
    written = max(4 * limits["file_mb"], 3 * limits["unpacked_mb"]) * 1024 * 1024
    for what, bound, last in (
        (resource.RLIMIT_AS, memory, memory),
        # The first limit ends the check with a signal that says why, the second one ends it in any case.
        (resource.RLIMIT_CPU, limits["seconds"], limits["seconds"] + 5),
        (resource.RLIMIT_FSIZE, written, written),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        resource.setrlimit(what, (bound, last))
    sys.addaudithook(_forbid)


def _forbid(event: str, _arguments: tuple[Any, ...]) -> None:
    if event in FORBIDDEN:
        raise PermissionError(f"a check does not do {event}")


def work(job: dict[str, Any]) -> int:
    """Do one job; the exit code tells whether its outcome may be believed."""
    from ckanext.smartregion.quality.examination.limits import Limits

    try:
        confine(job["limits"])
        do = next((do for key, do in JOBS.items() if key in job), _examine)
        Path(job["outcome"]).write_text(json.dumps(do(job, Limits(**job["limits"]))), encoding="utf-8")
    except MemoryError:
        return MEMORY_EXIT
    except BaseException:  # Polars panics where it can't start its threads
        if _is_full():
            return MEMORY_EXIT
        raise
    return 0


def _is_full() -> bool:
    """Whether so little is left of the memory that whatever went wrong went wrong for want of it."""
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    bound, _ = resource.getrlimit(resource.RLIMIT_AS)
    return bound != resource.RLIM_INFINITY and bound - used < NOTHING


def _examine(job: dict[str, Any], limits: Any) -> dict[str, Any]:
    from ckanext.smartregion.quality.examination.examine import Examination
    from ckanext.smartregion.quality.examination.own_rules import OwnRules

    own = OwnRules(**job["own"])
    examination = Examination(Path(job["path"]), job["contract"], job["policy"], limits, own=own)
    return examination.run(
        *(Path(job["copies"][kind]) if kind in job["copies"] else None for kind in ("csv", "parquet"))
    )


def _examine_format(job: dict[str, Any], limits: Any) -> dict[str, Any]:
    from ckanext.smartregion.quality.formats.examine import examine

    said = job["format"]
    today = date.fromisoformat(said["today"])
    return examine(Path(job["path"]), said["name"], job["policy"], said["settings"], limits, today)


def _convert(job: dict[str, Any], limits: Any) -> dict[str, Any] | None:
    from ckanext.smartregion.quality.examination.opening import opened
    from ckanext.smartregion.quality.examination.refusal import Refused

    try:
        file = opened(Path(job["path"]), Path(job["into"]), limits)
    except Refused:  # the check will say why
        return None
    return file.to_dict() if file.converted else None


def _mend(job: dict[str, Any], limits: Any) -> dict[str, Any]:
    from ckanext.smartregion.quality.examination.mending.table import Mending
    from ckanext.smartregion.quality.examination.own_rules import OwnRules

    own = OwnRules(**job["own"])
    mending = Mending(Path(job["path"]), job["contract"], limits, own=own, drop_extra=job["drop_extra"])
    return mending.run(Path(job["mended"]))


# What is done where a job names where to put it; else a file is examined.
JOBS = {"into": _convert, "mended": _mend, "format": _examine_format}


@dataclass
class Check:
    """A check that goes on: who waits for it, and until when it may take."""

    asker: socket.socket
    deadline: float
    late: bool = False


class Nursery:
    """Forks a child for every job that comes over the socket, and tells who asked how it ended."""

    def __init__(self, listener: socket.socket) -> None:
        self.listener = listener
        self.selector = selectors.DefaultSelector()
        self.checks: dict[int, Check] = {}
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
                key.data()
            self._end_late()

    def _patience(self) -> float:
        ends = [check.deadline for check in self.checks.values() if not check.late]
        return max(0.0, min([self.heard + IDLE_SECONDS, *ends]) - time.monotonic())

    def _accept(self) -> None:
        with suppress(BlockingIOError):
            asker, _ = self.listener.accept()
            self.heard = time.monotonic()
            asker.settimeout(10)
            try:
                job = _job_of(asker)
                asker.setblocking(False)
                self._fork(asker, job)
            except (OSError, ValueError, KeyError):
                asker.close()

    def _fork(self, asker: socket.socket, job: dict[str, Any]) -> None:
        deadline = time.monotonic() + job["limits"]["seconds"]
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            _be_child(self, job, parent)
        self.checks[pid] = Check(asker, deadline)
        # Whoever asked says nothing more: what comes is that it is gone.
        self.selector.register(asker, selectors.EVENT_READ, lambda: self._leave(pid, asker))

    def _leave(self, pid: int, asker: socket.socket) -> None:
        self.selector.unregister(asker)
        _kill(pid)

    def _reap(self) -> None:
        with suppress(BlockingIOError):
            self.wakened.recv(4096)
        for pid in list(self.checks):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                self._answer(pid, self.checks.pop(pid), os.waitstatus_to_exitcode(status))

    def _answer(self, pid: int, check: Check, code: int) -> None:
        _kill(pid)
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
        for pid in self.checks:
            _kill(pid)


def _job_of(asker: socket.socket) -> dict[str, Any]:
    """The job that is asked for: its size in eight bytes, and itself as JSON."""
    with asker.makefile("rb") as said:
        size = int.from_bytes(said.read(8), "big")
        if not 0 < size <= LONGEST_JOB:
            raise ValueError("a job of such a size is none")
        return json.loads(said.read(size))


def _kill(pid: int) -> None:
    """The child and whatever it may have started: it leads a group of its own."""
    for kill in (os.killpg, os.kill):
        with suppress(ProcessLookupError, PermissionError):
            kill(pid, signal.SIGKILL)
            return


def _be_child(nursery: Nursery, job: dict[str, Any], parent: int) -> None:
    """In the child: leave all behind that belongs to the parent, work, and end without ever returning."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
        folder = Path(job["outcome"]).parent
        _leave_open_files(nursery, folder)
        os.chdir(folder)
        os.environ |= {"TMPDIR": str(folder), "HOME": str(folder)}
        tempfile.tempdir = str(folder)
        code = work(job)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _leave_open_files(nursery: Nursery, folder: Path) -> None:
    """Nobody is heard and nobody is answered from here; complaints go to a file."""
    nursery.selector.close()
    for check in nursery.checks.values():
        check.asker.close()
    for end in (nursery.listener, nursery.wakened, nursery.waker):
        end.close()
    nothing = os.open(os.devnull, os.O_RDWR)
    complaints = os.open(folder / "complaints.txt", os.O_WRONLY | os.O_CREAT, 0o600)
    for source, target in ((nothing, 0), (nothing, 1), (complaints, 2)):
        os.dup2(source, target)
    os.closerange(3, 256)


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
    try:
        _load()
        gc.collect()
        gc.freeze()
        gc.set_threshold(GARBAGE)
        Nursery(listener).run()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
