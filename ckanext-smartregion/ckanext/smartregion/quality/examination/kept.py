"""A child that is kept: it judges one short text after another, and pays once for what is slow to begin with.

It is trusted with nothing that a fresh child would refuse: memory, file size, network and programs are bounded for its
life, processor time for every check, wall time by the process that it was forked from. It ends with the first check
that doesn't end well, which a fresh child then does anew; after so many checks; and as soon as one has left something
behind: memory, a file that is open, a thread. What may be left for the next check are caches of expressions and of
fields, which follow from columns and their contract.
"""

import gc
import json
import os
import resource
import socket
import threading
from pathlib import Path

from ckanext.smartregion.quality.examination.working import confine, settle, work

# So many checks, and so many seconds of processor.
MOST_CHECKS, MOST_SECONDS = 200, 60
# Garbage is looked for after so many.
CLEANED = 10
# Bytes that a check may leave behind before the next one would have less memory than it should.
MOST_LEFT = 128 * 1024 * 1024
LONGEST_JOB = 16 * 1024 * 1024
STAYS, LEAVES = b"\0", b"\1"


def send(end: socket.socket, job: bytes) -> None:
    """Send a job: its size in eight bytes, and itself as JSON."""
    end.sendall(len(job).to_bytes(8, "big") + job)


def receive(end: socket.socket) -> bytes:
    """The job that `send` sent; `ValueError` where there is none of a possible size."""
    with end.makefile("rb") as said:
        size = int.from_bytes(said.read(8), "big")
        if not 0 < size <= LONGEST_JOB or len(job := said.read(size)) != size:
            raise ValueError("a job of such a size is none")
    return job


def serve(end: socket.socket, limits: dict[str, int]) -> int:
    """Do the jobs that come, and say after each whether there may be another; the exit code is the last one's."""
    confine(limits, MOST_SECONDS + limits["seconds"] + 5)
    os.environ["POLARS_MAX_THREADS"] = "1"  # with little to do, more of them only wait for each other
    before, lasting = _memory(), 0
    for done in range(1, MOST_CHECKS + 1):
        job = json.loads(receive(end))
        _allow(limits["seconds"])
        settle(Path(job["outcome"]).parent)
        if code := work(job):
            return code
        _leave()
        reserved, resident = _memory()
        # The first check begins what lasts, such as the threads of Polars and what is reserved for them.
        lasting = lasting or reserved
        grown = max(resident - before[1], reserved - lasting)
        stays = done < MOST_CHECKS and _spent() < MOST_SECONDS and grown < MOST_LEFT and not _has_left_anything()
        end.sendall(STAYS if stays else LEAVES)
        if not stays:
            break
        if not done % CLEANED:
            _allow(limits["seconds"])  # for this, and for nobody's check
            gc.collect()
    return 0


def _allow(seconds: int) -> None:
    """Let the next check take so many seconds of processor, whatever those before it took."""
    _, last = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (min(int(_spent()) + 1 + seconds, last), last))


def _spent() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _leave() -> None:
    """Leave the folder of a job, whose complaints nobody reads any more."""
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 2)
    os.close(nothing)
    os.chdir("/")


def _has_left_anything() -> bool:
    """Whether a file is open, or a thread of ours goes on."""
    return threading.active_count() > 1 or any(map(_is_file, [*Path("/proc/self/fd").iterdir()]))


def _is_file(descriptor: Path) -> bool:
    """Pipes, sockets and what Polars waits on have names without a slash; the first ones lead to nothing."""
    try:
        leads_to = descriptor.readlink()
    except FileNotFoundError:  # the one through which all are listed
        return False
    return leads_to.is_absolute() and str(leads_to) != os.devnull


def _memory() -> tuple[int, int]:
    """Bytes of memory that are reserved, which is what the limit counts, and those that are there."""
    reserved, resident = Path("/proc/self/statm").read_text().split()[:2]
    return int(reserved) * resource.getpagesize(), int(resident) * resource.getpagesize()
