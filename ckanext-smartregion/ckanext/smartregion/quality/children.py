"""The warm process that checks are forked from, as the process that needs them knows it."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

PROGRAM = "ckanext.smartregion.quality.examination.child"
# Each thread of a library for numbers reserves memory that counts against the limit of a check.
FEW_THREADS = {"OPENBLAS_NUM_THREADS": "1", "POLARS_MAX_THREADS": str(min(os.cpu_count() or 1, 4))}
# Blocks of a file are taken and given back all the time: the C library keeps what was given back, for a page that the
# system has to clear again costs more than what is done with it. All threads take theirs from one place: each further
# place reserves 64 MB that count against the limit of a check, and how many there are depends on how busy a machine is.
KEPT_MEMORY = {
    "MALLOC_MMAP_THRESHOLD_": str(32 * 1024 * 1024),
    "MALLOC_TRIM_THRESHOLD_": str(256 * 1024 * 1024),
    "MALLOC_ARENA_MAX": "1",
}
# What a processor must know for the quicker of the two runtimes that Polars comes with; the other one runs anywhere.
MODERN = {"abm", "avx2", "bmi1", "bmi2", "fma", "movbe"}
# What a child ends with that got no memory: its own word, Rust's and the C library's.
MEMORY_EXITS = (3, -signal.SIGABRT, 127)
# So long is waited, beyond the time of a check, for word of how it ended.
GRACE = 20


class Late(Exception):  # noqa: N818 - what happened, not a kind of error
    """The child took longer than it may, and was ended."""


class Died(Exception):  # noqa: N818 - what happened, not a kind of error
    """The process that checks are forked from ended in the middle of one."""


@dataclass
class _Nursery:
    address: str
    process: subprocess.Popen[bytes]
    starter: int

    def hears(self) -> bool:
        """Whether it may be asked; only the process that started it is told when it ends."""
        return os.getpid() != self.starter or self.process.poll() is None


_lock = threading.Lock()
_known: _Nursery | None = None


def run(job: dict[str, Any]) -> int:
    """Have a job done under its limits: the exit code of its child, negative for the signal that ended it."""
    with _asked(json.dumps(job).encode()) as connection:
        connection.settimeout(job["limits"]["seconds"] + GRACE)
        try:
            answer = json.loads(connection.makefile("rb").read())
        except (OSError, ValueError) as error:
            _forget()
            raise Died from error
    if answer["late"]:
        raise Late
    return answer["code"]


def warm_process() -> int | None:
    """The process id of the warm process, where there is one."""
    return _known.process.pid if _known else None


def _asked(job: bytes) -> socket.socket:
    """A connection over which the job was sent; started anew where nobody hears."""
    for _ in range(2):
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(_address())
            connection.sendall(len(job).to_bytes(8, "big") + job)
            return connection
        except OSError:
            connection.close()
            _forget()
    raise Died


def _address() -> str:
    global _known
    with _lock:
        if _known is None or not _known.hears():
            _known = _start()
        return _known.address


def _forget() -> None:
    global _known
    with _lock:
        _known = None


def _start() -> _Nursery:
    folder = tempfile.mkdtemp(prefix="smartregion-checks-")
    address = str(Path(folder) / "socket")
    environment = {"PATH": os.defpath, "LANG": "C.UTF-8", "TMPDIR": folder, "HOME": folder, **_settings()}
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen(64)
        # Its standard input is never written to: it ends when this process and those forked from it are gone.
        process = subprocess.Popen(
            (sys.executable, "-I", "-m", PROGRAM, folder, str(listener.fileno())),
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            cwd=folder, env=environment, start_new_session=True, pass_fds=[listener.fileno()],
        )  # fmt: skip
    return _Nursery(address, process, os.getpid())


def _settings() -> dict[str, str]:
    return FEW_THREADS | KEPT_MEMORY | _runtime()


@cache
def _runtime() -> dict[str, str]:
    """Which runtime Polars takes in the child, as its own variable names it."""
    with contextlib.suppress(OSError):
        described = Path("/proc/cpuinfo").read_text("utf-8", "replace")
        flags = next((line for line in described.splitlines() if line.startswith("flags")), "")
        if set(flags.split()) >= MODERN:
            return {"POLARS_PREFER_PKG": "32"}
    return {}


os.register_at_fork(after_in_child=lambda: globals().update(_lock=threading.Lock()))
