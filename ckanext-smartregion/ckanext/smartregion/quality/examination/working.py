"""What a child does: one job under its limits, in a folder of its own, with an exit code that tells how it went."""

import json
import os
import resource
import sys
import tempfile
from datetime import date
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
MEMORY_EXIT = 3  # children.py in the parent knows it, too
NOTHING = 32 * 1024 * 1024  # bytes; a few threads or one block of a table


def confine(limits: dict[str, int], processor: int | None = None) -> None:
    """Bound memory, processor time and file size; the check reaches no network and starts no program.

    processor: seconds of it for the life of a process that does more than one check, if it is not what one may take.
    """
    memory = limits["memory_mb"] * 1024 * 1024
    # What is unpacked and written anew in UTF-8 grows, and so does the typed copy.
    written = max(4 * limits["file_mb"], 3 * limits["unpacked_mb"]) * 1024 * 1024
    for what, bound, last in (
        (resource.RLIMIT_AS, memory, memory),
        # The first limit ends the check with a signal that says why, the second one ends it in any case.
        (resource.RLIMIT_CPU, limits["seconds"], processor or limits["seconds"] + 5),
        (resource.RLIMIT_FSIZE, written, written),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        resource.setrlimit(what, (bound, last))
    sys.addaudithook(_forbid)


def _forbid(event: str, _arguments: tuple[Any, ...]) -> None:
    if event in FORBIDDEN:
        raise PermissionError(f"a check does not do {event}")


def settle(folder: Path) -> None:
    """Make the folder of a job the only place to write to; complaints go to a file there."""
    complaints = os.open(folder / "complaints.txt", os.O_WRONLY | os.O_CREAT, 0o600)
    os.dup2(complaints, 2)
    os.close(complaints)
    os.chdir(folder)
    os.environ |= {"TMPDIR": str(folder), "HOME": str(folder)}
    tempfile.tempdir = str(folder)


def work(job: dict[str, Any]) -> int:
    """Do one job; the exit code tells whether its outcome may be believed. The process is confined already."""
    from ckanext.smartregion.quality.examination.limits import Limits

    try:
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
        file = opened(Path(job["path"]), lambda: Path(job["into"]), limits)
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
